import type { Local } from '../assembler/index.js';
import { doubleOfBits, inDoubles, polynomialOfDoubles } from './doubles.js';
import type { MathEmitter } from './math-emitter.js';

const ONE_BITS = 0x3ff0000000000000n;
const SQRT_HALF_BITS = 0x3fe6a09e667f3bcdn;
const EXPONENT_BITS = 0xfff0000000000000n;
/** Or-ing a whole number below 2^52 into its bits gives 2^52 + that number. */
const TWO_52 = 4503599627370496;
const BIAS = 1023;

/** log2((1 + s) / (1 - s)) / s in s^2, for sqrt(1/2) <= (1 + s) / (1 - s) < sqrt(2): relative error 4e-12. */
const LOG_CURVE = [
  0.34072797177352576, 0.4116728288007218, 0.5770835832406628, 0.9617966733501702, 2.88539008179008,
];
/** 2^r for |r| <= 1/2: relative error 4e-11. */
const EXP_CURVE = [
  1.52019161406654e-5, 0.00015469291090128577, 0.0013333922586988844, 0.009618027253852303,
  0.05550410353419492, 0.24022651198155995, 0.693147180728456, 0.9999999999616822,
];

/** Leaves log2 x of float64 that are whole float32 magnitudes: -infinity at 0, infinity and NaN as they are. */
function logOfDoubles(m: MathEmitter, x: Local): void {
  const { f } = m;
  const bits = (value: bigint): Local => m.constantDouble(doubleOfBits(BigInt.asIntN(64, value)));
  const exponent = m.temporary('v128');
  const s = m.temporary('v128');
  const square = m.temporary('v128');
  // The biased exponent e of x = 2^(e - 1023) y with y from sqrt(1/2) to sqrt(2), above 52 other bits.
  f.get(x)
    .get(bits(ONE_BITS - SQRT_HALF_BITS))
    .simd('i64x2.add')
    .set(exponent);
  f.get(x).get(exponent).get(bits(EXPONENT_BITS)).simd('v128.and').simd('i64x2.sub');
  f.get(bits(ONE_BITS)).simd('i64x2.add').tee(s);
  f.get(m.constantDouble(1)).simd('f64x2.sub');
  f.get(s).get(m.constantDouble(1)).simd('f64x2.add').simd('f64x2.div');
  f.tee(s).get(s).simd('f64x2.mul').set(square);
  polynomialOfDoubles(m, square, LOG_CURVE);
  f.get(s).simd('f64x2.mul');
  f.get(exponent).i32(52).simd('i64x2.shr_u').get(m.constantDouble(TWO_52)).simd('v128.or');
  f.get(m.constantDouble(TWO_52 + BIAS))
    .simd('f64x2.sub')
    .simd('f64x2.add')
    .set(s);
  f.get(m.constantDouble(-Infinity)).get(s).get(x).get(m.constantDouble(0)).simd('f64x2.eq');
  f.simd('v128.bitselect').get(x).get(x).get(m.constantDouble(Infinity)).simd('f64x2.lt');
  f.simd('v128.bitselect');
}

/** [w] becomes 2^w in float64, with the exponents of float32 and a little beyond. */
function expOfDoubles(m: MathEmitter): void {
  const { f } = m;
  const w = m.temporary('v128');
  const n = m.temporary('v128');
  f.get(m.constantDouble(200)).simd('f64x2.pmin').get(m.constantDouble(-200)).simd('f64x2.pmax');
  f.tee(w).simd('f64x2.nearest').set(n);
  f.get(w).get(n).simd('f64x2.sub').set(w);
  polynomialOfDoubles(m, w, EXP_CURVE);
  f.get(n)
    .get(m.constantDouble(TWO_52 + BIAS))
    .simd('f64x2.add')
    .i32(52)
    .simd('i64x2.shl');
  f.simd('f64x2.mul');
}

/** [x, y] becomes x to the power of y, with the special cases of Math.pow. Computed in float64. */
export function emitPow(m: MathEmitter): void {
  const { f } = m;
  const x = m.temporary('v128');
  const y = m.temporary('v128');
  const size = m.temporary('v128');
  const result = m.temporary('v128');
  const isWhole = m.temporary('v128');
  f.set(y).tee(x).simd('f32x4.abs').set(size);
  inDoubles(m, 'f32', [size, y], ([base, exponent]) => {
    logOfDoubles(m, base as Local);
    f.get(exponent as Local).simd('f64x2.mul');
    expOfDoubles(m);
  });
  f.set(result);
  f.get(y).get(y).simd('f32x4.trunc').simd('f32x4.eq').set(isWhole);
  // Odd powers keep the sign: y is whole and y / 2 is not.
  f.get(y).get(m.constant(0.5)).simd('f32x4.mul').tee(size).get(size).simd('f32x4.trunc');
  f.simd('f32x4.ne').get(isWhole).simd('v128.and').get(x).simd('v128.and');
  f.get(m.constantBits(0x80000000 | 0))
    .simd('v128.and')
    .get(result)
    .simd('v128.or');
  // A negative number has no power that is not whole: all bits set are a NaN.
  f.get(x).get(m.constant(0)).simd('f32x4.lt').get(x).get(m.constant(-Infinity));
  f.simd('f32x4.gt').simd('v128.and').get(isWhole).simd('v128.andnot').simd('v128.or').set(result);
  f.get(m.constant(1)).get(result).get(y).get(m.constant(0)).simd('f32x4.eq');
  f.simd('v128.bitselect');
}

/** [x, y] of int32 becomes x to the power of y, modulo 2^32; negative powers are 0, except those of 1 and -1. */
export function emitIntPow(m: MathEmitter): void {
  const { f } = m;
  const x = m.temporary('v128');
  const rest = m.temporary('v128');
  const result = m.temporary('v128');
  const isInside = m.temporary('v128');
  f.set(rest).set(x);
  f.get(rest).get(m.constantBits(0)).simd('i32x4.ge_s');
  f.get(x).simd('i32x4.abs').get(m.constantBits(1)).simd('i32x4.eq').simd('v128.or').set(isInside);
  f.get(m.constantBits(1)).set(result);
  f.loop((again) => {
    f.get(result).get(x).simd('i32x4.mul').get(result).get(m.constantBits(0));
    f.get(rest).get(m.constantBits(1)).simd('v128.and').simd('i32x4.sub').simd('v128.bitselect');
    f.set(result);
    f.get(x).get(x).simd('i32x4.mul').set(x);
    f.get(rest).i32(1).simd('i32x4.shr_u').tee(rest).simd('v128.any_true');
    again();
  });
  f.get(result).get(isInside).simd('v128.and');
}
