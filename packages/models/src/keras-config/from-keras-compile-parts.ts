import type { Loss } from '@gradus/losses';
import { lossFromConfig } from '@gradus/losses';
import type { Metric } from '@gradus/metrics';
import { metricFromConfig } from '@gradus/metrics';
import type { Optimizer, Schedule } from '@gradus/optimizers';
import { multiOptimizer, optimizerFromConfig, scheduleFromConfig } from '@gradus/optimizers';
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

/** `{ className, config }` of a schedule, or of an optimizer inside: what the maker of optimizers takes. */
const describeSchedule =
  (owner: string): Revive =>
  (object, key) => {
    if (key === 'inner_optimizer') {
      const { className, config } = fromKerasOptimizer(object);
      return { className, config };
    }
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
  return isKerasObject(value) && value.class_name === 'MultiOptimizer'
    ? severalOptimizers(value.config)
    : make(value, optimizerFromConfig, optimizerFromConfig, describeSchedule);
}

/** Keras keeps the optimizers of a MultiOptimizer in an object of their own. */
function severalOptimizers(config: unknown): Optimizer {
  const given = (isRecord(config) ? config : {}) as {
    name?: string;
    optimizer_map?: unknown;
    loss_scale_factor?: number | null;
  };
  const { name, optimizer_map: map, loss_scale_factor: lossScaleFactor = null } = given;
  const inside = isKerasObject(map) && isRecord(map.config) ? map.config : undefined;
  if (inside === undefined)
    throw new UnsupportedKerasError('MultiOptimizer', 'a function chooses its optimizers');
  const named = isRecord(inside['optimizer_map']) ? inside['optimizer_map'] : {};
  return multiOptimizer({
    ...(name === undefined ? {} : { name }),
    lossScaleFactor,
    defaultOptimizer: fromKerasOptimizer(inside['default_optimizer']),
    optimizerMap: Object.fromEntries(
      Object.entries(named).map(([path, optimizer]) => [path, fromKerasOptimizer(optimizer)]),
    ),
  });
}

/** A loss that Keras wrote, or the one of a name. Throws UnsupportedKerasError for an unknown one. */
export function fromKerasLoss(value: unknown): Loss {
  const wrapped = wrappedFunction(value);
  return wrapped === undefined
    ? make(value, lossFromConfig, lossFromConfig)
    : supported(wrapped, () => lossFromConfig(wrapped));
}

/** A metric that Keras wrote, or the one of a name. Throws UnsupportedKerasError for an unknown one. */
export function fromKerasMetric(value: unknown): Metric {
  const wrapped = wrappedFunction(value);
  if (wrapped === undefined)
    return make(
      withoutCountDtype(value),
      (name) => metricFromConfig(name, { name }),
      metricFromConfig,
    );
  const { name } = (value as { config: { name?: string } }).config;
  return supported(wrapped, () => metricFromConfig(wrapped, { name: name ?? wrapped }));
}

/** Overlaps are counted in whole numbers, and say so; that is no dtype of the result. */
function withoutCountDtype(value: unknown): unknown {
  if (!isKerasObject(value) || !value.class_name.endsWith('IoU') || !isRecord(value.config))
    return value;
  const { dtype, ...config } = value.config;
  const isFloat = typeof dtype === 'string' && dtype.startsWith('float');
  return { ...value, config: isFloat ? value.config : config };
}

/** The name of the function in Keras' `MeanMetricWrapper` and `LossFunctionWrapper`. */
function wrappedFunction(value: unknown): string | undefined {
  if (!isKerasObject(value) || !value.class_name.endsWith('Wrapper') || !isRecord(value.config))
    return undefined;
  const { fn } = value.config;
  return typeof fn === 'string' ? fn : functionName(fn);
}
