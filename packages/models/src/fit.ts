import type { Tensor } from '@gradus/tensor';
import { ValueError } from '@gradus/tensor';
import { arrange } from './arrange.js';
import type { Callback, TrainingContext } from './callbacks/callback.js';
import type { Feed } from './feed.js';
import { arrangeArrays, feedArrays, feedStream, isStream, splitOff } from './feed.js';
import type { Model } from './model.js';
import { ProgressBar, epochLine } from './progbar.js';
import type { Logs, Programs } from './programs.js';
import type { History } from './run.js';
import { Run } from './run.js';
import type { Batch } from './train-step.js';

/** Weights of samples or classes. */
export interface WeightOptions {
  readonly sampleWeight?: unknown;
  readonly classWeight?: Readonly<Record<number, number>>;
}

/** Options of `evaluate`. */
export interface EvaluateOptions {
  /** Default 32. */
  readonly batchSize?: number;
  readonly sampleWeight?: unknown;
}

/** Options of `fit`, with Keras' names and defaults. */
export interface FitOptions extends WeightOptions {
  /** Default 32. */
  readonly batchSize?: number;
  /** Default 1. */
  readonly epochs?: number;
  /** The last share of the samples, kept for validation. Default 0. */
  readonly validationSplit?: number;
  /** `[x, y]`, `[x, y, sampleWeight]`, or a dataset. */
  readonly validationData?: readonly unknown[] | object;
  readonly validationBatchSize?: number;
  /** Validate every so many epochs, or after the epochs of a list (from 1). Default 1. */
  readonly validationFreq?: number | readonly number[];
  /** A new order of the samples in every epoch. Default true. */
  readonly shuffle?: boolean;
  /** Decides the order. Default: the seed of the model. */
  readonly seed?: number | string;
  readonly callbacks?: readonly Callback[];
  /** 0 silent, 1 a bar, 2 a line per epoch; 'auto' draws the bar on a terminal and lines elsewhere. Default 'auto', as in Keras. */
  readonly verbose?: 0 | 1 | 2 | 'auto';
  readonly initialEpoch?: number;
  readonly stepsPerEpoch?: number;
  readonly signal?: AbortSignal;
  /** Where progress and messages go. Default: standard output. */
  readonly print?: (text: string) => void;
}

const higherIsBetter =
  /acc|auc|precision|recall|f1|fbeta|r2|iou|correlation|specificity|sensitivity|hit|top_?k|cosine_?similarity/i;

