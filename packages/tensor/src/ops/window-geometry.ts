import { ShapeError, ValueError } from '../errors.js';
import { formatShape } from '../shape.js';

/** How windows meet the borders: `valid` stays inside, `same` gives ceil(n / stride) windows, `causal` looks back only. */
export type Padding = 'valid' | 'same' | 'causal';

/** One number for all spatial axes, or one for each. */
export type PerAxis = number | readonly number[];

export function perAxis(name: string, value: PerAxis, axes: number): readonly number[] {
  const list = typeof value === 'number' ? new Array<number>(axes).fill(value) : value;
  if (list.length !== axes || list.some((v) => !Number.isInteger(v) || v < 1))
    throw new ValueError(
      'window/option',
      `${name} must be a whole number of at least 1, for each spatial axis.`,
      {
        got: JSON.stringify(value),
        expected: `a number, or ${axes} of them`,
      },
    );
  return list;
}

/**
 * Zeros to add before and after one axis. For `same` the total is max((ceil(n/s) - 1) s + d (k - 1) + 1 - n, 0) and the
 * odd one goes behind, as in TensorFlow and Keras.
 */
export function paddingOf(
  padding: Padding,
  length: number,
  kernel: number,
  stride: number,
  dilation: number,
): readonly [number, number] {
  const reach = dilation * (kernel - 1);
  if (padding === 'valid') return [0, 0];
  if (padding === 'causal') return [reach, 0];
  const total = Math.max((Math.ceil(length / stride) - 1) * stride + reach + 1 - length, 0);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

/** Number of windows along one axis. */
export function windowCount(
  operation: string,
  length: number,
  [low, high]: readonly [number, number],
  kernel: number,
  stride: number,
  dilation: number,
): number {
  const reach = dilation * (kernel - 1) + 1;
  const padded = length + low + high;
  if (padded < reach)
    throw new ShapeError(
      'window/too-small',
      `${operation}: the window does not fit into the input.`,
      {
        got: `a window that spans ${reach} over an axis of length ${length}`,
        expected: `an axis of at least ${reach}`,
        fix: `use padding 'same', a smaller window, or fewer poolings before it; shape of the axis ${formatShape([length])}`,
      },
    );
  return Math.floor((padded - reach) / stride) + 1;
}
