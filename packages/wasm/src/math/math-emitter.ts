import { FunctionBuilder } from '../assembler/index.js';
import type { Local, ValueType } from '../assembler/index.js';
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

type ConstantKind = 'constant' | 'constantBits' | 'constantDouble';

/**
 * Writes `body` (a loop, usually) after code that fills the constants it asks for. The body is written twice, first into
 * a function that is thrown away, to learn what it needs: it must ask for the same constants both times.
 */
export function withConstants(
  f: FunctionBuilder,
  features: Features,
  body: (m: MathEmitter) => void,
): void {
  const needed = new Map<string, { kind: ConstantKind; value: number }>();
  const rehearsal = new FunctionBuilder(f.ref);
  const note =
    (kind: ConstantKind) =>
    (value: number): Local => {
      needed.set(keyOf(kind, value), { kind, value });
      return { index: 0, type: 'v128' };
    };
  body({
    f: rehearsal,
    features,
    constant: note('constant'),
    constantBits: note('constantBits'),
    constantDouble: note('constantDouble'),
    temporary: (type) => rehearsal.local(type),
  });
  const locals = new Map<string, Local>();
  for (const [key, { kind, value }] of needed) {
    const local = f.local('v128');
    if (kind === 'constant') f.f32(value).simd('f32x4.splat');
    else if (kind === 'constantBits') f.i32(value).simd('i32x4.splat');
    else f.f64(value).simd('f64x2.splat');
    f.set(local);
    locals.set(key, local);
  }
  const find =
    (kind: ConstantKind) =>
    (value: number): Local =>
      locals.get(keyOf(kind, value)) as Local;
  body({
    f,
    features,
    constant: find('constant'),
    constantBits: find('constantBits'),
    constantDouble: find('constantDouble'),
    temporary: (type) => f.local(type),
  });
}

function keyOf(kind: ConstantKind, value: number): string {
  return `${kind} ${Object.is(value, -0) ? '-0' : value}`;
}
