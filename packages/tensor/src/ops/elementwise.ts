import type { DType } from '../dtype.js';
import { isFloat, promote } from '../dtype.js';
import { emit } from '../emit.js';
import type { Primitive } from '../primitive.js';
import * as primitives from '../primitives/elementwise.js';
import { Tensor } from '../tensor.js';
import type { TensorLike } from '../tensor.js';
import { toTensor } from './constant.js';

/** Both operands as tensors of one dtype: the wider of the two. */
function pair(x: TensorLike, y: TensorLike, least: DType = 'bool'): [Tensor, Tensor] {
  const a = toTensor(x, y instanceof Tensor ? y.dtype : 'float32');
  const b = toTensor(y, a.dtype);
  const dtype = promote(promote(a.dtype, b.dtype), least);
  return [cast(a, dtype), cast(b, dtype)];
}

/** Sums of truth values are counts, so arithmetic on bools happens in int32. */
const arithmetic = (primitive: Primitive<undefined>, x: TensorLike, y: TensorLike): Tensor =>
  emit(primitive, pair(x, y, 'int32'), undefined);
const comparison = (primitive: Primitive<undefined>, x: TensorLike, y: TensorLike): Tensor =>
  emit(primitive, pair(x, y), undefined);
const logical = (primitive: Primitive<undefined>, x: TensorLike, y: TensorLike): Tensor =>
  emit(primitive, [cast(toTensor(x), 'bool'), cast(toTensor(y), 'bool')], undefined);

/** Functions of real numbers take whole numbers and truth values as floats. */
const real = (primitive: Primitive<undefined>, x: TensorLike): Tensor => {
  const a = toTensor(x);
  return emit(primitive, [isFloat(a.dtype) ? a : cast(a, 'float32')], undefined);
};
const numeric = (primitive: Primitive<undefined>, x: TensorLike): Tensor => {
  const a = toTensor(x);
  return emit(primitive, [a.dtype === 'bool' ? cast(a, 'int32') : a], undefined);
};

/** -x. */
export function neg(x: TensorLike): Tensor {
  return numeric(primitives.unaryPrimitives.neg, x);
}

/** |x|. */
export function abs(x: TensorLike): Tensor {
  return numeric(primitives.unaryPrimitives.abs, x);
}

/** -1, 0 or 1. */
export function sign(x: TensorLike): Tensor {
  return numeric(primitives.unaryPrimitives.sign, x);
}

/** The largest whole number that is not above x. */
export function floor(x: TensorLike): Tensor {
  return numeric(primitives.unaryPrimitives.floor, x);
}

/** The smallest whole number that is not below x. */
export function ceil(x: TensorLike): Tensor {
  return numeric(primitives.unaryPrimitives.ceil, x);
}

/** The nearest whole number; halves go to the even one. */
export function round(x: TensorLike): Tensor {
  return numeric(primitives.unaryPrimitives.round, x);
}

/** e to the power of x. */
export function exp(x: TensorLike): Tensor {
  return real(primitives.unaryPrimitives.exp, x);
}

/** exp(x) - 1, exact for small x. */
export function expm1(x: TensorLike): Tensor {
  return real(primitives.unaryPrimitives.expm1, x);
}

/** Natural logarithm. */
export function log(x: TensorLike): Tensor {
  return real(primitives.unaryPrimitives.log, x);
}

/** log(1 + x), exact for small x. */
export function log1p(x: TensorLike): Tensor {
  return real(primitives.unaryPrimitives.log1p, x);
}

/** Square root. */
export function sqrt(x: TensorLike): Tensor {
  return real(primitives.unaryPrimitives.sqrt, x);
}

/** 1 / sqrt(x). */
export function rsqrt(x: TensorLike): Tensor {
  return real(primitives.unaryPrimitives.rsqrt, x);
}

/** Sine of radians. */
export function sin(x: TensorLike): Tensor {
  return real(primitives.unaryPrimitives.sin, x);
}

/** Cosine of radians. */
export function cos(x: TensorLike): Tensor {
  return real(primitives.unaryPrimitives.cos, x);
}

/** Hyperbolic tangent, between -1 and 1. */
export function tanh(x: TensorLike): Tensor {
  return real(primitives.unaryPrimitives.tanh, x);
}

/** 1 / (1 + exp(-x)), between 0 and 1. Its gradient is y (1 - y), finite everywhere. */
export function sigmoid(x: TensorLike): Tensor {
  return real(primitives.unaryPrimitives.sigmoid, x);
}

/** The error function. */
export function erf(x: TensorLike): Tensor {
  return real(primitives.unaryPrimitives.erf, x);
}

/** x + y, with NumPy broadcasting. */
export function add(x: TensorLike, y: TensorLike): Tensor {
  return arithmetic(primitives.binaryPrimitives.add, x, y);
}

