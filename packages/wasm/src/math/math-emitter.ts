import type { FunctionBuilder, Local, ValueType } from '../assembler/index.js';
import type { Features } from '../features.js';

/**
 * Where a mathematical function is written. Functions take their arguments (vectors of four float32) from the stack and
 * leave the result there. Constants are asked for by value and come back as locals that were filled before the loop: V8
 * builds a `v128.const` again in every turn.
 */
export interface MathEmitter {
  readonly f: FunctionBuilder;
  readonly features: Features;
  /** A local that holds the float32 number in all four lanes. */
  constant(value: number): Local;
  /** A local that holds the 32-bit pattern in all four lanes. */
  constantBits(value: number): Local;
  /** A local that holds the float64 number in both lanes. */
  constantDouble(value: number): Local;
  /** A local for a value on the way. */
  temporary(type: ValueType): Local;
}

/** [x, y] on the stack becomes x * y + addend: one rounding or two. */
export function multiplyAdd({ f, features }: MathEmitter, addend: Local): void {
  if (features.relaxed) f.get(addend).simd('f32x4.relaxed_madd');
  else f.simd('f32x4.mul').get(addend).simd('f32x4.add');
}

/** Leaves the polynomial in the variable on the stack; coefficients from the highest power down. */
export function polynomial(m: MathEmitter, variable: Local, coefficients: readonly number[]): void {
  const [first, ...rest] = coefficients;
  m.f.get(m.constant(first as number));
  for (const coefficient of rest) {
    m.f.get(variable);
    multiplyAdd(m, m.constant(coefficient));
  }
}

/** Leaves [x] within the limits; pmin and pmax keep a NaN that is on their left. */
export function clamp({ f, constant }: MathEmitter, low: number, high: number): void {
  f.get(constant(high)).simd('f32x4.pmin').get(constant(low)).simd('f32x4.pmax');
}

/** Mathematics in the body of `f`. */
export function mathIn(f: FunctionBuilder, features: Features): MathEmitter {
  const words = new Int32Array(2);
  const float = new Float32Array(words.buffer);
  const double = new Float64Array(words.buffer);
  const bits = (low: number, high = low): Local => f.hoisted([low, high, low, high]);
  return {
    f,
    features,
    constant(value) {
      float[0] = value;
      return bits(words[0] as number);
    },
    constantBits: (value) => bits(value | 0),
    constantDouble(value) {
      double[0] = value;
      return bits(words[0] as number, words[1] as number);
    },
    temporary: (type) => f.local(type),
  };
}
