import type { Tensor } from '@gradus/tensor';
import type { OptionNames } from '../expect-options.js';
import { expectCount, expectOptions } from '../expect-options.js';
import type { Callback, MessageOptions } from './callback.js';
import type { MonitorOptions } from './monitor.js';
import { Monitor } from './monitor.js';

/** Options of {@link earlyStopping}. */
export interface EarlyStoppingOptions extends MonitorOptions, MessageOptions {
  /** Epochs without improvement after which training ends. Default 0, which acts as 1. */
  readonly patience?: number;
  /** Only an improvement that beats this value too starts the patience anew. Default: none. */
  readonly baseline?: number;
  /** Put back the weights of the best epoch at the end, also when training was not cut short. Default false. */
  readonly restoreBestWeights?: boolean;
  /** Epochs, from 0, that are not looked at before it begins. Default 0. */
  readonly startFromEpoch?: number;
}

const optionNames: OptionNames<EarlyStoppingOptions> = {
  baseline: true,
  minDelta: true,
  mode: true,
  monitor: true,
  patience: true,
  print: true,
  restoreBestWeights: true,
  startFromEpoch: true,
  verbose: true,
};

/**
 * Ends training when a number has stopped getting better, which saves time and keeps a model from learning its samples by
 * heart. The first epoch never ends training, and every training starts with nothing remembered.
 *
 * @example
 * await model.fit(x, y, { epochs: 100, validationSplit: 0.2, callbacks: [earlyStopping({ patience: 3, restoreBestWeights: true })] });
 *
 * Source: Keras 3, `keras.callbacks.EarlyStopping`.
 */
export function earlyStopping(options: EarlyStoppingOptions = {}): Callback {
  const {
    patience = 0,
    verbose = 0,
    baseline,
    restoreBestWeights = false,
    startFromEpoch = 0,
  } = options;
  expectOptions('earlyStopping', options, optionNames);
  expectCount('earlyStopping', 'patience', patience, 0);
  expectCount('earlyStopping', 'startFromEpoch', startFromEpoch, 0);
  const monitor = new Monitor('earlyStopping', options);
  let wait = 0;
  let bestEpoch = 0;
  let stoppedEpoch = 0;
  let weights: readonly Tensor[] | undefined;
  return {
    onTrainBegin() {
      monitor.reset();
      [wait, bestEpoch, stoppedEpoch, weights] = [0, 0, 0, undefined];
    },
    onEpochEnd(epoch, logs, context) {
      const value = monitor.read(
        logs,
        options.print ?? context.warn,
        'training will not stop early',
      );
      if (value === undefined || epoch < startFromEpoch) return;
      if (restoreBestWeights && weights === undefined)
        [weights, bestEpoch] = [context.getWeights(), epoch];
      wait++;
      if (monitor.beats(value, monitor.best, context)) {
        [monitor.best, bestEpoch] = [value, epoch];
        if (restoreBestWeights) weights = context.getWeights();
        if (baseline === undefined || monitor.beats(value, baseline, context)) wait = 0;
        // Better, though not than the baseline: it counts as waiting, and yet must not end training here.
        return;
      }
      if (wait >= patience && epoch > 0) {
        stoppedEpoch = epoch;
        context.stop();
      }
    },
    onTrainEnd(_logs, context) {
      const print = options.print ?? context.print;
      if (stoppedEpoch > 0 && verbose > 0) print(`Epoch ${stoppedEpoch + 1}: early stopping`);
      if (weights === undefined) return;
      if (verbose > 0)
        print(`Restoring model weights from the end of the best epoch: ${bestEpoch + 1}.`);
      context.setWeights(weights);
      // A callback outlives its training; a copy of every weight need not.
      weights = undefined;
    },
  };
}
