import type { Callback } from './callback.js';

/** Sets the learning rate at the begin of each epoch: `schedule(epoch, current)`. */
export function learningRateScheduler(
  schedule: (epoch: number, learningRate: number) => number,
  { verbose = 0 }: { readonly verbose?: 0 | 1 } = {},
): Callback {
  return {
    onEpochBegin(epoch, context) {
      const rate = schedule(epoch, context.learningRate);
      context.learningRate = rate;
      if (verbose > 0) context.print(`\nEpoch ${epoch + 1}: LearningRateScheduler setting learning rate to ${rate}.`);
    },
    onEpochEnd(_epoch, logs, context) {
      logs['learning_rate'] = context.learningRate;
    },
  };
}
