import type { CompileOptions } from '../compile-options.js';
import type { Model } from '../model.js';
import { fromKerasLoss, fromKerasMetric, fromKerasOptimizer } from './from-keras-compile-parts.js';
import { functionName, isKerasObject, isRecord } from './keras-object.js';

/** Names whose meaning depends on shapes, which only the model knows. */
const decidedByShapes = new Set(['accuracy', 'acc', 'crossentropy', 'ce']);

/** Names stay as they are written, since logs show them so; but each is checked now. */
function nameOrMade<T>(value: unknown, make: (value: unknown) => T): string | T {
  const name = typeof value === 'string' ? value : functionName(value);
  if (name === undefined) return make(value);
  if (!decidedByShapes.has(name)) make(name);
  return name;
}

function each(value: unknown, make: (value: unknown) => unknown): unknown {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.map((item) => each(item, make));
  if (isRecord(value) && !isKerasObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, each(item, make)]));
  return nameOrMade(value, make);
}

function optionsOf(config: unknown): CompileOptions {
  const given = isRecord(config) ? config : {};
  const { optimizer } = given;
  return {
    ...(optimizer === null || optimizer === undefined
      ? {}
      : { optimizer: fromKerasOptimizer(optimizer) }),
    loss: each(given['loss'], fromKerasLoss) as NonNullable<CompileOptions['loss']> | null,
    lossWeights: (given['loss_weights'] ?? null) as NonNullable<
      CompileOptions['lossWeights']
    > | null,
    metrics: each(given['metrics'], fromKerasMetric) as NonNullable<
      CompileOptions['metrics']
    > | null,
    weightedMetrics: each(given['weighted_metrics'], fromKerasMetric) as NonNullable<
      CompileOptions['weightedMetrics']
    > | null,
    ...(given['run_eagerly'] === true ? { runEagerly: true } : {}),
    ...(typeof given['steps_per_execution'] === 'number' && given['steps_per_execution'] > 1
      ? { stepsPerExecution: given['steps_per_execution'] }
      : {}),
  };
}

/**
 * The options for `model.compile` that Keras' `compile_config` describes.
 *
 * @throws UnsupportedKerasError for an optimizer, loss or metric that Gradus does not have.
 * @example
 * compileFromKerasConfig({ optimizer: 'adam', loss: 'mse', metrics: ['mae'] }).metrics; // => ['mae']
 */
export function compileFromKerasConfig(config: unknown): CompileOptions;
/** Compiles a model in the same way. */
export function compileFromKerasConfig(model: Model, config: unknown): Model;
export function compileFromKerasConfig(first: unknown, config?: unknown): CompileOptions | Model {
  // A model is callable, and data never is.
  return typeof first === 'function'
    ? (first as unknown as Model).compile(optionsOf(config))
    : optionsOf(first);
}
