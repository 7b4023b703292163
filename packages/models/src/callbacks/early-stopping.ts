import type { Tensor } from '@gradus/tensor';
import type { Callback } from './callback.js';
import type { MonitorOptions } from './monitor.js';
import { Monitor } from './monitor.js';

/** Options of {@link earlyStopping}. */
export interface EarlyStoppingOptions extends MonitorOptions {
  /** Epochs without improvement that are borne. Default 0. */
  readonly patience?: number;
  readonly verbose?: 0 | 1;
  /** A value that must be beaten at all. */
  readonly baseline?: number;
  /** Put back the weights of the best epoch at the end. Default false. */
  readonly restoreBestWeights?: boolean;
  readonly startFromEpoch?: number;
}

/** Ends training when a number has stopped getting better. */
export function earlyStopping(options: EarlyStoppingOptions = {}): Callback {
  const { patience = 0, verbose = 0, baseline, restoreBestWeights = false, startFromEpoch = 0 } = options;
  let monitor = new Monitor(options);
  let wait = 0;
  let bestEpoch = 0;
  let stoppedEpoch = 0;
  let weights: readonly Tensor[] | undefined;
  return {
    onTrainBegin() {
      monitor = new Monitor(options);
      [wait, bestEpoch, stoppedEpoch, weights] = [0, 0, 0, undefined];
    },
    onEpochEnd(epoch, logs, context) {
      const value = monitor.read(logs);
      if (value === undefined || epoch < startFromEpoch) return;
      if (restoreBestWeights && weights === undefined) [weights, bestEpoch] = [context.getWeights(), epoch];
      wait++;
      if (monitor.beats(value, monitor.best, context)) {
        monitor.best = value;
        bestEpoch = epoch;
        if (restoreBestWeights) weights = context.getWeights();
        if (baseline === undefined || monitor.beats(value, baseline, context)) wait = 0;
        return;
      }
      if (wait >= patience && epoch > 0) {
        stoppedEpoch = epoch;
        context.stop();
      }
    },
    onTrainEnd(_logs, context) {
      if (stoppedEpoch > 0 && verbose > 0) context.print(`Epoch ${stoppedEpoch + 1}: early stopping`);
      if (weights === undefined) return;
      if (verbose > 0) context.print(`Restoring model weights from the end of the best epoch: ${bestEpoch + 1}.`);
      context.setWeights(weights);
    },
  };
}
