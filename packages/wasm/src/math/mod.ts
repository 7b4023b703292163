import type { Local } from '../assembler/index.js';
import { inDoubles } from './doubles.js';
import type { MathEmitter } from './math-emitter.js';

/** Leaves x - floor(x / y) y, in float64: what Python calls x % y, with the sign of y. */
function remainder(m: MathEmitter, x: Local, y: Local): void {
  const { f } = m;
  f.get(x).get(x).get(y).simd('f64x2.div').simd('f64x2.floor').get(y).simd('f64x2.mul');
  f.simd('f64x2.sub');
}

/** [x, y] becomes x modulo y: exact while |x / y| < 2^29; 0 is NaN as a divisor. */
export function emitMod(m: MathEmitter): void {
  const { f } = m;
  const x = m.temporary('v128');
  const y = m.temporary('v128');
  const result = m.temporary('v128');
  f.set(y).set(x);
  inDoubles(m, 'f32', [x, y], ([a, b]) => remainder(m, a as Local, b as Local));
  f.set(result);
  // An infinite divisor leaves a number of its sign as it is, and is the result for one of the other sign.
  f.get(y).get(x).get(x).get(y).simd('v128.xor').i32(31).simd('i32x4.shr_s');
  f.get(x).get(m.constant(0)).simd('f32x4.ne').simd('v128.and').simd('v128.bitselect');
  f.get(result);
  f.get(y).simd('f32x4.abs').get(m.constant(Infinity)).simd('f32x4.eq');
  f.get(x).simd('f32x4.abs').get(m.constant(Infinity)).simd('f32x4.lt').simd('v128.and');
  f.simd('v128.bitselect');
}

/**
 * [x, y] of int32 becomes x modulo y, with the sign of y; 0 when y is 0. Powers of 2, which random numbers are cut to,
 * only mask bits.
 */
export function emitIntMod(m: MathEmitter): void {
  const { f } = m;
  const x = m.temporary('v128');
  const y = m.temporary('v128');
  const mask = m.temporary('v128');
  const result = m.temporary('v128');
  f.tee(y).get(m.constantBits(1)).simd('i32x4.sub').set(mask).set(x);
  f.get(y).get(mask).simd('v128.and').simd('v128.any_true');
  f.get(y).get(m.constantBits(0)).simd('i32x4.gt_s').simd('i32x4.all_true').op('i32.eqz');
  f.op('i32.or').if(
    () => {
      inDoubles(m, 'i32', [x, y], ([a, b]) => remainder(m, a as Local, b as Local));
      f.set(result);
    },
    () => f.get(x).get(mask).simd('v128.and').set(result),
  );
  f.get(result);
}
