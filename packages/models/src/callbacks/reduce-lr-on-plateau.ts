import type { Callback } from './callback.js';
import type { MonitorOptions } from './monitor.js';
import { Monitor } from './monitor.js';

/** Options of {@link reduceLrOnPlateau}; `minDelta` is 0.0001 by default. */
export interface ReduceLrOnPlateauOptions extends MonitorOptions {
  /** Default 0.1. */
  readonly factor?: number;
  /** Default 10. */
  readonly patience?: number;
  readonly verbose?: 0 | 1;
  /** Epochs to wait after a reduction. Default 0. */
  readonly cooldown?: number;
  /** Default 0. */
  readonly minLearningRate?: number;
}

/** Lowers the learning rate when a number has stopped getting better. */
export function reduceLrOnPlateau(options: ReduceLrOnPlateauOptions = {}): Callback {
  const { factor = 0.1, patience = 10, verbose = 0, cooldown = 0, minLearningRate = 0 } = options;
  const watch = { minDelta: 1e-4, ...options };
  let monitor = new Monitor(watch);
  let wait = 0;
  let cooling = 0;
  return {
    onTrainBegin() {
      monitor = new Monitor(watch);
      [wait, cooling] = [0, 0];
    },
    onEpochEnd(epoch, logs, context) {
      logs['learning_rate'] = context.learningRate;
      const value = monitor.read(logs);
      if (value === undefined) return;
      if (cooling > 0) [cooling, wait] = [cooling - 1, 0];
      if (monitor.beats(value, monitor.best, context)) {
        [monitor.best, wait] = [value, 0];
        return;
      }
      if (cooling > 0 || ++wait < patience) return;
      const old = context.learningRate;
      if (old <= Math.fround(minLearningRate)) return;
      const next = Math.max(old * factor, minLearningRate);
      context.learningRate = next;
      if (verbose > 0) context.print(`\nEpoch ${epoch + 1}: ReduceLROnPlateau reducing learning rate to ${next}.`);
      [cooling, wait] = [cooldown, 0];
    },
  };
}
