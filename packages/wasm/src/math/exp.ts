import type { Local } from '../assembler/index.js';
import { clamp, multiplyAdd, polynomial } from './math-emitter.js';
import type { MathEmitter } from './math-emitter.js';

/** Adding it to a small number rounds that to a whole one, which then sits in the lowest bits. */
const ROUNDER = 12582912;
const LOG2_E = 1.4426950408889634;
/** log 2 in two parts: the first has so few bits that its product with any exponent is exact. */
const LN2_HIGH = 0.693359375;
const LN2_LOW = Math.LN2 - LN2_HIGH;
/** Between these, 2^(n - 1) is a normal number or, at the lower end, zero. */
const LARGEST = 88.9;
const SMALLEST = -87.3;

/** (e^r - 1 - r) / r^2 for |r| < log(2) / 2, lowest power first, by minimax fit: relative error of e^r 3e-9. */
const CURVE = [
  0.4999999403953552, 0.1666652113199234, 0.04166838899254799, 0.00836874544620514,
  0.001381453825160861,
] as const;

/**
 * Splits scale x into n log 2 + scale r: puts r in the place of x, and gives the bits of 2^(n - 1), zero for n = -126.
 * Half the power, because 2^128 has no bits of its own and yet e^88.7 is a number. `scale` is a power of 2.
 */
function reduce(m: MathEmitter, x: Local, scale = 1): Local {
  const { f } = m;
  const n = m.temporary('v128');
  const half = m.temporary('v128');
  f.get(x).get(m.constant(scale * LOG2_E));
  multiplyAdd(m, m.constant(ROUNDER + 126));
  f.tee(half)
    .get(m.constant(ROUNDER + 126))
    .simd('f32x4.sub')
    .set(n);
  f.get(n).get(m.constant(-LN2_HIGH / scale));
  multiplyAdd(m, x);
  f.set(x);
  f.get(n).get(m.constant(-LN2_LOW / scale));
  multiplyAdd(m, x);
  f.set(x);
  f.get(half).i32(23).simd('i32x4.shl').set(half);
  return half;
}

/** The polynomial of (e^(scale r) - 1) / r times `factor`, highest power first. */
function difference(scale: number, factor: number): number[] {
  const series = [1, ...CURVE].map((c, i) => factor * c * scale ** (i + 1));
  return series.reverse();
}

/** [x] becomes e^x. Results below 1.7e-38 are 0: numbers below the normal ones would only slow down what follows. */
export function emitExp(m: MathEmitter): void {
  const { f } = m;
  const x = m.temporary('v128');
  clamp(m, SMALLEST, LARGEST);
  f.set(x);
  const half = reduce(m, x);
  polynomial(m, x, [...difference(1, 2), 2]);
  f.get(half).simd('f32x4.mul');
}

/**
 * Leaves half of e^(scale x) - 1, which is a number where the whole overflows. Overwrites x, which must lie between
 * SMALLEST and LARGEST.
 */
function halfExpm1(m: MathEmitter, x: Local, scale = 1): void {
  const { f } = m;
  const half = reduce(m, x, scale);
  const rest = m.temporary('v128');
  // 2^(n - 1) (e^r - 1) + (2^(n - 1) - 1/2): for n = 0 the second part is exactly 0.
  f.get(half).get(m.constant(0.5)).simd('f32x4.sub').set(rest);
  polynomial(m, x, difference(scale, 1));
  f.get(x).simd('f32x4.mul').get(half);
  multiplyAdd(m, rest);
}

/** [x] becomes e^x - 1, relatively exact near 0, where the difference would lose everything. */
export function emitExpm1(m: MathEmitter): void {
  const { f } = m;
  const x = m.temporary('v128');
  clamp(m, SMALLEST, LARGEST);
  f.set(x);
  halfExpm1(m, x);
  f.tee(x).get(x).simd('f32x4.add');
}

/** [x] becomes 1 / (1 + e^-x); e^-x may overflow, and 1 / infinity is the right 0. */
export function emitSigmoid(m: MathEmitter): void {
  const { f } = m;
  const denominator = m.temporary('v128');
  f.simd('f32x4.neg');
  emitExp(m);
  f.get(m.constant(1)).simd('f32x4.add').set(denominator);
  f.get(m.constant(1)).get(denominator).simd('f32x4.div');
}

/** [x] becomes tanh x = h / (h + 1) with h = (e^2x - 1) / 2: relatively exact near 0, exactly 1 where it rounds to that. */
export function emitTanh(m: MathEmitter): void {
  const { f } = m;
  const x = m.temporary('v128');
  clamp(m, -10, 10);
  f.set(x);
  halfExpm1(m, x, 2);
  f.tee(x).get(x).get(m.constant(1)).simd('f32x4.add').simd('f32x4.div');
}

/** log(erfc a) / a for 0 < a < 3.95, lowest power first, by minimax fit: relative error of erf 4e-9. */
const LOG_ERFC = [
  -1.128379225730896, -0.6366193890571594, -0.10277783870697021, 0.019153088331222534,
  0.0001603558484930545, -0.0016669903416186571, 0.0006328178569674492, -0.00011763626389438286,
  9.255734767066315e-6,
];

/** [x] becomes erf x = 1 - e^log(erfc |x|) with the sign of x. The logarithm is a smooth function that starts at 0. */
export function emitErf(m: MathEmitter): void {
  const { f } = m;
  const sign = m.temporary('v128');
  const a = m.temporary('v128');
  f.tee(a)
    .get(m.constantBits(0x80000000 | 0))
    .simd('v128.and')
    .set(sign);
  // erf 4 rounds to 1.
  f.get(a).simd('f32x4.abs').get(m.constant(3.95)).simd('f32x4.pmin').set(a);
  polynomial(m, a, [...LOG_ERFC].reverse());
  f.get(a).simd('f32x4.mul').set(a);
  halfExpm1(m, a);
  f.get(m.constant(-2)).simd('f32x4.mul').get(sign).simd('v128.xor');
}
