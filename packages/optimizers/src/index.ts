export { defineOptimizer } from './define-optimizer.js';
export type { OptimizerDefinition, SlotSpec, StepContext, UpdateRule } from './define-optimizer.js';
export type {
  Optimizer,
  OptimizerOptions,
  OptimizerState,
  OptimizerVariable,
  ParameterInfo,
  SameLength,
} from './optimizer.js';
export { getOptimizer, optimizerFromConfig, scheduleFromConfig } from './registry.js';
export type { OptimizerName } from './registry.js';
export { sgd } from './sgd.js';
export type { SgdOptions } from './sgd.js';
export { adam, adamw, adamw as adamW } from './adam.js';
export type { AdamOptions } from './adam.js';
export { rmsprop } from './rmsprop.js';
export type { RmspropOptions } from './rmsprop.js';
export { adagrad } from './adagrad.js';
export type { AdagradOptions } from './adagrad.js';
export { adadelta } from './adadelta.js';
export type { AdadeltaOptions } from './adadelta.js';
export { adamax } from './adamax.js';
export type { AdamaxOptions } from './adamax.js';
export { nadam } from './nadam.js';
export type { NadamOptions } from './nadam.js';
export { lion } from './lion.js';
export type { LionOptions } from './lion.js';
export { lamb } from './lamb.js';
export type { LambOptions } from './lamb.js';
export { ftrl } from './ftrl.js';
export type { FtrlOptions } from './ftrl.js';
export { adafactor } from './adafactor.js';
export type { AdafactorOptions } from './adafactor.js';
export { muon } from './muon.js';
export type { MuonOptions } from './muon.js';
export { scheduleFreeAdamW } from './schedule-free-adamw.js';
export type { ScheduleFreeAdamWOptions } from './schedule-free-adamw.js';
export { lossScaleOptimizer } from './loss-scale-optimizer.js';
export type { LossScaleOptions } from './loss-scale-optimizer.js';
export { multiOptimizer } from './multi-optimizer.js';
export type { MultiOptimizerOptions } from './multi-optimizer.js';
export { defineSchedule } from './schedule.js';
export type { Schedule } from './schedule.js';
export { exponentialDecay } from './schedules/exponential-decay.js';
export type { DecayOptions } from './schedules/exponential-decay.js';
export { inverseTimeDecay } from './schedules/inverse-time-decay.js';
export { piecewiseConstantDecay } from './schedules/piecewise-constant-decay.js';
export type { PiecewiseConstantDecayOptions } from './schedules/piecewise-constant-decay.js';
export { polynomialDecay } from './schedules/polynomial-decay.js';
export type { PolynomialDecayOptions } from './schedules/polynomial-decay.js';
export { cosineDecay } from './schedules/cosine-decay.js';
export type { CosineDecayOptions } from './schedules/cosine-decay.js';
export { cosineDecayRestarts } from './schedules/cosine-decay-restarts.js';
export type { CosineDecayRestartsOptions } from './schedules/cosine-decay-restarts.js';
