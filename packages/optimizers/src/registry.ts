import { ValueError, unknownName } from '@gradus/tensor';
import { adadelta } from './adadelta.js';
import { adafactor } from './adafactor.js';
import { adagrad } from './adagrad.js';
import { adam, adamw } from './adam.js';
import { adamax } from './adamax.js';
import { ftrl } from './ftrl.js';
import { lamb } from './lamb.js';
import { lion } from './lion.js';
import { lossScaleOptimizer } from './loss-scale-optimizer.js';
import { multiOptimizer } from './multi-optimizer.js';
import { muon } from './muon.js';
import { nadam } from './nadam.js';
import type { Optimizer } from './optimizer.js';
import { rmsprop } from './rmsprop.js';
import { scheduleFreeAdamW } from './schedule-free-adamw.js';
import type { Schedule } from './schedule.js';
import { cosineDecay } from './schedules/cosine-decay.js';
import { cosineDecayRestarts } from './schedules/cosine-decay-restarts.js';
import { exponentialDecay } from './schedules/exponential-decay.js';
import { inverseTimeDecay } from './schedules/inverse-time-decay.js';
import { piecewiseConstantDecay } from './schedules/piecewise-constant-decay.js';
import { polynomialDecay } from './schedules/polynomial-decay.js';
import { sgd } from './sgd.js';

/** Saved options come from a file, where no compiler has seen them. */
type FromConfig<T> = (config: never) => T;

type FullName =
  | 'sgd'
  | 'adam'
  | 'adamw'
  | 'rmsprop'
  | 'adagrad'
  | 'adadelta'
  | 'adamax'
  | 'nadam'
  | 'ftrl'
  | 'lion'
  | 'lamb'
  | 'adafactor'
  | 'muon'
  | 'scheduleFreeAdamW';

const optimizers: Readonly<Record<FullName, FromConfig<Optimizer>>> = {
  sgd,
  adam,
  adamw,
  rmsprop,
  adagrad,
  adadelta,
  adamax,
  nadam,
  ftrl,
  lion,
  lamb,
  adafactor,
  muon,
  scheduleFreeAdamW,
};

/** Optimizers that lead others, and so have no name that would be enough. */
const leaders: Readonly<Record<string, FromConfig<Optimizer>>> = {
  lossScaleOptimizer,
  multiOptimizer,
};

type ScheduleName =
  | 'exponentialDecay'
  | 'inverseTimeDecay'
  | 'piecewiseConstantDecay'
  | 'polynomialDecay'
  | 'cosineDecay'
  | 'cosineDecayRestarts';

const schedules: Readonly<Record<ScheduleName, FromConfig<Schedule>>> = {
  exponentialDecay,
  inverseTimeDecay,
  piecewiseConstantDecay,
  polynomialDecay,
  cosineDecay,
  cosineDecayRestarts,
};

/** Names that `compile` takes for an optimizer. */
export type OptimizerName = FullName | 'adamW';

function named<T>(
  kind: string,
  name: string,
  factories: Readonly<Record<string, FromConfig<T>>>,
): FromConfig<T> {
  const plain = (text: string): string => text.toLowerCase().replaceAll('_', '');
  const key = Object.keys(factories).find((known) => plain(known) === plain(name));
  if (key === undefined) throw unknownName(kind, name, Object.keys(factories));
  return factories[key] as FromConfig<T>;
}

/**
 * An optimizer from what a user writes: a name (in any case), or an optimizer.
 *
 * @throws NameError for an unknown name, with the nearest known one.
 * @example
 * getOptimizer('adam').className; // => 'Adam'
 */
export function getOptimizer(optimizer: OptimizerName | Optimizer): Optimizer {
  return typeof optimizer === 'string' ? optimizerFromConfig(optimizer) : optimizer;
}

/**
 * An optimizer from its saved form, a schedule inside included.
 *
 * @param className Keras' class name or a name that `getOptimizer` knows.
 * @param config options in camelCase, as in `optimizer.config`.
 * @throws NameError for an unknown optimizer or schedule.
 */
export function optimizerFromConfig(
  className: string,
  config: Readonly<Record<string, unknown>> = {},
): Optimizer {
  const revived = Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, revive(key, value)]),
  );
  return named<Optimizer>('optimizer', className, { ...optimizers, ...leaders })(revived as never);
}

/**
 * A schedule from its saved form.
 *
 * @throws NameError for an unknown name.
 */
export function scheduleFromConfig(
  className: string,
  config: Readonly<Record<string, unknown>>,
): Schedule {
  return named<Schedule>('schedule', className, schedules)({ ...config } as never);
}

const isSaved = (value: unknown): value is { className: string; config: never } =>
  typeof value === 'object' && value !== null && 'className' in value && 'config' in value;

/** Schedules and optimizers inside the config of an optimizer. */
function revive(key: string, value: unknown): unknown {
  if (key === 'learningRate' && typeof value === 'object' && value !== null)
    return savedSchedule(value);
  if (key === 'optimizerMap' && typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([pattern, inner]) => [pattern, revive('', inner)]),
    );
  return isSaved(value) ? optimizerFromConfig(value.className, value.config) : value;
}

function savedSchedule(saved: object): Schedule {
  if ('className' in saved && typeof saved.className === 'string' && 'config' in saved)
    return scheduleFromConfig(saved.className, saved.config as Record<string, unknown>);
  throw new ValueError(
    'optimizer/learning-rate',
    'The saved learning rate is neither a number nor a schedule.',
    {
      got: JSON.stringify(saved),
      expected: 'a number, or { className, config }',
      fix: 'save the optimizer again',
    },
  );
}
