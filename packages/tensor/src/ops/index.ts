import type { DType } from '../dtype.js';
import { emit } from '../emit.js';
import { ShapeError, ValueError } from '../errors.js';
import * as primitives from '../primitives/gather.js';
import { formatShape, normalizeAxis, sizeOf, stridesOf } from '../shape.js';
import type { Tensor, TensorLike } from '../tensor.js';
import { tensor, toTensor } from './constant.js';
import { arange } from './create.js';
import { expandDims, flatten } from './layout.js';
import type { AxisOptions } from './layout.js';

/** Slices of x along an axis (default the first), one for each index (int32, from 0). Lower level than `take`. */
export function gather(x: Tensor, indices: Tensor, options: AxisOptions = {}): Tensor {
  return emit(primitives.gather, [x, indices], {
    axis: normalizeAxis('gather', options.axis ?? 0, x.rank),
  });
}

/** Adds the updates into a tensor of zeros whose axis has length `size`, at the places the indices name. */
export function scatterAdd(
  updates: Tensor,
  indices: Tensor,
  options: { readonly axis?: number | undefined; readonly size: number },
): Tensor {
  return emit(primitives.scatterAdd, [updates, indices], {
    axis: options.axis ?? 0,
    size: options.size,
  });
}

/**
 * The elements (slices) of x at the given positions along an axis; without an axis, of the flattened x. The axes of the
 * indices take the place of the axis. Indices in a tensor count from 0; a single number may be negative and counts from
 * the end.
 *
 * @throws ValueError when an index does not exist.
 * @example
 * take(tensor([10, 20, 30]), tensor([2, 0], { dtype: 'int32' })).toArray(); // => [30, 10]
 */
export function take(x: TensorLike, indices: TensorLike, options: AxisOptions = {}): Tensor {
  const input = options.axis === undefined ? flatten(x) : toTensor(x);
  const axis = normalizeAxis('take', options.axis ?? 0, input.rank);
  const length = input.shape[axis] as number;
  const given = typeof indices === 'number' && indices < 0 ? indices + length : indices;
  const list = toTensor(given, 'int32');
  // Plain arrays of numbers become float32 tensors, so whole-numbered floats are accepted as indices.
  return gather(input, list.dtype === 'int32' ? list : list.cast('int32'), { axis });
}

/**
 * One element for each index: result[.., i, ..] = x[.., indices[.., i, ..], ..] along an axis (default the last). The other
 * axes of the indices have the lengths of x. It picks what argMax, argSort and topK found.
 *
 * @throws ShapeError when another axis differs.
 * @throws ValueError when an index does not exist.
 * @example
 * takeAlongAxis(x, argSort(x)); // sorted
 */
export function takeAlongAxis(x: TensorLike, indices: Tensor, options: AxisOptions = {}): Tensor {
  const input = toTensor(x);
  const axis = normalizeAxis('takeAlongAxis', options.axis ?? -1, input.rank);
  const { shape } = indices;
  if (
    shape.length !== input.rank ||
    shape.some((length, i) => i !== axis && length !== input.shape[i])
  )
    throw new ShapeError(
      'takeAlongAxis/shape',
      `takeAlongAxis: the shapes differ in more than axis ${axis}.`,
      {
        got: `x ${formatShape(input.shape)}, indices ${formatShape(shape)}`,
        expected: `the same lengths except along axis ${axis}`,
        fix: 'use take to pick the same slices everywhere',
      },
    );
  const list = indices.dtype === 'int32' ? indices : indices.cast('int32');
  const length = input.shape[axis] as number;
  // In the flattened x a wrong index would silently land in another row, so it is checked here while numbers exist.
  if (list.trace === undefined)
    for (const index of list.data)
      if (index < 0 || index >= length)
        throw new ValueError('index/range', `takeAlongAxis: index ${index} does not exist.`, {
          got: String(index),
          expected: `0 to ${length - 1}: axis ${axis} has ${length} elements`,
        });
  const strides = stridesOf(input.shape);
  const starts = new Int32Array(sizeOf(shape));
  const own = stridesOf(shape);
  for (let flat = 0; flat < starts.length; flat++) {
    let rest = flat;
    let start = 0;
    for (let i = 0; i < shape.length; i++) {
      const step = own[i] as number;
      if (i !== axis) start += Math.floor(rest / step) * (strides[i] as number);
      rest %= step;
    }
    starts[flat] = start;
  }
  const flat = list.mul(toTensor(strides[axis] as number, 'int32')).add(tensor(starts, { shape }));
  return gather(flatten(input), flat, { axis: 0 });
}

/**
 * A new last axis of length `depth` with a 1 at the place of each index and 0 elsewhere. An index outside of it gives
 * zeros only.
 *
 * @example
 * oneHot(tensor([0, 2], { dtype: 'int32' }), 3).toArray(); // => [[1, 0, 0], [0, 0, 1]]
 */
export function oneHot(
  indices: TensorLike,
  depth: number,
  options: { readonly dtype?: DType | undefined } = {},
): Tensor {
  const list = toTensor(indices, 'int32').cast('int32');
  return expandDims(list, list.rank)
    .equal(arange(depth, undefined, 1, { dtype: 'int32' }))
    .cast(options.dtype ?? 'float32');
}
