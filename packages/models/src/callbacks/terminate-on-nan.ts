import type { Callback } from './callback.js';

/** Ends training at the first batch whose loss is not a finite number. */
export function terminateOnNaN(): Callback {
  return {
    onTrainBatchEnd(batch, { loss }, context) {
      if (loss === undefined || Number.isFinite(loss)) return;
      context.print(`Batch ${batch}: Invalid loss, terminating training`);
      context.stop();
    },
  };
}
