import { ValueError } from '@gradus/tensor';
import type { Callback, MessageOptions } from './callback.js';

/** Options of {@link terminateOnNaN}. */
export interface TerminateOnNaNOptions extends Pick<MessageOptions, 'print'> {
  /** Throw instead of ending training in peace. Default false. */
  readonly raiseError?: boolean;
}

/**
 * Ends training at the first batch whose loss is NaN or infinite: no later step could mend the weights.
 *
 * @throws ValueError in training, with `raiseError`.
 * @example
 * await model.fit(x, y, { epochs: 100, callbacks: [terminateOnNaN()] });
 *
 * Source: Keras 3, `keras.callbacks.TerminateOnNaN`.
 */
export function terminateOnNaN({
  raiseError = false,
  print,
}: TerminateOnNaNOptions = {}): Callback {
  return {
    onTrainBatchEnd(batch, { loss }, context) {
      if (loss === undefined || Number.isFinite(loss)) return;
      if (raiseError)
        throw new ValueError(
          'callback/nan',
          `The loss of batch ${batch} in epoch ${context.epoch + 1} is no number any more.`,
          {
            got: String(loss),
            expected: 'a finite loss',
            fix: 'lower the learning rate, clip gradients (clipNorm: 1), or look for extreme values in the data',
          },
        );
      (print ?? context.print)(`Batch ${batch}: Invalid loss, terminating training`);
      context.stop();
    },
  };
}
