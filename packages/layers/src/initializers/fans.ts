import type { Shape } from '@gradus/tensor';

/** How many numbers flow into one output (`fanIn`) and out of one input (`fanOut`) of a kernel. */
export interface Fans {
  readonly fanIn: number;
  readonly fanOut: number;
}

const product = (lengths: readonly number[]): number => lengths.reduce((a, b) => a * b, 1);

/**
 * Fans of a kernel. Dense kernels are `[in, out]`; convolution kernels `[...window, in, out]`, where each input is seen
 * once per place of the window.
 *
 * @example
 * computeFans([3, 3, 16, 32]); // => { fanIn: 144, fanOut: 288 }
 */
export function computeFans(
  shape: Shape,
  inputAxes: readonly number[] | null = null,
  outputAxes: readonly number[] | null = null,
): Fans {
  if (inputAxes !== null && outputAxes !== null) {
    const at = (axis: number): number => (axis < 0 ? axis + shape.length : axis);
    const inputs = inputAxes.map(at);
    const outputs = outputAxes.map(at);
    const window = product(
      shape.filter((_, axis) => !inputs.includes(axis) && !outputs.includes(axis)),
    );
    const pick = (axes: readonly number[]): number => product(axes.map((axis) => shape[axis] ?? 1));
    return { fanIn: pick(inputs) * window, fanOut: pick(outputs) * window };
  }
  const [last = 1, beforeLast = last] = [shape.at(-1), shape.at(-2)];
  if (shape.length < 2) return { fanIn: last, fanOut: last };
  const window = product(shape.slice(0, -2));
  return { fanIn: beforeLast * window, fanOut: last * window };
}
