import type { DType } from '@gradus/tensor/backend';
import type { FunctionBuilder, SimdOpcode } from '../../assembler/index.js';
import { binaryIntMath, binaryMath, unaryMath } from '../../math/index.js';
import type { MathEmitter } from '../../math/index.js';

/** In registers, numbers are four lanes of 32 bits, and truth is all ones or all zeros. */
type Emit = (m: MathEmitter, push: readonly (() => void)[]) => void;

const operation =
  (name: SimdOpcode): Emit =>
  ({ f }, push) => {
    push.forEach((each) => each());
    f.simd(name);
  };

const pushed: Emit = (_m, push) => push.forEach((each) => each());

const math =
  (emit: (m: MathEmitter) => void): Emit =>
  (m, push) => {
    push.forEach((each) => each());
    emit(m);
  };

function inRegisters(
  table: Readonly<Record<string, (m: MathEmitter) => void>>,
): Readonly<Record<string, Emit>> {
  return Object.fromEntries(Object.entries(table).map(([name, emit]) => [name, math(emit)]));
}

/** 1 with the sign of the number; 0 and NaN stay. */
const signOf: Emit = (m, [push]) => {
  const { f } = m;
  const x = m.temporary('v128');
  const magnitude = m.constantBits(0x3f800000);
  const signs = m.constantBits(0x80000000 | 0);
  const zero = m.constant(0);
  (push as () => void)();
  f.set(x);
  f.get(magnitude).get(x).get(signs).simd('v128.and').simd('v128.or');
  f.get(x);
  // Where x < 0 or x > 0: the other comparisons are false for NaN.
  f.get(x).get(zero).simd('f32x4.lt').get(x).get(zero).simd('f32x4.gt').simd('v128.or');
  f.simd('v128.bitselect');
};

const signOfInteger: Emit = (m, [push]) => {
  const { f } = m;
  const x = m.temporary('v128');
  (push as () => void)();
  f.set(x);
  f.get(x).get(m.constantBits(1)).simd('i32x4.min_s');
  f.get(m.constantBits(-1)).simd('i32x4.max_s');
};

const rsqrt: Emit = (m, [push]) => {
  m.f.get(m.constant(1));
  (push as () => void)();
  m.f.simd('f32x4.sqrt').simd('f32x4.div');
};

const notEqualToZero: Emit = (m, [push]) => {
  (push as () => void)();
  m.f.get(m.constant(0)).simd('f32x4.ne');
};

const integerNotZero: Emit = (m, [push]) => {
  (push as () => void)();
  m.f.get(m.constantBits(0)).simd('i32x4.ne');
};

const maskAnd =
  (bits: number): Emit =>
  (m, [push]) => {
    (push as () => void)();
    m.f.get(m.constantBits(bits)).simd('v128.and');
  };

const xorOf: Emit = ({ f }, push) => {
  push.forEach((each) => each());
  f.simd('v128.xor').simd('v128.not');
};

/** On truth: a < b is b and not a. */
const lessTruth =
  (swap: boolean, negate: boolean): Emit =>
  ({ f }, push) => {
    const [a, b] = (swap ? push.toReversed() : push) as [() => void, () => void];
    b();
    a();
    f.simd('v128.andnot');
    if (negate) f.simd('v128.not');
  };

const negated: Emit = ({ f }, push) => {
  push.forEach((each) => each());
  f.simd('v128.not');
};

const choose: Emit = ({ f }, [condition, a, b]) => {
  (a as () => void)();
  (b as () => void)();
  (condition as () => void)();
  f.simd('v128.bitselect');
};

const float: Readonly<Record<string, Emit>> = {
  copy: pushed,
  add: operation('f32x4.add'),
  sub: operation('f32x4.sub'),
  mul: operation('f32x4.mul'),
  div: operation('f32x4.div'),
  maximum: operation('f32x4.max'),
  minimum: operation('f32x4.min'),
  equal: operation('f32x4.eq'),
  notEqual: operation('f32x4.ne'),
  less: operation('f32x4.lt'),
  lessEqual: operation('f32x4.le'),
  greater: operation('f32x4.gt'),
  greaterEqual: operation('f32x4.ge'),
  neg: operation('f32x4.neg'),
  abs: operation('f32x4.abs'),
  sqrt: operation('f32x4.sqrt'),
  floor: operation('f32x4.floor'),
  ceil: operation('f32x4.ceil'),
  round: operation('f32x4.nearest'),
  sign: signOf,
  rsqrt,
  select: choose,
  'cast float32': pushed,
  'cast int32': operation('i32x4.trunc_sat_f32x4_s'),
  'cast bool': notEqualToZero,
  ...inRegisters({ ...unaryMath, ...binaryMath }),
};

