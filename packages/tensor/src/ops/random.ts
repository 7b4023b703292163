import type { DType } from '../dtype.js';
import { emit } from '../emit.js';
import { ValueError } from '../errors.js';
import { randomBits as primitive } from '../primitives/random.js';
import { checkShape } from '../shape.js';
import type { Shape } from '../shape.js';
import { Tensor } from '../tensor.js';
import type { TensorLike } from '../tensor.js';
import { scalar, tensor, toTensor } from './constant.js';
import { clip, cos, log, mod, sqrt } from './elementwise.js';
import { slice, squeeze } from './layout.js';
import { argSort } from './order.js';

/** Options of random floats. */
export interface RandomFloatOptions {
  /** float32 unless told. */
  readonly dtype?: 'float32' | 'float64' | undefined;
}
/** Options of `randomUniform`. */
export interface UniformOptions extends RandomFloatOptions {
  /** Smallest value. Default 0. */
  readonly low?: number | undefined;
  /** Limit above all values. Default 1. */
  readonly high?: number | undefined;
}
/** Options of `randomNormal` and `truncatedNormal`. */
export interface NormalOptions extends RandomFloatOptions {
  /** Default 0. */
  readonly mean?: number | undefined;
  /** Standard deviation. Default 1. */
  readonly std?: number | undefined;
}

/** 64 bits that depend on every character: two FNV-1a style hashes, each finished with a mixing of all bits. */
function hash(text: string): [number, number] {
  let a = 0x811c9dc5;
  let b = 0x1b873593;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x85ebca6b);
  }
  const mix = (x: number): number => {
    const y = Math.imul(x ^ (x >>> 16), 0xc2b2ae35);
    return (y ^ (y >>> 13)) | 0;
  };
  return [mix(a ^ text.length), mix(b ^ (a >>> 7))];
}

function checkWhole(operation: string, value: number): void {
  if (!Number.isSafeInteger(value))
    throw new ValueError('random/seed', `${operation}: a seed is a whole number or a text.`, {
      got: String(value),
      expected: 'a whole number between -2^53 and 2^53, or a string',
    });
}

/**
 * The key of a seed. All randomness comes from keys, and the same key always gives the same numbers: derive a new key
 * with `foldIn` for every use.
 *
 * @example
 * randomUniform(key(42), [2]); // the same two numbers on every machine
 */
export function key(seed: number | string): Tensor {
  if (typeof seed === 'string') return tensor(new Int32Array(hash(seed)));
  checkWhole('key', seed);
  return tensor(new Int32Array([seed | 0, Math.floor(seed / 2 ** 32) | 0]));
}

/** Int32 bit patterns from a key, all 2^32 equally likely. The floor under the other random functions. */
export function randomBits(key: Tensor, shape: Shape, counter: Tensor | number = 0): Tensor {
  checkShape('random', shape);
  return emit(primitive, [key, toTensor(counter, 'int32')], { shape: [...shape] });
}

/** Keys are derived under another key than numbers are drawn, so that neither is ever part of the other. */
const DERIVATION = 0x5bd1e995;

/**
 * A new key from a key and something that tells its uses apart: a purpose, a step, a position. A number and an int32
 * scalar tensor of the same value give the same key, so a step counter may be either.
 *
 * @example
 * const dropout = foldIn(foldIn(key(42), 'dropout'), step);
 */
export function foldIn(key: Tensor, data: number | string | Tensor): Tensor {
  if (typeof data === 'string') {
    const [a, b] = hash(data);
    return foldIn(foldIn(key, a), b);
  }
  if (typeof data === 'number') checkWhole('foldIn', data);
  const counter = data instanceof Tensor ? data.cast('int32') : scalar(data | 0, 'int32');
  const derived = key.add(tensor(new Int32Array([0, DERIVATION])));
  const result = randomBits(derived, [2], counter);
  if (typeof data !== 'number' || data === (data | 0)) return result;
  return foldIn(result, Math.floor(data / 2 ** 32));
}

/** Numbers k / 2^24 with k from 0 to 2^24 - 1: exactly the fractions that float32 holds evenly. */
function fraction(key: Tensor, shape: Shape, dtype: DType, counter = 0): Tensor {
  const bits = randomBits(key, shape, counter);
  return mod(bits, scalar(2 ** 24, 'int32'))
    .cast(dtype)
    .mul(2 ** -24);
}