/** x - y, with NumPy broadcasting. */
export function sub(x: TensorLike, y: TensorLike): Tensor {
  return arithmetic(primitives.binaryPrimitives.sub, x, y);
}

/** x y, element by element, with NumPy broadcasting. */
export function mul(x: TensorLike, y: TensorLike): Tensor {
  return arithmetic(primitives.binaryPrimitives.mul, x, y);
}

/** The larger of two, element by element. At a tie each side has half of the gradient. */
export function maximum(x: TensorLike, y: TensorLike): Tensor {
  return arithmetic(primitives.binaryPrimitives.maximum, x, y);
}

/** The smaller of two, element by element. At a tie each side has half of the gradient. */
export function minimum(x: TensorLike, y: TensorLike): Tensor {
  return arithmetic(primitives.binaryPrimitives.minimum, x, y);
}

/** x to the power of y. */
export function pow(x: TensorLike, y: TensorLike): Tensor {
  return arithmetic(primitives.binaryPrimitives.pow, x, y);
}

/** The rest of x / y with the sign of y, as in Python and NumPy. */
export function mod(x: TensorLike, y: TensorLike): Tensor {
  return arithmetic(primitives.binaryPrimitives.mod, x, y);
}

/** x = y, as a bool tensor. */
export function equal(x: TensorLike, y: TensorLike): Tensor {
  return comparison(primitives.binaryPrimitives.equal, x, y);
}

/** x ≠ y, as a bool tensor. */
export function notEqual(x: TensorLike, y: TensorLike): Tensor {
  return comparison(primitives.binaryPrimitives.notEqual, x, y);
}

/** x < y, as a bool tensor. */
export function less(x: TensorLike, y: TensorLike): Tensor {
  return comparison(primitives.binaryPrimitives.less, x, y);
}

/** x ≤ y, as a bool tensor. */
export function lessEqual(x: TensorLike, y: TensorLike): Tensor {
  return comparison(primitives.binaryPrimitives.lessEqual, x, y);
}

/** x > y, as a bool tensor. */
export function greater(x: TensorLike, y: TensorLike): Tensor {
  return comparison(primitives.binaryPrimitives.greater, x, y);
}

/** x ≥ y, as a bool tensor. */
export function greaterEqual(x: TensorLike, y: TensorLike): Tensor {
  return comparison(primitives.binaryPrimitives.greaterEqual, x, y);
}

/** Both are true (not 0). */
export function and(x: TensorLike, y: TensorLike): Tensor {
  return logical(primitives.binaryPrimitives.and, x, y);
}

/** At least one is true (not 0). */
export function or(x: TensorLike, y: TensorLike): Tensor {
  return logical(primitives.binaryPrimitives.or, x, y);
}

/** True where x is false (0). */
export function not(x: TensorLike): Tensor {
  return emit(primitives.unaryPrimitives.not, [cast(toTensor(x), 'bool')], undefined);
}

/** x / y, with NumPy broadcasting. Whole numbers divide to float32, as in Python. */
export function div(x: TensorLike, y: TensorLike): Tensor {
  const [a, b] = pair(x, y);
  const dtype = isFloat(a.dtype) ? a.dtype : 'float32';
  return emit(primitives.binaryPrimitives.div, [cast(a, dtype), cast(b, dtype)], undefined);
}

/** x². */
export function square(x: TensorLike): Tensor {
  return mul(x, x);
}

/** 1 / x. */
export function reciprocal(x: TensorLike): Tensor {
  return div(1, x);
}

/** True where x is not a number. */
export function isNaN(x: TensorLike): Tensor {
  return notEqual(x, x);
}

/** True where x is neither infinite nor not a number. */
export function isFinite(x: TensorLike): Tensor {
  // Infinity - infinity is NaN, and NaN differs from everything.
  return equal(sub(x, x), 0);
}

/**
 * `x` where the condition is true, `y` elsewhere, with broadcasting. Both sides are computed, and the gradient of the
 * side that was not chosen is zero; if that side can be infinite, make its input harmless with another `where`.
 */
export function where(condition: TensorLike, x: TensorLike, y: TensorLike): Tensor {
  return emit(primitives.select, [cast(toTensor(condition), 'bool'), ...pair(x, y)], undefined);
}

/** x limited to low..high; outside, the gradient is zero. At a bound it flows. */
export function clip(x: TensorLike, low: number, high: number): Tensor {
  const a = toTensor(x);
  // Two comparisons instead of minimum(maximum()): a tie there would halve the gradient at the bounds.
  return where(less(a, low), low, where(greater(a, high), high, a));
}

/** The same numbers in another dtype. Floats to whole numbers truncate; to bool, anything but 0 is true. */
export function cast(x: Tensor, dtype: DType): Tensor {
  return x.dtype === dtype ? x : emit(primitives.cast, [x], { dtype });
}
