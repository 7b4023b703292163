import type { Callback } from './callbacks/callback.js';
import { expectCallbacks } from './callbacks/callback.js';
import { CallbackList } from './callbacks/callback-list.js';
import { hasProgbarLogger, progbarLogger } from './callbacks/progbar-logger.js';
import type { OptionNames } from './expect-options.js';
import { expectCount, expectOptions } from './expect-options.js';
import type { Feed } from './feed.js';
import { arrangeArrays } from './feed.js';
import { lazyLogs, sortedLogs } from './lazy-logs.js';
import type { Model } from './model.js';
import { buildFor, checkBatch, prepare } from './prepare.js';
import type { WeightOptions } from './prepare.js';
import type { Logs, Programs } from './programs.js';
import type { Batch } from './train-step.js';
import { outletsOf, trainingContext } from './training-context.js';
import type { RunState } from './training-context.js';

/** Options of `evaluate`. */
export interface EvaluateOptions {
  /** Default 32. */
  readonly batchSize?: number;
  readonly sampleWeight?: unknown;
  /** 0 silent, 1 a bar, 2 a line. Default 0. */
  readonly verbose?: 0 | 1 | 2;
  /** Batches at most. Default: all. */
  readonly steps?: number;
  readonly callbacks?: readonly Callback[];
  /** Where progress and messages go. Default: standard output. */
  readonly print?: (text: string) => void;
}

const optionNames: OptionNames<EvaluateOptions> = {
  batchSize: true,
  callbacks: true,
  print: true,
  sampleWeight: true,
  steps: true,
  verbose: true,
};

const weightNames: OptionNames<WeightOptions> = { classWeight: true, sampleWeight: true };

/** What measuring needs besides the data. */
export interface Measuring {
  readonly programs: (batch: Batch, steps: number) => Programs;
  readonly callbacks: CallbackList;
  readonly stepsPerExecution: number;
  readonly steps?: number | undefined;
  readonly run?: RunState;
  /** Called before each batch. */
  readonly turn?: () => Promise<void>;
}

/** Loss and metrics over a feed; the hooks of testing are called on the way. */
export async function measure(feed: Feed, options: Measuring): Promise<Logs> {
  const { programs, callbacks, stepsPerExecution, steps = Infinity, turn, run } = options;
  await callbacks.run('onTestBegin');
  const cursor = feed.open(0);
  let current: Programs | undefined;
  let index = 0;
  while (index < steps) {
    await turn?.();
    const end = Math.min(index + stepsPerExecution, steps);
    let execution = await cursor.next(end - index);
    if (execution === undefined) break;
    if (current === undefined) {
      current = programs(execution.batch, execution.steps);
      current.resetLogs();
      if (run !== undefined) run.programs = current;
    }
    const active = current;
    await callbacks.run('onTestBatchBegin', index);
    while (execution !== undefined) {
      if (execution.steps === 1) active.test(execution.batch);
      else active.testMany(execution.batch);
      index += execution.steps;
      execution = index < end ? await cursor.next(end - index) : undefined;
    }
    await callbacks.run(
      'onTestBatchEnd',
      index - 1,
      lazyLogs(() => sortedLogs(active.logs())),
    );
    if (run?.stopped === true) break;
  }
  const logs = current?.logs() ?? {};
  await callbacks.run('onTestEnd', sortedLogs(logs));
  return logs;
}

/** Loss and metrics on data. */
export async function evaluate(
  model: Model,
  x: unknown,
  y: unknown,
  options: EvaluateOptions,
): Promise<Logs> {
  expectOptions('evaluate', options, optionNames);
  expectCount('evaluate', 'steps', options.steps, 1);
  expectCallbacks('evaluate', options.callbacks);
  const { batchSize, sampleWeight, verbose = 0, callbacks = [], steps } = options;
  const given = {
    shuffle: false,
    ...(batchSize === undefined ? {} : { batchSize }),
    ...(sampleWeight === undefined ? {} : { sampleWeight }),
  };
  const { feed, programs } = prepare(model, x, y, given, 'evaluate');
  const run: RunState = { epoch: 0, stopped: false, programs: undefined, batch: undefined };
  const params = { epochs: 1, steps: steps ?? feed.steps, verbose };
  const context = trainingContext(model, 'evaluate', params, run, outletsOf(options.print));
  const all = hasProgbarLogger(callbacks) ? callbacks : [...callbacks, progbarLogger()];
  const { stepsPerExecution } = model.requireCompiled('evaluate');
  return measure(feed, {
    programs,
    callbacks: new CallbackList(all, context),
    stepsPerExecution,
    steps,
    run,
  });
}

/** One batch, with means and metrics of that batch alone. */
export function onBatch(
  model: Model,
  mode: 'train' | 'test',
  x: unknown,
  y: unknown,
  options: WeightOptions,
): Logs {
  const verb = mode === 'train' ? 'trainOnBatch' : 'testOnBatch';
  expectOptions(verb, options, weightNames);
  buildFor(model, x);
  const batch = arrangeArrays(model.name, model.graph, x, y, options);
  checkBatch(model, batch, verb);
  const programs = model.programs(batch.y);
  programs.resetLogs();
  programs[mode](batch);
  return programs.logs();
}