/** Random numbers spread evenly over low <= x < high (default 0 to 1). */
export function randomUniform(key: Tensor, shape: Shape, options: UniformOptions = {}): Tensor {
  const { low = 0, high = 1, dtype = 'float32' } = options;
  const u = fraction(key, shape, dtype);
  return low === 0 && high === 1 ? u : u.mul(high - low).add(low);
}

function rescale(x: Tensor, { mean = 0, std = 1 }: NormalOptions): Tensor {
  const spread = std === 1 ? x : x.mul(std);
  return mean === 0 ? spread : spread.add(mean);
}

/**
 * Random numbers of the normal distribution.
 *
 * Source: Box, Muller, "A note on the generation of random normal deviates", 1958: sqrt(-2 log u) cos(2 pi v).
 */
export function randomNormal(key: Tensor, shape: Shape, options: NormalOptions = {}): Tensor {
  const dtype = options.dtype ?? 'float32';
  const pair = fraction(key, [2, ...shape], dtype);
  const half = (i: number): Tensor =>
    squeeze(slice(pair, [i, ...shape.map(() => 0)], [1, ...shape]), 0);
  // 1 - u is never 0, so that its logarithm is finite.
  const radius = sqrt(log(half(0).neg().add(1)).mul(-2));
  return rescale(radius.mul(cos(half(1).mul(2 * Math.PI))), options);
}

/** erf(sqrt(2)): the probability of a normal number within two standard deviations. */
const WITHIN_TWO = 0.9544997361036416;

/** Polynomial in -log(1 - x²) - 2.5 for erfinv(x) / x, highest power first; relative error 1e-7 while |x| < 0.9966. */
const INVERSE_ERF = [
  2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 0.00021858087, -0.00125372503,
  -0.00417768164, 0.246640727, 1.50140941,
] as const;

/**
 * Random numbers of the normal distribution, those further than two standard deviations from the mean excluded (the `std`
 * is that of the distribution before it is cut). Computed by inversion: sqrt(2) erfinv(v) with v even over ±erf(sqrt(2)), so
 * nothing is drawn twice.
 *
 * Source: Giles, "Approximating the erfinv function", GPU Computing Gems, 2011 (the central polynomial, which is enough here).
 */
export function truncatedNormal(key: Tensor, shape: Shape, options: NormalOptions = {}): Tensor {
  const u = fraction(key, shape, options.dtype ?? 'float32');
  const v = u.mul(2 * WITHIN_TWO).sub(WITHIN_TWO);
  const w = log(v.mul(v).neg().add(1)).neg().sub(2.5);
  const [first, ...rest] = INVERSE_ERF;
  let quotient = w.mul(first).add(rest[0] as number);
  for (const coefficient of rest.slice(1)) quotient = quotient.mul(w).add(coefficient);
  return rescale(clip(quotient.mul(v).mul(Math.SQRT2), -2, 2), options);
}

/** Random whole numbers (int32), low <= n < high (low defaults to 0). Even up to a bias of (high - low) / 2^32. */
export function randomInt(
  key: Tensor,
  shape: Shape,
  options: { readonly low?: number | undefined; readonly high: number },
): Tensor {
  const { low = 0, high } = options;
  const range = high - low;
  if (!Number.isInteger(low) || !Number.isInteger(range) || range < 1 || range > 2 ** 31 - 1)
    throw new ValueError('random/range', 'randomInt: there is no whole number in this range.', {
      got: `low ${low}, high ${high}`,
      expected: 'whole numbers with low < high, less than 2^31 apart',
    });
  return mod(randomBits(key, shape), scalar(range, 'int32')).add(scalar(low, 'int32'));
}

/** True with probability p (a number, or a tensor that broadcasts), as bool. */
export function bernoulli(key: Tensor, p: TensorLike, shape: Shape): Tensor {
  return fraction(key, shape, 'float32').less(p);
}

/** The numbers 0 to n - 1 (int32) in random order. */
export function permutation(key: Tensor, n: number): Tensor {
  return argSort(randomBits(key, [n]));
}
