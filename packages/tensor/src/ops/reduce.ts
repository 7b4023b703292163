import { isFloat } from '../dtype.js';
import { emit } from '../emit.js';
import { ValueError } from '../errors.js';
import type { Primitive } from '../primitive.js';
import { stopGradient } from '../primitives/identity.js';
import * as reduce from '../primitives/reduce.js';
import type { ArgParams, ReduceParams } from '../primitives/reduce.js';
import { normalizeAxes, normalizeAxis } from '../shape.js';
import type { Tensor, TensorLike } from '../tensor.js';
import { toTensor } from './constant.js';
import { abs, exp, log, sqrt, where } from './elementwise.js';
import { flatten, reshape } from './layout.js';
import type { AxisOptions } from './layout.js';

/** What to reduce over. */
export interface ReduceOptions {
  /** An axis or several; all when left out. Negative axes count from the end. */
  readonly axis?: number | readonly number[] | null | undefined;
  /** Keep the reduced axes with length 1, so that the result broadcasts against the input. Default false. */
  readonly keepDims?: boolean | undefined;
}

/** Options of `variance` and `std`. */
export interface VarianceOptions extends ReduceOptions {
  /** The sum of squares is divided by (count - ddof). 0 (default): of the data itself; 1: unbiased estimate. */
  readonly ddof?: number | undefined;
}

/** Options of `norm`. */
export interface NormOptions extends ReduceOptions {
  /** 2 (default): Euclidean; 1: sum of absolute values; Infinity: largest absolute value. */
  readonly ord?: 1 | 2 | typeof Infinity | undefined;
}

function apply(primitive: Primitive<ReduceParams>, input: Tensor, options: ReduceOptions): Tensor {
  const axes = normalizeAxes(primitive.name, options.axis, input.rank);
  const result = axes.length === 0 ? input : emit(primitive, [input], { axes });
  if (options.keepDims !== true) return result;
  return reshape(
    result,
    input.shape.map((length, axis) => (axes.includes(axis) ? 1 : length)),
  );
}

function counted(x: TensorLike): Tensor {
  const input = toTensor(x);
  return input.dtype === 'bool' ? input.cast('int32') : input;
}

function smooth(x: TensorLike): Tensor {
  const input = toTensor(x);
  return isFloat(input.dtype) ? input : input.cast('float32');
}

function elements(input: Tensor, options: ReduceOptions): number {
  return normalizeAxes('mean', options.axis, input.rank).reduce(
    (n, axis) => n * (input.shape[axis] as number),
    1,
  );
}

/**
 * Sum over axes (default all). Bools count as 0 and 1. The sum of nothing is 0.
 *
 * @example
 * sum(tensor([[1, 2], [3, 4]]), { axis: 0 }).toArray(); // => [4, 6]
 */
export function sum(x: TensorLike, options: ReduceOptions = {}): Tensor {
  return apply(reduce.sum, counted(x), options);
}

/** Product over axes (default all). The product of nothing is 1. */
export function prod(x: TensorLike, options: ReduceOptions = {}): Tensor {
  return apply(reduce.prod, counted(x), options);
}

function extreme(
  primitive: Primitive<ReduceParams>,
  x: TensorLike,
  options: ReduceOptions,
): Tensor {
  const input = toTensor(x);
  const result = apply(primitive, counted(input), options);
  return input.dtype === 'bool' ? result.cast('bool') : result;
}

/** Largest element over axes (default all). A NaN wins. Ties share the gradient equally. */
export function max(x: TensorLike, options: ReduceOptions = {}): Tensor {
  return extreme(reduce.max, x, options);
}

/** Smallest element over axes (default all). A NaN wins. Ties share the gradient equally. */
export function min(x: TensorLike, options: ReduceOptions = {}): Tensor {
  return extreme(reduce.min, x, options);
}

/** Arithmetic mean over axes (default all). Whole numbers and bools give float32. */
export function mean(x: TensorLike, options: ReduceOptions = {}): Tensor {
  const input = smooth(x);
  return sum(input, options).div(elements(input, options));
}

function truth(x: TensorLike): Tensor {
  return toTensor(x).cast('bool').cast('int32');
}

/** Whether any element over the axes is true (not 0). Any of nothing is false. */
export function any(x: TensorLike, options: ReduceOptions = {}): Tensor {
  return sum(truth(x), options).cast('bool');
}

/** Whether all elements over the axes are true (not 0). All of nothing is true. */
export function all(x: TensorLike, options: ReduceOptions = {}): Tensor {
  return prod(truth(x), options).cast('bool');
}

function position(primitive: Primitive<ArgParams>, x: TensorLike, { axis }: AxisOptions): Tensor {
  const input = axis === undefined ? flatten(x) : toTensor(x);
  return emit(primitive, [input], { axis: normalizeAxis(primitive.name, axis ?? 0, input.rank) });
}

/** Position (int32) of the largest element along an axis, or in the flattened tensor. The first of equals; NaN wins. */
export function argMax(x: TensorLike, options: AxisOptions = {}): Tensor {
  return position(reduce.argMax, x, options);
}

/** Position (int32) of the smallest element along an axis, or in the flattened tensor. The first of equals; NaN wins. */
export function argMin(x: TensorLike, options: AxisOptions = {}): Tensor {
  return position(reduce.argMin, x, options);
}

/** Mean squared distance from the mean, over axes (default all). Computed in two passes: no cancellation. */
export function variance(x: TensorLike, options: VarianceOptions = {}): Tensor {
  const input = smooth(x);
  const distance = input.sub(mean(input, { axis: options.axis, keepDims: true }));
  const count = elements(input, options) - (options.ddof ?? 0);
  return sum(distance.mul(distance), options).div(count);
}

/** Square root of the variance. */
export function std(x: TensorLike, options: VarianceOptions = {}): Tensor {
  return sqrt(variance(x, options));
}

/**
 * log(sum(exp(x))) over axes (default all), without overflow: the largest element is taken out first.
 *
 * @example
 * logSumExp(tensor([1000, 1000])).item(); // => 1000.6931... (1000 + log 2)
 */
export function logSumExp(x: TensorLike, options: ReduceOptions = {}): Tensor {
  const input = smooth(x);
  const largest = max(input, { axis: options.axis, keepDims: true });
  // An infinite maximum must not be subtracted: infinity - infinity is not a number.
  // The shift cancels from the result, so its gradient is zero: do not compute it.
  const shift = emit(stopGradient, [where(abs(largest).equal(Infinity), 0, largest)], undefined);
  const result = log(sum(exp(input.sub(shift)), { axis: options.axis, keepDims: true })).add(shift);
  if (options.keepDims === true) return result;
  const axes = normalizeAxes('logSumExp', options.axis, input.rank);
  return reshape(
    result,
    input.shape.filter((_, axis) => !axes.includes(axis)),
  );
}

/** Length of vectors along the axes (default: of all elements as one vector). The gradient at 0 is 0. */
export function norm(x: TensorLike, options: NormOptions = {}): Tensor {
  const input = smooth(x);
  const order = options.ord ?? 2;
  if (order === 1) return sum(abs(input), options);
  if (order === Infinity) return max(abs(input), options);
  if (order !== 2)
    throw new ValueError('norm/ord', 'norm: this order is not supported.', {
      got: String(order),
      expected: '1, 2 or Infinity',
    });
  const squares = sum(input.mul(input), options);
  const zero = squares.equal(0);
  return where(zero, 0, sqrt(where(zero, 1, squares)));
}
