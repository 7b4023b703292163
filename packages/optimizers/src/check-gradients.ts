import { ShapeError } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';

/** @throws ShapeError unless there is a gradient (or null) of the right shape for each parameter. */
export function checkGradients(
  className: string,
  gradients: readonly (Tensor | null)[],
  params: readonly Tensor[],
  names: readonly string[] | undefined,
): void {
  if (gradients.length !== params.length)
    throw new ShapeError('optimizer/count', `${className} takes one gradient per parameter.`, {
      got: `${gradients.length} gradients, ${params.length} parameters`,
      expected: 'equally many',
      fix: 'give null for a parameter without a gradient',
    });
  params.forEach((w, index) => {
    const shape = gradients[index]?.shape ?? w.shape;
    if (shape.length !== w.rank || shape.some((size, axis) => size !== w.shape[axis]))
      throw new ShapeError(
        'optimizer/shape',
        `${className} got a gradient of another shape than its parameter.`,
        {
          got: `[${shape.join(', ')}] for ${names?.[index] ?? `parameter ${index}`}`,
          expected: `[${w.shape.join(', ')}]`,
          fix: 'give gradients in the order of the parameters',
        },
      );
  });
}
