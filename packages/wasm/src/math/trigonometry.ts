import { inDoubles } from './doubles.js';
import { clamp, multiplyAdd, polynomial } from './math-emitter.js';
import type { MathEmitter } from './math-emitter.js';

/** Adding it to a float64 rounds that to a whole number, whose lowest bits are then the lowest bits of the sum. */
const ROUNDER = 6755399441055744;
/** pi / 2 in two parts: products of the first with whole numbers below 2^28 are exact. */
const HALF_PI_HIGH = 1.5707963109016418;
const HALF_PI_LOW = 1.5893254773528196e-8;

/** (sin r - r) / r^3 in r^2 and (cos r - 1 + r^2 / 2) / r^4 in r^2 for |r| < pi / 4: relative errors 4e-9 and 1e-10. */
const SIN_CURVE = [-0.000195169763173908, 0.008332176133990288, -0.16666655242443085];
const COS_CURVE = [2.4438088075839914e-5, -0.0013887364184483886, 0.04166664555668831];

/**
 * [x] becomes sin(x + quarters pi / 2). The nearest multiple of pi / 2 is taken off in float64, which is exact enough
 * up to |x| = 4e8; beyond, where neighbours in float32 are 32 apart, the result is some number between -1 and 1.
 */
function emitSine(m: MathEmitter, quarters: number): void {
  const { f } = m;
  const x = m.temporary('v128');
  const n = m.temporary('v128');
  const quadrant = m.temporary('v128');
  const square = m.temporary('v128');
  f.set(x);
  f.i32(0).simd('i32x4.splat').set(quadrant);
  let half = 0;
  inDoubles(m, 'f32', [x], ([wide]) => {
    if (wide === undefined) return;
    f.get(wide)
      .get(m.constantDouble(2 / Math.PI))
      .simd('f64x2.mul');
    f.get(m.constantDouble(ROUNDER)).simd('f64x2.add').set(n);
    // Low words of n: the first half goes to lanes 0 and 1 of the quadrants, the second to 2 and 3.
    f.get(quadrant).get(n);
    f.shuffle(half++ === 0 ? [4, 6, 2, 3] : [0, 1, 4, 6]);
    f.set(quadrant);
    f.get(n).get(m.constantDouble(ROUNDER)).simd('f64x2.sub').set(n);
    f.get(wide);
    f.get(n).get(m.constantDouble(HALF_PI_HIGH)).simd('f64x2.mul').simd('f64x2.sub');
    f.get(n).get(m.constantDouble(HALF_PI_LOW)).simd('f64x2.mul').simd('f64x2.sub');
  });
  clamp(m, -1, 1);
  f.tee(x).get(x).simd('f32x4.mul').set(square);
  if (quarters !== 0) f.get(quadrant).get(m.constantBits(quarters)).simd('i32x4.add').set(quadrant);
  const sine = m.temporary('v128');
  polynomial(m, square, SIN_CURVE);
  f.get(square).simd('f32x4.mul').get(x);
  multiplyAdd(m, x);
  f.set(sine);
  polynomial(m, square, [...COS_CURVE, -0.5, 1]);
  // Odd quadrants take the cosine, the upper two are negative.
  f.get(sine).i32(0).simd('i32x4.splat').get(quadrant).get(m.constantBits(1));
  f.simd('v128.and').simd('i32x4.sub').simd('v128.bitselect');
  f.get(quadrant)
    .i32(30)
    .simd('i32x4.shl')
    .get(m.constantBits(0x80000000 | 0));
  f.simd('v128.and').simd('v128.xor');
}

/** [x] becomes sin x. */
export function emitSin(m: MathEmitter): void {
  emitSine(m, 0);
}

/** [x] becomes cos x. */
export function emitCos(m: MathEmitter): void {
  emitSine(m, 1);
}
