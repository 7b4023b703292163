import { ProgressBar } from '../progbar.js';
import type { Logs } from '../programs.js';
import type { Callback, TrainingContext } from './callback.js';

/** Options of {@link progbarLogger}. */
export interface ProgbarLoggerOptions {
  /** Seconds now; for tests. */
  readonly now?: () => number;
}

/**
 * Shows how far training has come: with `verbose: 1` a bar with the means of the epoch so far, with `verbose: 2` a line per
 * epoch. `fit`, `evaluate` and `predict` add one by themselves; give your own to decide its place among the callbacks.
 *
 * @example
 * await model.fit(x, y, { verbose: 1, callbacks: [progbarLogger(), earlyStopping()] });
 *
 * Source: Keras 3, `keras.callbacks.ProgbarLogger`.
 */
export function progbarLogger({ now }: ProgbarLoggerOptions = {}): ProgbarLogger {
  let bar: ProgressBar | undefined;
  let target: number | undefined;
  const begin = (context: TrainingContext): void => {
    target ??= context.params.steps;
    bar = new ProgressBar(target, {
      print: (text) => context.write(text),
      verbose: context.params.verbose,
      statelessMetrics: [],
      ...(now === undefined ? {} : { now }),
    });
  };
  const step = (batch: number, logs: Logs, context: TrainingContext): void => {
    // Without a bar that moves nobody reads the clock or the logs of a batch.
    if (context.params.verbose === 1) bar?.update(batch + 1, () => logs, false);
    seen = batch + 1;
  };
  let seen = 0;
  const end = (logs: Logs): void => {
    target ??= seen;
    if (bar === undefined) return;
    bar.target = target;
    bar.update(target, logs, true);
  };
  return {
    isProgbarLogger: true,
    onEpochBegin(epoch, context) {
      begin(context);
      const { verbose, epochs } = context.params;
      if (verbose > 0 && epochs > 1) context.write(`Epoch ${epoch + 1}/${epochs}\n`);
    },
    onTrainBatchEnd: step,
    onEpochEnd: (_epoch, logs) => end(logs),
    onTestBegin(context) {
      if (context.mode === 'evaluate') begin(context);
    },
    onTestBatchEnd(batch, logs, context) {
      if (context.mode === 'evaluate') step(batch, logs, context);
    },
    onTestEnd(logs, context) {
      if (context.mode === 'evaluate') end(logs);
    },
    onPredictBegin: begin,
    onPredictBatchEnd: (batch, _outputs, context) => step(batch, {}, context),
    onPredictEnd: () => end({}),
  };
}

/** A callback that draws the progress, so that no second one is added. */
export interface ProgbarLogger extends Callback {
  readonly isProgbarLogger: true;
}

/** Whether one of the callbacks draws the progress. */
export function hasProgbarLogger(callbacks: readonly Callback[]): boolean {
  return callbacks.some((callback) => 'isProgbarLogger' in callback);
}
