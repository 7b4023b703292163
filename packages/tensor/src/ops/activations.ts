import { stopGradient } from '../autograd/grad.js';
import { ShapeError } from '../errors.js';
import { formatShape, normalizeAxis } from '../shape.js';
import type { Tensor, TensorLike } from '../tensor.js';
import { toTensor } from './constant.js';
import { iota } from './create.js';
import {
  abs,
  add,
  clip,
  div,
  erf,
  exp,
  expm1,
  greater,
  greaterEqual,
  less,
  lessEqual,
  log,
  log1p,
  maximum,
  minimum,
  mul,
  neg,
  sigmoid,
  sqrt,
  square,
  sub,
  tanh,
  where,
} from './elementwise.js';
import { cumsum } from './cumsum.js';
import { slice } from './layout.js';
import { sort } from './order.js';
import { max, sum } from './reduce.js';

/** Options of {@link relu}. */
export interface ReluOptions {
  /** Slope below the threshold. Default 0. */
  readonly negativeSlope?: number;
  /** The largest value that comes out; null (default) for no limit. */
  readonly maxValue?: number | null;
  /** Values up to it count as negative. Default 0. */
  readonly threshold?: number;
}

/** The axis along which an activation normalises. */
export interface ActivationAxis {
  /** Default -1, the last. */
  readonly axis?: number;
}

/**
 * x where it is positive, else 0; with options also leaky, capped and shifted. At the threshold its slope counts as 0.
 *
 * @example
 * relu(tensor([-2, 0, 3])).toArray(); // => [0, 0, 3]
 * relu(tensor([-2, 0, 3]), { negativeSlope: 0.5, maxValue: 2 }).toArray(); // => [-1, 0, 2]
 */
export function relu(x: TensorLike, options: ReluOptions = {}): Tensor {
  const { negativeSlope = 0, maxValue = null, threshold = 0 } = options;
  if (negativeSlope !== 0 && maxValue === null && threshold === 0)
    return leakyRelu(x, { negativeSlope });
  // A comparison, not a maximum: at a tie a maximum would pass half of the gradient. NaN stays NaN.
  const rectified = where(lessEqual(x, threshold), 0, x);
  // With a maximum, Keras also keeps what a negative threshold lets through from going below 0.
  const floored = maxValue !== null && threshold < 0 ? maximum(rectified, 0) : rectified;
  const positive = maxValue === null ? rectified : minimum(floored, maxValue);
  if (negativeSlope === 0) return positive;
  return where(less(x, threshold), mul(sub(x, threshold), negativeSlope), positive);
}

/** relu that stops at 6, with slope 0 there. */
export function relu6(x: TensorLike): Tensor {
  return where(greaterEqual(x, 6), 6, relu(x));
}

/** relu with a small slope for negative x, so that no unit dies. The default slope is 0.2. */
export function leakyRelu(
  x: TensorLike,
  { negativeSlope = 0.2 }: { readonly negativeSlope?: number } = {},
): Tensor {
  return where(less(x, 0), mul(x, negativeSlope), x);
}

/** log(1 + exp(x)), a smooth relu; as max(x, 0) + log1p(exp(-|x|)), which cannot overflow. */
export function softplus(x: TensorLike): Tensor {
  return add(maximum(x, 0), log1p(exp(neg(abs(x)))));
}

/** x / (1 + |x|), between -1 and 1. */
export function softsign(x: TensorLike): Tensor {
  return div(x, add(abs(x), 1));
}

/** x where it is positive, else alpha (exp(x) - 1). */
export function elu(x: TensorLike, { alpha = 1 }: { readonly alpha?: number } = {}): Tensor {
  // The side that is not chosen must stay finite too, or its zero gradient becomes 0 times infinity.
  return where(greater(x, 0), x, mul(expm1(negativePart(x)), alpha));
}

/** x where it is not positive, else 0. Not a minimum: at a tie that would pass half of the gradient. */
function negativePart(x: TensorLike): Tensor {
  return where(greater(x, 0), 0, x);
}