const integer: Readonly<Record<string, Emit>> = {
  copy: pushed,
  add: operation('i32x4.add'),
  sub: operation('i32x4.sub'),
  mul: operation('i32x4.mul'),
  maximum: operation('i32x4.max_s'),
  minimum: operation('i32x4.min_s'),
  equal: operation('i32x4.eq'),
  notEqual: operation('i32x4.ne'),
  less: operation('i32x4.lt_s'),
  lessEqual: operation('i32x4.le_s'),
  greater: operation('i32x4.gt_s'),
  greaterEqual: operation('i32x4.ge_s'),
  neg: operation('i32x4.neg'),
  abs: operation('i32x4.abs'),
  sign: signOfInteger,
  floor: pushed,
  ceil: pushed,
  round: pushed,
  select: choose,
  'cast float32': operation('f32x4.convert_i32x4_s'),
  'cast int32': pushed,
  'cast bool': integerNotZero,
  ...inRegisters(binaryIntMath),
};

const truth: Readonly<Record<string, Emit>> = {
  copy: pushed,
  and: operation('v128.and'),
  or: operation('v128.or'),
  not: negated,
  equal: xorOf,
  notEqual: operation('v128.xor'),
  less: lessTruth(false, false),
  lessEqual: lessTruth(true, true),
  greater: lessTruth(true, false),
  greaterEqual: lessTruth(false, true),
  select: choose,
  'cast float32': maskAnd(0x3f800000),
  'cast int32': maskAnd(1),
  'cast bool': pushed,
};

const tables: Readonly<Record<string, Readonly<Record<string, Emit>>>> = {
  float32: float,
  int32: integer,
  bool: truth,
};

const reductions = new Set(['sum', 'prod', 'max', 'min']);

/** Whether loops know the operation on this dtype. */
export function canEmit(name: string, dtype: DType): boolean {
  if (name === 'cast') return dtype !== 'float64';
  return reductions.has(name)
    ? dtype !== 'bool' && dtype !== 'float64'
    : tables[dtype]?.[name] !== undefined;
}

/** Writes one operation; `push` puts its operands on the stack. `from` is the dtype of the operands, `to` of the result. */
export function emitOp(
  m: MathEmitter,
  name: string,
  from: DType,
  to: DType,
  push: readonly (() => void)[],
): void {
  const key = name === 'cast' ? `cast ${to}` : name;
  const emit = tables[from]?.[key] as Emit;
  emit(m, push);
}

/** Writes the step of a reduction: [accumulated, next] becomes what they give together. */
export function emitCombine(f: FunctionBuilder, name: string, dtype: DType): void {
  const operations: Readonly<Record<string, readonly [SimdOpcode, SimdOpcode]>> = {
    sum: ['f32x4.add', 'i32x4.add'],
    prod: ['f32x4.mul', 'i32x4.mul'],
    max: ['f32x4.max', 'i32x4.max_s'],
    min: ['f32x4.min', 'i32x4.min_s'],
  };
  const [forFloat, forInteger] = operations[name] as readonly [SimdOpcode, SimdOpcode];
  f.simd(dtype === 'float32' ? forFloat : forInteger);
}

/** The 32-bit pattern that a reduction starts from. */
export function neutralBits(name: string, dtype: DType): number {
  const isFloat = dtype === 'float32';
  if (name === 'prod') return isFloat ? 0x3f800000 : 1;
  if (name === 'max') return isFloat ? 0xff800000 | 0 : -0x80000000;
  if (name === 'min') return isFloat ? 0x7f800000 : 0x7fffffff;
  return 0;
}
