import { emitErf, emitExp, emitExpm1, emitSigmoid, emitTanh } from './exp.js';
import { emitLog, emitLog1p } from './log.js';
import type { MathEmitter } from './math-emitter.js';
import { emitIntMod, emitMod } from './mod.js';
import { emitIntPow, emitPow } from './pow.js';
import { emitCos, emitSin } from './trigonometry.js';

export type { MathEmitter } from './math-emitter.js';
export { clamp, mathIn, multiplyAdd } from './math-emitter.js';

type Emit = (m: MathEmitter) => void;
type UnaryMath =
  | 'exp'
  | 'expm1'
  | 'log'
  | 'log1p'
  | 'sigmoid'
  | 'tanh'
  | 'erf'
  | 'sin'
  | 'cos'
  | 'rsqrt';

/** Functions of four float32 that are no instruction: [x] becomes the result. Keys are names of primitives. */
export const unaryMath: Readonly<Record<UnaryMath, Emit>> = {
  exp: emitExp,
  expm1: emitExpm1,
  log: emitLog,
  log1p: emitLog1p,
  sigmoid: emitSigmoid,
  tanh: emitTanh,
  erf: emitErf,
  sin: emitSin,
  cos: emitCos,
  rsqrt: emitRsqrt,
};

/** The same for two operands: [x, y] becomes the result. */
export const binaryMath: Readonly<Record<'pow' | 'mod', Emit>> = { pow: emitPow, mod: emitMod };

/** The same for four int32. */
export const binaryIntMath: Readonly<Record<'pow' | 'mod', Emit>> = {
  pow: emitIntPow,
  mod: emitIntMod,
};

function emitRsqrt({ f, constant, temporary }: MathEmitter): void {
  const root = temporary('v128');
  f.simd('f32x4.sqrt').set(root).get(constant(1)).get(root).simd('f32x4.div');
}
