import { DTypeError, Tensor, grad, tensor } from '@gradus/tensor';
import { assertNear } from './check.js';

/** Options of {@link checkGradient}. */
export interface GradientCheckOptions {
  /** Half the distance of the two points that a slope is measured between. Default 1e-5. */
  readonly step?: number;
  /** Largest difference, relative to the larger of 1 and the slope. Default 1e-6. */
  readonly tolerance?: number;
}

/**
 * Compares the gradient of a scalar function with central differences, `(f(x + h) - f(x - h)) / 2h`, for every element of
 * every input. Inputs must be float64: in float32 rounding hides the slope. Keep inputs away from kinks.
 *
 * @throws Error that names the input and the element whose slope is wrong; DTypeError for inputs that are not float64.
 * @example
 * checkGradient((x) => x.square().sum(), [tensor([1, -2], { dtype: 'float64' })]);
 */
export function checkGradient(
  fn: (...inputs: readonly Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  { step = 1e-5, tolerance = 1e-6 }: GradientCheckOptions = {},
): void {
  for (const { dtype } of inputs)
    if (dtype !== 'float64')
      throw new DTypeError('testing/gradient-dtype', 'Slopes are measured in float64.', {
        got: dtype,
        expected: 'float64',
        fix: "make the input with { dtype: 'float64' }",
      });
  const gradients = grad((list: readonly Tensor[]) => fn(...list))(inputs) as readonly Tensor[];
  inputs.forEach((input, which) => {
    const valueAt = (index: number, shift: number): number => {
      const data = Float64Array.from(input.data);
      data[index] = (data[index] as number) + shift;
      const moved = tensor(data, { shape: input.shape, dtype: 'float64' });
      return fn(...inputs.map((other, i) => (i === which ? moved : other))).item();
    };
    const slopes = Array.from(
      { length: input.size },
      (_, i) => (valueAt(i, step) - valueAt(i, -step)) / (2 * step),
    );
    assertNear(`gradient of input ${which}`, (gradients[which] as Tensor).data, slopes, tolerance);
  });
}
