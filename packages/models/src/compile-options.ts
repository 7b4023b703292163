import type { Loss, LossFunction, LossName } from '@gradus/losses';
import { getLoss, resolveCrossentropy } from '@gradus/losses';
import type { Metric, MetricName } from '@gradus/metrics';
import { getMetric, meanOf, resolveAccuracy } from '@gradus/metrics';
import type { Optimizer, OptimizerName } from '@gradus/optimizers';
import { getOptimizer } from '@gradus/optimizers';
import type { Shape, Tensor } from '@gradus/tensor';
import { Tensor as TensorClass, ValueError, unknownName } from '@gradus/tensor';
import type { OptionNames } from './expect-options.js';
import { expectOptions } from './expect-options.js';
import type { Graph } from './graph.js';
import type { StepFunction } from './train-step.js';

/** What `compile` takes for one loss. */
export type LossLike = LossName | 'crossentropy' | 'ce' | Loss | LossFunction;
/** One value per sample, whose mean a log shows. */
export type MetricFunction = (target: Tensor, prediction: Tensor) => Tensor;
/** What `compile` takes for one metric. */
export type MetricLike = MetricName | 'crossentropy' | 'ce' | Metric | MetricFunction;
/** One value for a model with one output, a list in the order of the outputs, or an object by output name. */
export type PerOutput<T> = T | readonly (T | null)[] | { readonly [output: string]: T | null };

/** Options of `model.compile`. */
export interface CompileOptions {
  /** Default 'rmsprop', as in Keras. */
  readonly optimizer?: OptimizerName | Optimizer;
  readonly loss?: PerOutput<LossLike> | null;
  /** Factors of the losses of several outputs in the total. Default 1 each. */
  readonly lossWeights?: readonly number[] | { readonly [output: string]: number } | null;
  /** Metrics that ignore sample weights. */
  readonly metrics?: MetricsOption | null;
  /** Metrics that use sample weights and class weights. */
  readonly weightedMetrics?: MetricsOption | null;
  /** Run steps operation by operation, where a debugger can look; much slower. Default false. */
  readonly runEagerly?: boolean;
  /** Batches that one run of a program trains on: less overhead for small models; callbacks see every so manieth batch. Default 1. */
  readonly stepsPerExecution?: number;
  /** A step of training of one's own, in place of `trainStep`. */
  readonly trainStep?: StepFunction;
  /** A step of evaluation of one's own, in place of `testStep`. */
  readonly testStep?: StepFunction;
}

/** Metrics: a list for one output; a list of lists or an object by output name for several. */
export type MetricsOption =
  | readonly (MetricLike | readonly MetricLike[] | null)[]
  | { readonly [output: string]: MetricLike | readonly MetricLike[] | null };

const optionNames: OptionNames<CompileOptions> = {
  optimizer: true,
  loss: true,
  lossWeights: true,
  metrics: true,
  weightedMetrics: true,
  runEagerly: true,
  stepsPerExecution: true,
  trainStep: true,
  testStep: true,
};

/** A metric under the name that logs use, and the output it looks at. */
export interface PlacedMetric {
  readonly key: string;
  readonly metric: Metric;
  readonly output: number;
  readonly weighted: boolean;
}

/** What `compile` decided. Metrics wait for the first targets, whose shapes tell which accuracy is meant. */
export interface Compilation {
  readonly options: CompileOptions;
  readonly optimizer: Optimizer;
  readonly lossWeights: readonly number[];
  readonly stepsPerExecution: number;
  losses(targetShapes: readonly Shape[]): readonly (Loss | null)[];
  metrics(targetShapes: readonly Shape[]): readonly PlacedMetric[];
}

function isNamed<T>(value: unknown): value is { readonly [output: string]: T } {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !('className' in value)
  );
}

