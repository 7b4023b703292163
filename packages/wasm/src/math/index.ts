import { emitErf, emitExp, emitExpm1, emitSigmoid, emitTanh } from './exp.js';
import { emitLog, emitLog1p } from './log.js';
import type { MathEmitter } from './math-emitter.js';

export type { MathEmitter } from './math-emitter.js';
export { multiplyAdd, withConstants } from './math-emitter.js';

/** Functions of four float32 that are no instruction: [x] becomes the result. Keys are names of primitives. */
export const unaryMath = {
  exp: emitExp,
  expm1: emitExpm1,
  log: emitLog,
  log1p: emitLog1p,
  sigmoid: emitSigmoid,
  tanh: emitTanh,
  erf: emitErf,
} as const satisfies Readonly<Record<string, (m: MathEmitter) => void>>;
