import type { Loss } from '@gradus/losses';
import { getLoss, lossFromConfig } from '@gradus/losses';
import type { Metric } from '@gradus/metrics';
import { getMetric, metricFromConfig } from '@gradus/metrics';
import type { Optimizer, Schedule } from '@gradus/optimizers';
import { getOptimizer, optimizerFromConfig, scheduleFromConfig } from '@gradus/optimizers';
import { functionName, isKerasObject, isRecord } from './keras-object.js';
import type { Revive } from './translate-config.js';
import { supported, translateConfig } from './translate-config.js';
import { UnsupportedKerasError } from './unsupported-keras-error.js';

/** None of these objects holds another one, but for optimizers with a schedule. */
const refuseIn =
  (owner: string): Revive =>
  ({ class_name: className }) => {
    throw new UnsupportedKerasError(owner, `it holds an object of class ${className}`);
  };

/** `{ className, config }` of a schedule: what the maker of optimizers takes. */
const describeSchedule =
  (owner: string): Revive =>
  (object, key) => {
    if (key !== 'learning_rate') return refuseIn(owner)(object, key);
    return {
      className: object.class_name,
      config: translateConfig(object.class_name, object.config, refuseIn(object.class_name)),
    };
  };

function make<T>(
  value: unknown,
  byName: (name: string) => T,
  fromConfig: (className: string, config: Record<string, unknown>) => T,
  reviveIn: (owner: string) => Revive = refuseIn,
): T {
  const name = typeof value === 'string' ? value : functionName(value);
  if (name !== undefined) return supported(name, () => byName(name));
  if (!isKerasObject(value)) throw new UnsupportedKerasError(JSON.stringify(value) ?? 'undefined');
  const className = value.class_name;
  const config = translateConfig(className, value.config, reviveIn(className));
  return supported(className, () => fromConfig(className, config));
}

/** A schedule of learning rates that Keras wrote. Throws UnsupportedKerasError for an unknown class. */
export function fromKerasSchedule(value: unknown): Schedule {
  return make(value, (name) => scheduleFromConfig(name, {}), scheduleFromConfig);
}

/**
 * An optimizer that Keras wrote, its schedule included, or the one of a name.
 *
 * @throws UnsupportedKerasError for an unknown class.
 * @example
 * fromKerasOptimizer({ class_name: 'Adam', config: { learning_rate: 0.1, beta_1: 0.8 } }).className; // => 'Adam'
 */
export function fromKerasOptimizer(value: unknown): Optimizer {
  return make(value, getOptimizer, optimizerFromConfig, describeSchedule);
}

/** A loss that Keras wrote, or the one of a name. Throws UnsupportedKerasError for an unknown one. */
export function fromKerasLoss(value: unknown): Loss {
  const wrapped = wrappedFunction(value);
  return wrapped === undefined
    ? make(value, getLoss, lossFromConfig)
    : supported(wrapped, () => getLoss(wrapped));
}

/** A metric that Keras wrote, or the one of a name. Throws UnsupportedKerasError for an unknown one. */
export function fromKerasMetric(value: unknown): Metric {
  const wrapped = wrappedFunction(value);
  if (wrapped === undefined) return make(value, getMetric, metricFromConfig);
  const { name } = (value as { config: { name?: string } }).config;
  return supported(wrapped, () => metricFromConfig(wrapped, { name: name ?? wrapped }));
}

/** The name of the function in Keras' `MeanMetricWrapper` and `LossFunctionWrapper`. */
function wrappedFunction(value: unknown): string | undefined {
  if (!isKerasObject(value) || !value.class_name.endsWith('Wrapper') || !isRecord(value.config))
    return undefined;
  const { fn } = value.config;
  return typeof fn === 'string' ? fn : functionName(fn);
}