/** Spreads an option over the outputs of the model. */
function perOutput<T>(
  option: PerOutput<T> | null | undefined,
  graph: Graph,
  what: string,
): (T | null)[] {
  const { outputNames } = graph;
  if (option === null || option === undefined) return outputNames.map(() => null);
  if (isNamed<T | null>(option)) {
    for (const name of Object.keys(option))
      if (!outputNames.includes(name)) throw unknownName('output', name, outputNames);
    return outputNames.map((name) => option[name] ?? null);
  }
  if (Array.isArray(option)) {
    const list = option as readonly (T | null)[];
    if (list.length !== outputNames.length)
      throw new ValueError(
        'compile/outputs',
        `compile got ${what} for another number of outputs.`,
        {
          got: `${list.length} for ${outputNames.length} outputs`,
          expected: `one for each of ${outputNames.join(', ')}`,
          fix: 'give a list in this order, or an object by output name',
        },
      );
    return [...list];
  }
  // One loss for several outputs goes to each of them.
  return outputNames.map(() => option as T);
}

function metricLists(option: MetricsOption | null | undefined, graph: Graph): MetricLike[][] {
  const { outputNames } = graph;
  const asList = (value: MetricLike | readonly MetricLike[] | null | undefined): MetricLike[] =>
    value === null || value === undefined
      ? []
      : Array.isArray(value)
        ? [...(value as readonly MetricLike[])]
        : [value as MetricLike];
  if (option === null || option === undefined) return outputNames.map(() => []);
  if (isNamed<MetricLike | readonly MetricLike[]>(option)) {
    for (const name of Object.keys(option))
      if (!outputNames.includes(name)) throw unknownName('output', name, outputNames);
    return outputNames.map((name) => asList(option[name]));
  }
  if (!Array.isArray(option))
    throw new ValueError('compile/metrics', 'compile takes metrics in a list.', {
      got: typeof option === 'string' ? `'${option as string}'` : typeof option,
      expected: 'a list, or an object by output name',
      fix: typeof option === 'string' ? `metrics: ['${option as string}']` : "metrics: ['mae']",
    });
  const list = option as readonly (MetricLike | readonly MetricLike[] | null)[];
  if (outputNames.length === 1) return [list.flatMap((entry) => asList(entry))];
  if (list.length !== outputNames.length)
    throw new ValueError('compile/outputs', 'compile got metrics for another number of outputs.', {
      got: `${list.length} entries for ${outputNames.length} outputs`,
      expected: `one list for each of ${outputNames.join(', ')}`,
      fix: `metrics: { ${outputNames[0]}: ['mae'] }`,
    });
  return list.map(asList);
}

/** The name that leaves it to the shapes which cross-entropy is meant. */
const isCrossentropy = (given: unknown): given is 'crossentropy' | 'ce' =>
  given === 'crossentropy' || given === 'ce';

function makeMetric(
  given: MetricLike,
  target: Shape,
  prediction: readonly (number | null)[],
): Metric {
  if (typeof given === 'function') return metricOf(given);
  if (typeof given !== 'string') {
    if ('update' in given && 'result' in given) return given;
    throw new ValueError('compile/metric', 'compile got a metric that is none.', {
      got: `an object with ${Object.keys(given as object).join(', ') || 'nothing in it'}`,
      expected: 'a name, a metric, or a function of target and prediction',
      fix: "metrics: ['mae']",
    });
  }
  if (given === 'accuracy' || given === 'acc')
    return getMetric(resolveAccuracy(target, prediction));
  if (isCrossentropy(given)) return getMetric(resolveCrossentropy(target, prediction));
  return getMetric(given);
}

/** The mean of what a function gives for each sample, as Keras makes a metric of a function. */
function metricOf(given: MetricFunction): Metric {
  const name = given.name === '' ? 'metric' : given.name;
  const values: MetricFunction = (target, prediction) => {
    const result: unknown = given(target, prediction);
    if (result instanceof TensorClass) return result;
    throw new ValueError('compile/metric', `Metric "${name}" gives no tensor.`, {
      got: typeof result === 'object' && result !== null ? 'a metric' : typeof result,
      expected: 'one value per sample, of a function of target and prediction',
      fix: `call what makes the metric, metrics: [${name}()], or write the function with operations`,
    });
  };
  return meanOf({ className: 'Custom', name, direction: 'min', values });
}

function expectWeights(option: CompileOptions['lossWeights']): void {
  const isObject = typeof option === 'object' && option !== null;
  const values: readonly unknown[] = isObject ? Object.values(option) : [];
  if (option === undefined || option === null) return;
  if (isObject && values.every((value) => value === null || Number.isFinite(value))) return;
  throw new ValueError('compile/loss-weights', 'lossWeights are numbers.', {
    got: JSON.stringify(option) ?? typeof option,
    expected: 'a list with a number for each output, or an object by output name',
    fix: 'lossWeights: [1, 0.5]',
  });
}