const seluAlpha = 1.6732632423543772;
const seluScale = 1.0507009873554805;

/** A scaled elu that keeps mean 0 and variance 1 through many layers (Klambauer et al. 2017). */
export function selu(x: TensorLike): Tensor {
  return mul(elu(x, { alpha: seluAlpha }), seluScale);
}

/** From here on, tanh in float32 is 1. */
const tanhIsOne = 7.99881172180175781;

/**
 * x times the probability that a standard normal number is below x; `approximate` takes tanh instead of erf. Like every
 * float32 tanh, the approximate form is exactly 0 once tanh would round to -1 (x below -4.87); what it drops is less than
 * 6e-7.
 *
 * Source: Hendrycks and Gimpel 2016.
 */
export function gelu(
  x: TensorLike,
  { approximate = false }: { readonly approximate?: boolean } = {},
): Tensor {
  if (!approximate) return mul(mul(x, 0.5), add(erf(mul(x, Math.SQRT1_2)), 1));
  // Outside nothing changes any more, and the cube of a huge x would overflow.
  const near = clip(x, -10, 10);
  const u = mul(mul(near, add(mul(square(near), 0.044715), 1)), Math.sqrt(2 / Math.PI));
  // (1 + tanh(u)) / 2 as sigmoid(2u), which keeps the digits that adding 1 would round away.
  return where(less(u, -tanhIsOne), 0, mul(x, sigmoid(mul(u, 2))));
}

/** x sigmoid(x), also called swish. */
export function silu(x: TensorLike): Tensor {
  return mul(x, sigmoid(x));
}

/** x tanh(softplus(x)). */
export function mish(x: TensorLike): Tensor {
  return mul(x, tanh(softplus(x)));
}

/** exp(x), as an activation. */
export function exponential(x: TensorLike): Tensor {
  return exp(x);
}

/** relu6(x + 3) / 6: a sigmoid of straight lines. */
export function hardSigmoid(x: TensorLike): Tensor {
  return div(relu6(add(x, 3)), 6);
}

/** x hardSigmoid(x), also called hardSwish. */
export function hardSilu(x: TensorLike): Tensor {
  return mul(x, hardSigmoid(x));
}

/** x limited to -1..1. */
export function hardTanh(x: TensorLike): Tensor {
  return clip(x, -1, 1);
}

/** An elu whose slope is continuous at 0 for every alpha: max(x, 0) + min(0, alpha (exp(x / alpha) - 1)). */
export function celu(x: TensorLike, { alpha = 1 }: { readonly alpha?: number } = {}): Tensor {
  return where(greater(x, 0), x, mul(expm1(div(negativePart(x), alpha)), alpha));
}

/** The first half of an axis times the sigmoid of its second half (a gate). The axis must have an even length. */
export function glu(x: Tensor, { axis = -1 }: ActivationAxis = {}): Tensor {
  const at = normalizeAxis('glu', axis, x.rank);
  const length = x.shape[at] as number;
  if (length % 2 !== 0)
    throw new ShapeError('op/glu', 'glu halves an axis, so its length must be even.', {
      got: `${formatShape(x.shape)}, axis ${axis} of length ${length}`,
      expected: 'an even length',
      fix: 'give the layer before it twice as many units as you want to come out',
    });
  const size = x.shape.map((n, i) => (i === at ? length / 2 : n));
  const start = (i: number): number[] => x.shape.map((_, a) => (a === at ? i : 0));
  return mul(slice(x, start(0), size), sigmoid(slice(x, start(length / 2), size)));
}

/** log(sigmoid(x)) as -softplus(-x): no logarithm of a number that rounded to 0. */
export function logSigmoid(x: TensorLike): Tensor {
  return neg(softplus(neg(x)));
}

/** (x + sqrt(x² + b)) / 2: a smooth relu without exponentials. b is 4 by default. */
export function squareplus(x: TensorLike, { b = 4 }: { readonly b?: number } = {}): Tensor {
  return div(add(x, sqrt(add(square(x), b))), 2);
}

