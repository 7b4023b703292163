import type { Local } from '../assembler/index.js';
import { multiplyAdd, polynomial } from './math-emitter.js';
import type { MathEmitter } from './math-emitter.js';

const LN2_HIGH = 0.693359375;
const LN2_LOW = Math.LN2 - LN2_HIGH;
const SMALLEST_NORMAL = 1.1754943508222875e-38;
const SQRT_HALF_BITS = 0x3f3504f3;
const EXPONENT_BITS = 0xff800000 | 0;

/** (log(1 + f) - f + f^2 / 2) / f^3 for sqrt(1/2) <= 1 + f < sqrt(2), by minimax fit: relative error of the log 6e-9. */
const CURVE = [
  -0.07634429633617401, 0.12761549651622772, -0.131601944565773, 0.14201761782169342,
  -0.16623356938362122, 0.20001226663589478, -0.250008225440979, 0.3333333134651184,
] as const;

/**
 * Leaves log u, for the normal positive number in `u`; `exponentShift` (whole numbers) is added to the binary exponent,
 * and `correction` to the logarithm, where it is small.
 */
function logOfNormal(m: MathEmitter, u: Local, exponentShift?: Local, correction?: Local): void {
  const { f } = m;
  const e = m.temporary('v128');
  const x = m.temporary('v128');
  const square = m.temporary('v128');
  // u = 2^e (1 + x) with 1 + x between sqrt(1/2) and sqrt(2).
  f.get(u).get(m.constantBits(SQRT_HALF_BITS)).simd('i32x4.sub').tee(e);
  f.get(m.constantBits(EXPONENT_BITS)).simd('v128.and').set(square);
  f.get(u).get(square).simd('i32x4.sub').get(m.constant(1)).simd('f32x4.sub').set(x);
  f.get(e).i32(23).simd('i32x4.shr_s');
  if (exponentShift !== undefined) f.get(exponentShift).simd('i32x4.add');
  f.simd('f32x4.convert_i32x4_s').set(e);
  f.get(x).get(x).simd('f32x4.mul').set(square);
  polynomial(m, x, CURVE);
  f.get(x).simd('f32x4.mul').get(square).simd('f32x4.mul');
  if (correction !== undefined) f.get(correction).simd('f32x4.add');
  // Small parts first: x^3 curve + e low, then - x^2 / 2, then x, then e high.
  const small = m.temporary('v128');
  f.set(small).get(e).get(m.constant(LN2_LOW));
  multiplyAdd(m, small);
  f.set(small).get(square).get(m.constant(-0.5));
  multiplyAdd(m, small);
  f.get(x).simd('f32x4.add').set(small);
  f.get(e).get(m.constant(LN2_HIGH));
  multiplyAdd(m, small);
}

/** [result] becomes what it must be where u is 0, negative, infinite or no number. */
function specialCases(m: MathEmitter, u: Local): void {
  const { f } = m;
  const result = m.temporary('v128');
  // All bits set are a NaN.
  f.get(u).get(m.constant(0)).simd('f32x4.ge').simd('v128.not').simd('v128.or').set(result);
  f.get(m.constant(-Infinity)).get(result).get(u).get(m.constant(0)).simd('f32x4.eq');
  f.simd('v128.bitselect').set(result);
  f.get(m.constant(Infinity)).get(result).get(u).get(m.constant(Infinity)).simd('f32x4.eq');
  f.simd('v128.bitselect');
}

/** [x] becomes its natural logarithm: -infinity at 0, NaN below. Subnormal numbers have theirs. */
export function emitLog(m: MathEmitter): void {
  const { f } = m;
  const x = m.temporary('v128');
  const u = m.temporary('v128');
  const tiny = m.temporary('v128');
  f.tee(x).get(m.constant(SMALLEST_NORMAL)).simd('f32x4.lt').set(tiny);
  f.get(x)
    .get(m.constant(2 ** 23))
    .simd('f32x4.mul')
    .get(x)
    .get(tiny)
    .simd('v128.bitselect');
  f.set(u);
  f.get(tiny).get(m.constantBits(-23)).simd('v128.and').set(tiny);
  logOfNormal(m, u, tiny);
  specialCases(m, x);
}

/** [x] becomes log(1 + x), relatively exact near 0. */
export function emitLog1p(m: MathEmitter): void {
  const { f } = m;
  const x = m.temporary('v128');
  const u = m.temporary('v128');
  const lost = m.temporary('v128');
  f.tee(x).get(m.constant(1)).simd('f32x4.add').set(u);
  // What rounding 1 + x lost, relative to it.
  f.get(x).get(u).get(m.constant(1)).simd('f32x4.sub').simd('f32x4.sub');
  f.get(u).simd('f32x4.div').set(lost);
  logOfNormal(m, u, undefined, lost);
  specialCases(m, u);
}
