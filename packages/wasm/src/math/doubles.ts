import type { Local } from '../assembler/index.js';
import type { MathEmitter } from './math-emitter.js';

/** How four 32-bit numbers become two float64, and back. */
const conversions = {
  f32: { widen: 'f64x2.promote_low_f32x4', narrow: 'f32x4.demote_f64x2_zero' },
  i32: { widen: 'f64x2.convert_low_i32x4_s', narrow: 'i32x4.trunc_sat_f64x2_s_zero' },
} as const;

/**
 * Computes in float64, two numbers at a time: `body` gets the operands of a half in locals and leaves its result. All
 * four results are on the stack in the end.
 */
export function inDoubles(
  m: MathEmitter,
  type: keyof typeof conversions,
  operands: readonly Local[],
  body: (operands: readonly Local[]) => void,
): void {
  const { f } = m;
  const { widen, narrow } = conversions[type];
  const wide = operands.map(() => m.temporary('v128'));
  const half = (isHigh: boolean): void => {
    operands.forEach((operand, i) => {
      f.get(operand);
      if (isHigh) f.get(operand).shuffle([2, 3, 2, 3]);
      f.simd(widen).set(wide[i] as Local);
    });
    body(wide);
    f.simd(narrow);
  };
  half(false);
  half(true);
  f.shuffle([0, 1, 4, 5]);
}

/** Leaves the polynomial of float64 in the variable on the stack; coefficients from the highest power down. */
export function polynomialOfDoubles(
  m: MathEmitter,
  variable: Local,
  coefficients: readonly number[],
): void {
  const [first, ...rest] = coefficients;
  m.f.get(m.constantDouble(first as number));
  for (const coefficient of rest)
    m.f.get(variable).simd('f64x2.mul').get(m.constantDouble(coefficient)).simd('f64x2.add');
}

/** The float64 with these bits: how patterns of 64 bits become constants. */
export function doubleOfBits(bits: bigint): number {
  return new Float64Array(new BigInt64Array([bits]).buffer)[0] as number;
}