function readOptimizer(given: CompileOptions['optimizer'] = 'rmsprop'): Optimizer {
  if (typeof given === 'string') return getOptimizer(given);
  if (typeof given === 'object' && given !== null && 'update' in given) return given;
  throw new ValueError('compile/optimizer', 'compile got an optimizer that is none.', {
    got: typeof given === 'function' ? 'a function' : given === null ? 'null' : typeof given,
    expected: 'a name, or what a factory such as adam() makes',
    fix: 'optimizer: adam({ learningRate: 0.001 })',
  });
}

/** Reads the options of `compile` for a model, and refuses what cannot work. */
export function readCompileOptions(options: CompileOptions, graph: Graph): Compilation {
  expectOptions('compile', options, optionNames);
  expectWeights(options.lossWeights);
  const optimizer = readOptimizer(options.optimizer);
  const given = perOutput(options.loss, graph, 'losses');
  const known = given.map((loss) => (loss === null || isCrossentropy(loss) ? loss : getLoss(loss)));
  const lossWeights = perOutput<number>(options.lossWeights, graph, 'loss weights').map(
    (weight) => weight ?? 1,
  );
  const plain = metricLists(options.metrics, graph);
  const weighted = metricLists(options.weightedMetrics, graph);
  // Unknown names are told now, though which accuracy is meant is known later.
  for (const metric of [...plain.flat(), ...weighted.flat()]) makeMetric(metric, [1, 1], [null, 1]);
  return {
    options,
    optimizer,
    lossWeights,
    stepsPerExecution: readStepsPerExecution(options.stepsPerExecution),
    losses: (targets) =>
      known.map((loss, i) =>
        isCrossentropy(loss)
          ? getLoss(resolveCrossentropy(targets[i] ?? [], graph.outputs[i]?.shape ?? []))
          : (loss as Loss | null),
      ),
    metrics: (targets) => placeMetrics(graph, plain, weighted, targets),
  };
}

function readStepsPerExecution(steps = 1): number {
  if (!Number.isInteger(steps) || steps < 1)
    throw new ValueError('compile/steps-per-execution', 'A program runs whole steps.', {
      got: `stepsPerExecution ${steps}`,
      expected: 'a whole number, 1 or more',
      fix: 'leave stepsPerExecution out for 1',
    });
  return steps;
}

function placeMetrics(
  graph: Graph,
  plain: readonly (readonly MetricLike[])[],
  weighted: readonly (readonly MetricLike[])[],
  targets: readonly Shape[],
): PlacedMetric[] {
  const placed: PlacedMetric[] = [];
  const taken = new Set<string>();
  const several = graph.outputNames.length > 1;
  const place = (lists: readonly (readonly MetricLike[])[], isWeighted: boolean): void =>
    lists.forEach((list, output) => {
      for (const given of list) {
        const metric = makeMetric(given, targets[output] ?? [], graph.outputs[output]?.shape ?? []);
        const own = typeof given === 'string' ? given : metric.name;
        const prefix = several ? `${graph.outputNames[output] as string}_` : '';
        let base = `${prefix}${own}`;
        if (isWeighted && taken.has(base)) base = `${prefix}weighted_${own}`;
        let key = base;
        for (let i = 1; taken.has(key); i++) key = `${base}_${i}`;
        taken.add(key);
        placed.push({ key, metric, output, weighted: isWeighted });
      }
    });
  place(plain, false);
  place(weighted, true);
  return placed;
}

/** Reads the options for a model without a shape: what depends on its outputs waits. */
export function readUnbuilt(options: CompileOptions): Compilation {
  const empty = {
    inputs: [],
    outputs: [],
    inputNames: [],
    outputNames: [],
    inputForm: 'single',
    outputForm: 'single',
    calls: [],
    layerNames: new Map(),
  } as const;
  return {
    ...readCompileOptions(
      { ...options, loss: null, metrics: null, weightedMetrics: null, lossWeights: null },
      empty,
    ),
    options,
    pending: true,
  } as Compilation;
}