function sortedLogs(logs: Logs): Logs {
  return Object.fromEntries(Object.entries(logs).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function buildFor(model: Model, x: unknown): void {
  if (model.isBuilt) return;
  const shape = (arrange(x, ['x'], 'single', 'input')[0] as Tensor).shape;
  model.build([null, ...shape.slice(1)]);
}

interface Prepared {
  readonly feed: Feed;
  readonly validation: Feed | undefined;
  readonly programs: (batch: Batch) => Programs;
}

function prepare(model: Model, x: unknown, y: unknown, options: FitOptions): Prepared {
  const {
    batchSize = 32,
    shuffle = true,
    seed = model.seed,
    validationSplit = 0,
    validationData,
  } = options;
  if (!Number.isInteger(batchSize) || batchSize < 1)
    throw new ValueError('fit/batch-size', 'batchSize is a whole number of samples.', {
      got: String(batchSize),
      expected: 'at least 1',
    });
  const order = { batchSize, shuffle, seed };
  let feed: Feed;
  let validation: Feed | undefined;
  if (isStream(x)) {
    feed = feedStream(model.name, model.graph, x, batchSize);
  } else {
    buildFor(model, x);
    let data = arrangeArrays(model.name, model.graph, x, y, options);
    if (validationSplit !== 0 && validationData === undefined) {
      const [train, rest] = splitOff(data, validationSplit);
      data = train;
      validation = feedArrays(rest, {
        ...order,
        shuffle: false,
        batchSize: options.validationBatchSize ?? batchSize,
      });
    }
    feed = feedArrays(data, order);
  }
  model.requireCompiled('fit');
  if (validationData !== undefined) {
    const size = options.validationBatchSize ?? batchSize;
    if (Array.isArray(validationData)) {
      const [vx, vy, sampleWeight] = validationData as readonly unknown[];
      validation = feedArrays(arrangeArrays(model.name, model.graph, vx, vy, { sampleWeight }), {
        ...order,
        shuffle: false,
        batchSize: size,
      });
    } else validation = feedStream(model.name, model.graph, validationData, size);
  }
  return { feed, validation, programs: (batch) => model.programs(batch.y) };
}

async function measure(
  programs: (batch: Batch) => Programs,
  feed: Feed,
  turn?: () => Promise<void>,
): Promise<Logs> {
  let current: Programs | undefined;
  for await (const batch of feed.batches(0)) {
    await turn?.();
    if (current === undefined) {
      current = programs(batch);
      current.resetLogs();
    }
    current.test(batch);
  }
  return current?.logs() ?? {};
}

/** Trains: the loop around the one compiled step. */
export function fit(model: Model, x: unknown, y: unknown, options: FitOptions): Run {
  const prepared = prepare(model, x, y, options);
  const { epochs = 1, initialEpoch = 0, callbacks = [], validationFreq = 1 } = options;
  const isTerminal = typeof process !== 'undefined' && process.stdout?.isTTY === true;
  const asked = options.verbose ?? 'auto';
  const verbose = asked === 'auto' ? (isTerminal ? 1 : 2) : asked;
  const print =
    options.print ??
    ((text: string) =>
      typeof process === 'undefined' ? console.log(text) : void process.stdout.write(text));
  const body = async (run: Run): Promise<History> => {
    const { feed, validation } = prepared;
    const steps = options.stepsPerEpoch ?? feed.steps;
    const history: Record<string, number[]> = {};
    const result = { history, epoch: [] as number[], params: { epochs, steps } };
    model.history = result;
    let stopped = false;
    let epoch = initialEpoch;
    const context: TrainingContext = {
      params: { epochs, steps },
      get epoch() {
        return epoch;
      },
      get learningRate() {
        return model.learningRate;
      },
      set learningRate(rate: number) {
        model.learningRate = rate;
      },
      stop: () => {
        stopped = true;
      },
      getWeights: () => model.getWeights(),
      setWeights: (weights) => model.setWeights(weights),
      save: (path) => model.save(path),
      print: (line) => print(`${line}\n`),
      isBetterHigher: (name) => higherIsBetter.test(name),
    };
    let programs: Programs | undefined;
    let iterator: AsyncIterator<Batch> | Iterator<Batch> | undefined;
    const open = (): AsyncIterator<Batch> | Iterator<Batch> => {
      const batches = feed.batches(epoch);
      return Symbol.asyncIterator in batches
        ? batches[Symbol.asyncIterator]()
        : batches[Symbol.iterator]();
    };
    // Callbacks may set the learning rate before the first batch, so programs exist before they are asked.
    iterator = open();
    let first: IteratorResult<Batch> | undefined = await iterator.next();
    if (first.done !== true) programs = prepared.programs(first.value);
    for (const callback of callbacks) await callback.onTrainBegin?.(context);
    let logs: Logs = {};
    for (; epoch < epochs && !stopped; epoch++) {
      programs?.resetLogs();
      for (const callback of callbacks) await callback.onEpochBegin?.(epoch, context);
      if (verbose === 1 && epochs > 1) print(`Epoch ${epoch + 1}/${epochs}\n`);
      const bar = verbose === 1 ? new ProgressBar(steps, { print }) : undefined;
      const startMs = performance.now();
      iterator ??= open();
      let batchIndex = 0;
      for (
        ;
        options.stepsPerEpoch === undefined || batchIndex < options.stepsPerEpoch;
        batchIndex++
      ) {
        await run.turn();
        let taken: IteratorResult<Batch> = first ?? (await iterator.next());
        first = undefined;
        if (taken.done === true) {
          iterator = undefined;
          if (options.stepsPerEpoch === undefined) break;
          iterator = open();
          taken = await iterator.next();
          if (taken.done === true) break;
        }
        programs ??= prepared.programs(taken.value);
        for (const callback of callbacks) await callback.onTrainBatchBegin?.(batchIndex, context);
        const loss = programs.train(taken.value).item();
        bar?.update(batchIndex + 1, () => sortedLogs((programs as Programs).logs()));
        if (run.hasListeners) run.emit({ type: 'batch', epoch, batch: batchIndex, loss });
        for (const callback of callbacks)
          await callback.onTrainBatchEnd?.(batchIndex, { loss }, context);
        if (stopped) break;
      }
      logs = sortedLogs(programs?.logs() ?? {});
      const isDue = Array.isArray(validationFreq)
        ? (validationFreq as readonly number[]).includes(epoch + 1)
        : (epoch + 1) % (validationFreq as number) === 0;
      if (validation !== undefined && isDue && programs !== undefined) {
        for (const callback of callbacks) await callback.onTestBegin?.(context);
        const measured = sortedLogs(await measure(prepared.programs, validation, () => run.turn()));
        for (const callback of callbacks) await callback.onTestEnd?.(measured, context);
        for (const [name, value] of Object.entries(measured)) logs[`val_${name}`] = value;
      }
      bar?.finish(logs);
      if (verbose === 2) {
        if (epochs > 1) print(`Epoch ${epoch + 1}/${epochs}\n`);
        print(`${epochLine(batchIndex, steps, (performance.now() - startMs) / 1000, logs)}\n`);
      }
      for (const callback of callbacks) await callback.onEpochEnd?.(epoch, logs, context);
      result.epoch.push(epoch);
      for (const [name, value] of Object.entries(logs)) (history[name] ??= []).push(value);
      run.emit({ type: 'epoch', epoch, logs });
      if (feed.steps !== undefined && options.stepsPerEpoch === undefined) iterator = undefined;
    }
    programs?.finalize();
    for (const callback of callbacks) await callback.onTrainEnd?.(logs, context);
    return result;
  };
  return new Run(body, options.signal);
}

/** Loss and metrics on data. */
export async function evaluate(
  model: Model,
  x: unknown,
  y: unknown,
  options: EvaluateOptions,
): Promise<Logs> {
  const { feed, programs } = prepare(model, x, y, {
    shuffle: false,
    ...(options.batchSize === undefined ? {} : { batchSize: options.batchSize }),
    ...(options.sampleWeight === undefined ? {} : { sampleWeight: options.sampleWeight }),
  });
  return measure(programs, feed);
}

/** One batch, with means and metrics of that batch alone. */
export function onBatch(
  model: Model,
  mode: 'train' | 'test',
  x: unknown,
  y: unknown,
  options: WeightOptions,
): Logs {
  buildFor(model, x);
  model.requireCompiled(mode === 'train' ? 'trainOnBatch' : 'testOnBatch');
  const batch = arrangeArrays(model.name, model.graph, x, y, options);
  const programs = model.programs(batch.y);
  programs.resetLogs();
  programs[mode](batch);
  return programs.logs();
}
