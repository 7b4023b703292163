import { emit } from '../emit.js';
import { ShapeError } from '../errors.js';
import { argSort as primitive } from '../primitives/order.js';
import { formatShape, normalizeAxis } from '../shape.js';
import type { Tensor, TensorLike } from '../tensor.js';
import { toTensor } from './constant.js';
import { takeAlongAxis } from './index.js';
import { slice } from './layout.js';

/** Options of `sort` and `argSort`. */
export interface SortOptions {
  /** Default the last. */
  readonly axis?: number | undefined;
  /** Largest first. Default false. */
  readonly descending?: boolean | undefined;
}

/** The largest elements and where they were. */
export interface TopK {
  readonly values: Tensor;
  /** int32 positions along the last axis. */
  readonly indices: Tensor;
}

/** Positions (int32) that sort x along an axis. Equal elements keep their order; NaN goes last. */
export function argSort(x: TensorLike, options: SortOptions = {}): Tensor {
  const input = toTensor(x);
  const axis = normalizeAxis('argSort', options.axis ?? -1, input.rank);
  return emit(primitive, [input], { axis, descending: options.descending ?? false });
}

/**
 * The elements of x in order along an axis. NaN goes last. Gradients go to where the elements came from.
 *
 * @example
 * sort(tensor([3, 1, 2])).toArray(); // => [1, 2, 3]
 */
export function sort(x: TensorLike, options: SortOptions = {}): Tensor {
  return takeAlongAxis(x, argSort(x, options), { axis: options.axis });
}

/**
 * The k largest elements along the last axis, largest first; of equals the first.
 *
 * @throws ShapeError when the axis has fewer than k elements.
 * @example
 * topK(tensor([1, 4, 3]), 2).indices.toArray(); // => [1, 2]
 */
export function topK(x: TensorLike, k: number): TopK {
  const input = toTensor(x);
  const axis = normalizeAxis('topK', -1, input.rank);
  if (!Number.isInteger(k) || k < 0 || k > (input.shape[axis] as number))
    throw new ShapeError('topK/k', 'topK: there are not that many elements.', {
      got: `k = ${k} of the last axis of ${formatShape(input.shape)}`,
      expected: `a whole number from 0 to ${input.shape[axis]}`,
    });
  const order = argSort(input, { descending: true });
  const indices = slice(
    order,
    order.shape.map(() => 0),
    order.shape.map((length, i) => (i === axis ? k : length)),
  );
  return { values: takeAlongAxis(input, indices), indices };
}