/** x moved towards 0 by the threshold (default 0.5); what is nearer to 0 becomes 0. */
export function softShrink(
  x: TensorLike,
  { threshold = 0.5 }: { readonly threshold?: number } = {},
): Tensor {
  return where(
    greater(x, threshold),
    sub(x, threshold),
    where(less(x, -threshold), add(x, threshold), 0),
  );
}

/** x, but 0 where |x| is at most the threshold (default 0.5). */
export function hardShrink(
  x: TensorLike,
  { threshold = 0.5 }: { readonly threshold?: number } = {},
): Tensor {
  return where(greater(abs(x), threshold), x, 0);
}

/** x - tanh(x). */
export function tanhShrink(x: TensorLike): Tensor {
  return sub(x, tanh(x));
}

/** Options of {@link threshold}. */
export interface ThresholdOptions {
  /** Values above it pass. */
  readonly threshold: number;
  /** What stands for the others. */
  readonly defaultValue: number;
}

/** x where it is above the threshold, else the default value. */
export function threshold(x: TensorLike, { threshold, defaultValue }: ThresholdOptions): Tensor {
  return where(greater(x, threshold), x, defaultValue);
}

/** 0 up to -1, (x + 1)² / 4 up to 1, then x: the relu that belongs to {@link sparseSigmoid}. */
export function sparsePlus(x: TensorLike): Tensor {
  const curve = mul(square(add(x, 1)), 0.25);
  return where(lessEqual(x, -1), 0, where(less(x, 1), curve, x));
}

/** 0 up to -1, (x + 1) / 2 up to 1, then 1. */
export function sparseSigmoid(x: TensorLike): Tensor {
  return minimum(maximum(mul(add(x, 1), 0.5), 0), 1);
}

/**
 * Numbers as probabilities: exp(x) divided by its sum along an axis. The largest is subtracted first, so that no exp
 * overflows.
 *
 * @example
 * softmax(tensor([0, 0])).toArray(); // => [0.5, 0.5]
 */
export function softmax(x: TensorLike, { axis = -1 }: ActivationAxis = {}): Tensor {
  const powers = exp(shifted(x, axis));
  return div(powers, sum(powers, { axis, keepDims: true }));
}

/** The logarithm of {@link softmax} without the detour: x - max - log(sum(exp(x - max))). */
export function logSoftmax(x: TensorLike, { axis = -1 }: ActivationAxis = {}): Tensor {
  const z = shifted(x, axis);
  return sub(z, log(sum(exp(z), { axis, keepDims: true })));
}

/**
 * Like softmax, but small values become exactly 0: max(x - τ, 0) along an axis. τ is computed as in Keras 3.15.1, from the
 * sum of all partial sums of the largest values, where the paper takes only the last partial sum. So it is the paper's
 * projection onto probabilities where a single value (or none but equal zeros) counts, and its sum may differ from 1 elsewhere.
 *
 * Source: Martins and Astudillo 2016.
 */
export function sparsemax(x: TensorLike, { axis = -1 }: ActivationAxis = {}): Tensor {
  const z = toTensor(x);
  const at = normalizeAxis('sparsemax', axis, z.rank);
  // Sorted through the negative: of equal numbers the first comes first, which decides who gets the gradient.
  const sorted = neg(sort(neg(z), { axis: at }));
  const partial = cumsum(sorted, { axis: at });
  const count = add(iota(z.shape, { axis: at, dtype: z.dtype }), 1);
  const supported = greater(sub(sorted, div(sub(partial, 1), count)), 0);
  const total = sum(where(supported, partial, 0), { axis: at, keepDims: true });
  const threshold = div(sub(total, 1), sum(supported, { axis: at, keepDims: true }));
  return maximum(sub(z, threshold), 0);
}

/** x minus its largest value along the axis. The shift cancels in softmax, so no gradient needs to flow through it. */
function shifted(x: TensorLike, axis: number): Tensor {
  const input = toTensor(x);
  return sub(input, stopGradient(max(input, { axis, keepDims: true })));
}
