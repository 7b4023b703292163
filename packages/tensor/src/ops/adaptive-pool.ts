import { ShapeError, ValueError } from '../errors.js';
import { formatShape } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { tensor } from './constant.js';
import { take } from './index.js';
import { expandDims, reshape } from './layout.js';
import { max, sum } from './reduce.js';

/** How many windows there are: one number for all axes of space, or one for each. */
export type AdaptiveSize = number | readonly number[];

/** Window i of n goes from ⌊i L / n⌋ up to ⌈(i + 1) L / n⌉. */
function windowsOf(length: number, count: number): (readonly [start: number, end: number])[] {
  return Array.from({ length: count }, (_, i) => [
    Math.floor((i * length) / count),
    Math.ceil(((i + 1) * length) / count),
  ]);
}

/** Pools axis after axis: a window is a box, and both the largest number and the mean of a box are those of its rows'. */
function adaptive(
  name: string,
  x: Tensor,
  outputSize: AdaptiveSize,
  pool: (windows: Tensor, axis: number, counts: readonly number[]) => Tensor,
): Tensor {
  const axes = x.rank - 2;
  if (axes < 1)
    throw new ShapeError(
      'pool/rank',
      `${name} needs at least one axis between batch and channels.`,
      { got: formatShape(x.shape), expected: '[batch, ...space, channels]' },
    );
  const sizes =
    typeof outputSize === 'number' ? new Array<number>(axes).fill(outputSize) : outputSize;
  if (sizes.length !== axes || sizes.some((n) => !Number.isInteger(n) || n < 1))
    throw new ValueError(
      'window/option',
      `${name}: outputSize must be a whole number of at least 1, for each spatial axis.`,
      { got: JSON.stringify(outputSize), expected: `a number, or ${axes} of them` },
    );
  return sizes.reduce((y, count, i) => {
    const axis = i + 1;
    const windows = windowsOf(y.shape[axis] as number, count);
    const width = Math.max(...windows.map(([start, end]) => end - start));
    // Windows differ in length by one: the short ones repeat their last place.
    const places = windows.flatMap(([start, end]) =>
      Array.from({ length: width }, (_, k) => Math.min(start + k, end - 1)),
    );
    const taken = take(y, tensor(Int32Array.from(places)), { axis });
    const apart = [...y.shape.slice(0, axis), count, width, ...y.shape.slice(axis + 1)];
    return pool(
      reshape(taken, apart),
      axis,
      windows.map(([start, end]) => end - start),
    );
  }, x);
}

/**
 * The largest number of each of `outputSize` windows that cover the input evenly, whatever its length:
 * [batch, ...space, channels] to [batch, ...outputSize, channels]. Neighbours overlap where the length is no multiple.
 *
 * @throws ValueError for impossible sizes.
 * @example
 * adaptiveMaxPool(tensor([1, 5, 2, 3, 4]).reshape([1, 5, 1]), 2).flatten().toArray(); // => [5, 4]
 */
export function adaptiveMaxPool(x: Tensor, outputSize: AdaptiveSize): Tensor {
  return adaptive('adaptiveMaxPool', x, outputSize, (windows, axis) =>
    max(windows, { axis: axis + 1 }),
  );
}

/**
 * The mean of each of `outputSize` windows that cover the input evenly, whatever its length. See `adaptiveMaxPool`.
 *
 * @throws ValueError for impossible sizes.
 * @example
 * adaptiveAveragePool(tensor([1, 5, 3, 3, 4]).reshape([1, 5, 1]), 1).flatten().toArray(); // => [3.2]
 */
export function adaptiveAveragePool(x: Tensor, outputSize: AdaptiveSize): Tensor {
  return adaptive('adaptiveAveragePool', x, outputSize, (windows, axis, counts) => {
    const width = windows.shape[axis + 1] as number;
    const shares = counts.flatMap((count) =>
      Array.from({ length: width }, (_, k) => (k < count ? 1 / count : 0)),
    );
    const weights = reshape(tensor(shares), [counts.length, width]);
    const rest = Array.from({ length: windows.rank - axis - 2 }, (_, i) => i + 2);
    return sum(windows.mul(expandDims(weights, rest)), { axis: axis + 1 });
  });
}
