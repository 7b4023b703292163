import { ValueError } from '@gradus/tensor';
import type { Callback } from './callbacks/callback.js';
import { expectCallbacks } from './callbacks/callback.js';
import { CallbackList } from './callbacks/callback-list.js';
import { hasProgbarLogger, progbarLogger } from './callbacks/progbar-logger.js';
import { measure } from './evaluate.js';
import type { OptionNames } from './expect-options.js';
import { expectCount, expectOptions } from './expect-options.js';
import type { Cursor, Execution } from './feed.js';
import { lazyLogs, sortedLogs } from './lazy-logs.js';
import type { Model } from './model.js';
import { prepare } from './prepare.js';
import type { DataOptions } from './prepare.js';
import type { Logs, Programs } from './programs.js';
import type { History } from './run.js';
import { Run } from './run.js';
import { outletsOf, trainingContext } from './training-context.js';
import type { RunState } from './training-context.js';

/** Options of `fit`, with Keras' names and defaults. */
export interface FitOptions extends DataOptions {
  /** Default 32. */
  readonly batchSize?: number;
  /** Default 1. */
  readonly epochs?: number;
  /** The last share of the samples, kept for validation. Default 0. */
  readonly validationSplit?: number;
  /** `[x, y]`, `[x, y, sampleWeight]`, or a dataset. */
  readonly validationData?: readonly unknown[] | object;
  readonly validationBatchSize?: number;
  /** Batches of validation at most. Default: all. */
  readonly validationSteps?: number;
  /** Validate every so many epochs, or after the epochs of a list (from 1). Default 1. */
  readonly validationFreq?: number | readonly number[];
  /** A new order of the samples in every epoch; 'batch' keeps the batches and orders inside of them. Default true. */
  readonly shuffle?: boolean | 'batch';
  /** Decides the order. Default: the seed of the model. */
  readonly seed?: number | string;
  readonly callbacks?: readonly Callback[];
  /** 0 silent, 1 a bar, 2 a line per epoch; 'auto' draws the bar on a terminal and lines elsewhere. Default 'auto', as in Keras. */
  readonly verbose?: 0 | 1 | 2 | 'auto';
  readonly initialEpoch?: number;
  /** Steps of an epoch; the next goes on with the data where it stopped. An epoch that runs out of data ends early. Default: all. */
  readonly stepsPerEpoch?: number;
  readonly signal?: AbortSignal;
  /** Where progress and messages go. Default: standard output. */
  readonly print?: (text: string) => void;
}

const optionNames: OptionNames<FitOptions> = {
  batchSize: true,
  callbacks: true,
  classWeight: true,
  epochs: true,
  initialEpoch: true,
  print: true,
  sampleWeight: true,
  seed: true,
  shuffle: true,
  signal: true,
  stepsPerEpoch: true,
  validationBatchSize: true,
  validationData: true,
  validationFreq: true,
  validationSplit: true,
  validationSteps: true,
  verbose: true,
};

function checkOptions(options: FitOptions): void {
  expectOptions('fit', options, optionNames);
  expectCount('fit', 'epochs', options.epochs, 0);
  expectCount('fit', 'initialEpoch', options.initialEpoch, 0);
  expectCount('fit', 'stepsPerEpoch', options.stepsPerEpoch, 1);
  expectCount('fit', 'validationSteps', options.validationSteps, 1);
  if (!Array.isArray(options.validationFreq))
    expectCount('fit', 'validationFreq', options.validationFreq, 1);
  expectCallbacks('fit', options.callbacks);
}

function isValidated(epoch: number, frequency: number | readonly number[]): boolean {
  return typeof frequency === 'number'
    ? (epoch + 1) % frequency === 0
    : frequency.includes(epoch + 1);
}

