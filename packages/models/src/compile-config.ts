import type { Loss } from '@gradus/losses';
import { lossFromConfig } from '@gradus/losses';
import type { Metric } from '@gradus/metrics';
import { metricFromConfig } from '@gradus/metrics';
import type { Optimizer } from '@gradus/optimizers';
import { optimizerFromConfig } from '@gradus/optimizers';
import type { CompileOptions } from './compile-options.js';

type Plain =
  | null
  | boolean
  | number
  | string
  | readonly Plain[]
  | { readonly [key: string]: Plain };

/** The options of `compile` as plain data. */
export type CompileConfig = { readonly [option: string]: Plain };

function describe(value: unknown): Plain {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  if (Array.isArray(value)) return value.map(describe);
  if ((typeof value === 'object' || typeof value === 'function') && 'className' in value) {
    const { className, config } = value as { className: string; config: Plain };
    return { className, config };
  }
  // A file cannot hold a function; its name tells whoever loads the model what to give again, and is no name that a file may mean.
  if (typeof value === 'function') return { className: `function ${value.name}`, config: {} };
  return Object.fromEntries(
    Object.entries(value as object).map(([key, item]) => [key, describe(item)]),
  );
}

export function compileToConfig(options: CompileOptions, optimizer: Optimizer): CompileConfig {
  const { loss, lossWeights, metrics, weightedMetrics, runEagerly, stepsPerExecution } = options;
  return {
    optimizer: describe(optimizer),
    loss: describe(loss),
    lossWeights: describe(lossWeights),
    metrics: describe(metrics),
    weightedMetrics: describe(weightedMetrics),
    ...(runEagerly === true ? { runEagerly } : {}),
    ...(stepsPerExecution === undefined ? {} : { stepsPerExecution }),
  };
}

interface Described {
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>>;
}

function revive(value: Plain | undefined, make: (described: Described) => unknown): unknown {
  if (value === null || value === undefined || typeof value !== 'object') return value;
  if (Array.isArray(value)) return (value as readonly Plain[]).map((item) => revive(item, make));
  if ('className' in value) return make(value as unknown as Described);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, revive(item as Plain, make)]),
  );
}

/** The options of `compile` from plain data. */
export function compileFromConfig(config: CompileConfig): CompileOptions {
  const loss = (described: Described): Loss =>
    lossFromConfig(described.className, described.config);
  const metric = (described: Described): Metric =>
    metricFromConfig(described.className, described.config);
  const optimizer = revive(config['optimizer'], (described): Optimizer =>
    optimizerFromConfig(described.className, described.config),
  );
  return {
    ...(optimizer === null || optimizer === undefined ? {} : { optimizer: optimizer as Optimizer }),
    loss: revive(config['loss'], loss) as NonNullable<CompileOptions['loss']> | null,
    lossWeights: (config['lossWeights'] ?? null) as number[] | null,
    metrics: revive(config['metrics'], metric) as NonNullable<CompileOptions['metrics']> | null,
    weightedMetrics: revive(config['weightedMetrics'], metric) as NonNullable<
      CompileOptions['weightedMetrics']
    > | null,
    ...(config['runEagerly'] === true ? { runEagerly: true } : {}),
    ...(typeof config['stepsPerExecution'] === 'number'
      ? { stepsPerExecution: config['stepsPerExecution'] }
      : {}),
  };
}
