import { lossFromConfig } from '@gradus/losses';
import { metricFromConfig } from '@gradus/metrics';
import { optimizerFromConfig } from '@gradus/optimizers';
import type { CompileOptions } from '../compile-options.js';
import type { Model } from '../model.js';
import { isKerasObject, translateConfig, translateValue } from './camel.js';

function walk(value: unknown, make: (className: string, config: Record<string, unknown>) => unknown): unknown {
  if (isKerasObject(value) && value.class_name !== 'function') return make(value.class_name, translateConfig(value.config));
  if (isKerasObject(value)) return translateValue(value.config);
  if (Array.isArray(value)) return value.map((item) => walk(item, make));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item, make)]));
  return translateValue(value);
}

/** Compiles a model as Keras' `compile_config` says. */
export function compileFromKerasConfig(model: Model, config: unknown): Model {
  const given = config as Readonly<Record<string, unknown>>;
  const optimizer = walk(given['optimizer'], optimizerFromConfig) as CompileOptions['optimizer'] | null;
  return model.compile({
    ...(optimizer === null || optimizer === undefined ? {} : { optimizer }),
    loss: walk(given['loss'], lossFromConfig) as NonNullable<CompileOptions['loss']> | null,
    lossWeights: (given['loss_weights'] ?? null) as number[] | null,
    metrics: walk(given['metrics'], metricFromConfig) as NonNullable<CompileOptions['metrics']> | null,
    weightedMetrics: walk(given['weighted_metrics'], metricFromConfig) as NonNullable<CompileOptions['weightedMetrics']> | null,
  });
}