/** Trains: the loop around the one compiled step. */
export function fit(model: Model, x: unknown, y: unknown, options: FitOptions): Run {
  checkOptions(options);
  const prepared = prepare(model, x, y, options, 'fit');
  const { epochs = 1, initialEpoch = 0, callbacks = [], validationFreq = 1 } = options;
  const isTerminal = typeof process !== 'undefined' && process.stdout?.isTTY === true;
  const asked = options.verbose ?? 'auto';
  const verbose = asked === 'auto' ? (isTerminal ? 1 : 2) : asked;
  return new Run(async (run) => {
    const { feed, validation } = prepared;
    const steps = options.stepsPerEpoch ?? feed.steps;
    const { stepsPerExecution } = model.requireCompiled('fit');
    const history: Record<string, number[]> = {};
    const params = { verbose, epochs, steps };
    const result: History = { history, epoch: [] as number[], params };
    model.history = result;
    const now: RunState = {
      epoch: initialEpoch,
      stopped: false,
      programs: undefined,
      batch: undefined,
    };
    const context = trainingContext(model, 'fit', params, now, outletsOf(options.print));
    const list = new CallbackList(
      hasProgbarLogger(callbacks) ? callbacks : [...callbacks, progbarLogger()],
      context,
    );
    const most = options.stepsPerEpoch ?? Infinity;
    let cursor: Cursor | undefined = feed.open(now.epoch);
    // Batches taken from the cursor: with `stepsPerEpoch` it goes on where the epoch before stopped.
    let seen = 0;
    // Whether nothing was taken from the cursor before this epoch.
    let isFresh = true;
    let hasWarned = false;
    const take = (limit: number): Execution | undefined | Promise<Execution | undefined> =>
      (cursor as Cursor).next(limit);
    const prepareFor = ({ batch, steps: count }: Execution): void => {
      seen += count;
      // Validation targets of another shape have programs of their own, which then hold the newest state.
      if (now.programs === undefined || now.programs !== model.currentPrograms)
        now.programs = prepared.programs(batch, count);
      now.batch = batch;
    };
    const execute = (execution: Execution) => step(now.programs as Programs, execution);
    // Callbacks may set the learning rate before the first batch, so programs exist before they are asked.
    let first: Execution | undefined = await take(Math.min(stepsPerExecution, most));
    if (first !== undefined) now.programs = prepared.programs(first.batch, first.steps);
    await list.run('onTrainBegin');
    if (now.epoch !== initialEpoch) {
      // A callback let training begin later: that epoch has its own order.
      cursor = feed.open(now.epoch);
      first = undefined;
      seen = 0;
    }
    let logs: Logs = {};
    for (; now.epoch < epochs && !now.stopped; now.epoch++) {
      const { epoch } = now;
      now.programs?.resetLogs();
      await list.run('onEpochBegin', epoch);
      if (cursor === undefined) {
        cursor = feed.open(epoch);
        seen = 0;
        isFresh = true;
      }
      let index = 0;
      while (index < most) {
        await run.turn();
        let execution = first;
        first = undefined;
        const end = Math.min(index + stepsPerExecution, most);
        if (execution === undefined) {
          const taken = take(end - index);
          execution = taken instanceof Promise ? await taken : taken;
        }
        if (execution === undefined) {
          if (index === 0) {
            if (isFresh) noBatch(epoch);
            // The epoch before took the last batch of a stream without knowing.
            cursor = feed.open(epoch);
            seen = 0;
            isFresh = true;
            continue;
          }
          cursor = undefined;
          if (options.stepsPerEpoch !== undefined && !hasWarned)
            context.warn(
              `The data ran out after ${index} of ${most} steps of epoch ${epoch + 1}: the epoch ends there, and the next begins anew.`,
            );
          hasWarned = true;
          break;
        }
        prepareFor(execution);
        const begun = list.run('onTrainBatchBegin', index);
        if (begun !== undefined) await begun;
        let loss = execute(execution);
        index += execution.steps;
        // A last batch that is smaller does not fit into the stack; it still belongs to the same execution.
        while (index < end) {
          const taken = take(end - index);
          const more = taken instanceof Promise ? await taken : taken;
          if (more === undefined) break;
          prepareFor(more);
          loss = execute(more);
          index += more.steps;
        }
        const programs = now.programs as unknown as Programs;
        if (run.hasListeners)
          run.emit({ type: 'batch', epoch, batch: index - 1, loss: loss.item() });
        const ended = list.run(
          'onTrainBatchEnd',
          index - 1,
          lazyLogs(() => sortedLogs(programs.logs())),
        );
        if (ended !== undefined) await ended;
        if (now.stopped) break;
      }
      logs = sortedLogs(now.programs?.logs() ?? {});
      if (validation !== undefined && isValidated(epoch, validationFreq) && now.programs) {
        const measured = await measure(validation, {
          programs: prepared.programs,
          callbacks: list,
          stepsPerExecution,
          steps: options.validationSteps,
          turn: () => run.turn(),
        });
        for (const [name, value] of Object.entries(sortedLogs(measured)))
          logs[`val_${name}`] = value;
        logs = sortedLogs(logs);
      }
      await list.run('onEpochEnd', epoch, logs);
      (result.epoch as number[]).push(epoch);
      for (const [name, value] of Object.entries(logs)) (history[name] ??= []).push(value);
      run.emit({ type: 'epoch', epoch, logs });
      if (feed.steps !== undefined && (options.stepsPerEpoch === undefined || seen >= feed.steps))
        cursor = undefined;
      isFresh = false;
    }
    now.programs?.finalize();
    await list.run('onTrainEnd', logs);
    return result;
  }, options.signal);
}

function noBatch(epoch: number): never {
  throw new ValueError('fit/no-batch', 'The data have no batch for an epoch.', {
    got: `nothing in epoch ${epoch + 1}`,
    expected: 'at least one batch in each epoch',
    fix:
      epoch === 0
        ? 'look at what was read, filtered or split before'
        : 'a generator runs once: pass the function that makes it, fit(() => batches())',
  });
}

const step = (programs: Programs, { batch, steps }: Execution) =>
  steps === 1 ? programs.train(batch) : programs.trainMany(batch);
