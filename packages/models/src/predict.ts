import type { Tensor } from '@gradus/tensor';
import { ValueError, concatenate } from '@gradus/tensor';
import { arrange, fitInputs, sliceRows } from './arrange.js';
import type { Callback } from './callbacks/callback.js';
import { expectCallbacks } from './callbacks/callback.js';
import { CallbackList } from './callbacks/callback-list.js';
import { hasProgbarLogger, progbarLogger } from './callbacks/progbar-logger.js';
import type { OptionNames } from './expect-options.js';
import { expectCount, expectOptions } from './expect-options.js';
import type { Model } from './model.js';
import { isStream } from './feed.js';
import { buildFor } from './prepare.js';
import { outletsOf, trainingContext } from './training-context.js';
import type { RunState } from './training-context.js';

/** Options of `predict`. */
export interface PredictOptions {
  /** Default 32. */
  readonly batchSize?: number;
  /** 0 silent, 1 a bar, 2 a line. Default 0. */
  readonly verbose?: 0 | 1 | 2;
  /** Batches at most. Default: all. */
  readonly steps?: number;
  /** Their hooks of prediction must not be asynchronous. */
  readonly callbacks?: readonly Callback[];
  /** Where progress and messages go. Default: standard output. */
  readonly print?: (text: string) => void;
}

const optionNames: OptionNames<PredictOptions> = {
  batchSize: true,
  callbacks: true,
  print: true,
  steps: true,
  verbose: true,
};

/** Inputs as the model takes them. */
export function inputsOf(model: Model, x: unknown): Tensor[] {
  if (isStream(x))
    throw new ValueError('predict/stream', 'predict does not wait for batches.', {
      got: 'a dataset, or something else that comes batch by batch',
      expected: 'arrays: one, a list, or an object by input name',
      fix: 'for await (const { x } of dataset.batches()) model.predict(x)',
    });
  buildFor(model, x);
  const { graph } = model;
  return fitInputs(
    model.name,
    graph.inputs,
    graph.inputNames,
    arrange(x, graph.inputNames, graph.inputForm, 'input'),
  );
}

/** Predictions, one tensor per output, batch by batch. */
export function predict(model: Model, x: unknown, options: PredictOptions): Tensor[] {
  expectOptions('predict', options, optionNames);
  expectCount('predict', 'batchSize', options.batchSize, 1);
  expectCount('predict', 'steps', options.steps, 1);
  expectCallbacks('predict', options.callbacks);
  const { batchSize = 32, verbose = 0, steps = Infinity, callbacks = [] } = options;
  const inputs = inputsOf(model, x);
  const count = Math.min(inputs[0]?.shape[0] ?? 0, steps * batchSize);
  const run: RunState = { epoch: 0, stopped: false, programs: undefined, batch: undefined };
  const params = { epochs: 1, steps: Math.ceil(count / batchSize), verbose };
  const context = trainingContext(model, 'predict', params, run, outletsOf(options.print));
  const needsBar = verbose > 0 && !hasProgbarLogger(callbacks);
  const list = new CallbackList(needsBar ? [...callbacks, progbarLogger()] : callbacks, context);
  const at = (pending: Promise<void> | undefined): void => {
    if (pending !== undefined)
      throw new ValueError('predict/async', 'predict does not wait, so its hooks cannot either.', {
        got: 'an asynchronous hook of prediction',
        expected: 'hooks that return nothing',
        fix: 'do the work after predict returned',
      });
  };
  at(list.run('onPredictBegin'));
  const programs = model.programs(undefined);
  const parts: Tensor[][] = [];
  for (let begin = 0; begin < count && !run.stopped; begin += batchSize) {
    at(list.run('onPredictBatchBegin', parts.length));
    const outputs = programs.predict(sliceRows(inputs, begin, Math.min(count, begin + batchSize)));
    parts.push(outputs);
    at(list.run('onPredictBatchEnd', parts.length - 1, outputs));
  }
  at(list.run('onPredictEnd'));
  const first = parts[0] ?? programs.predict(inputs);
  return first.map((output, i) =>
    parts.length < 2
      ? output
      : concatenate(
          parts.map((part) => part[i] as Tensor),
          { axis: 0 },
        ),
  );
}
