import { ValueError } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import type { OptionNames } from '../expect-options.js';
import { expectOptions } from '../expect-options.js';
import type { Callback, MessageOptions } from './callback.js';

/** Options of {@link terminateOnNaN}. */
export interface TerminateOnNaNOptions extends Pick<MessageOptions, 'print'> {
  /** Throw instead of ending training in peace. Default false. */
  readonly raiseError?: boolean;
  /** Find the layer where it began, which needs a copy of the weights before each batch. Default true. */
  readonly locate?: boolean;
}

const optionNames: OptionNames<TerminateOnNaNOptions> = {
  locate: true,
  print: true,
  raiseError: true,
};

/**
 * Ends training at the first batch whose loss is NaN or infinite: no later step could mend the weights. Tells the batch,
 * and the layer whose output was the first that is not finite.
 *
 * @throws ValueError in training, with `raiseError`.
 * @example
 * await model.fit(x, y, { epochs: 100, callbacks: [terminateOnNaN()] });
 *
 * Source: Keras 3, `keras.callbacks.TerminateOnNaN`.
 */
export function terminateOnNaN(options: TerminateOnNaNOptions = {}): Callback {
  expectOptions('terminateOnNaN', options, optionNames);
  const { raiseError = false, locate = true, print } = options;
  let before: readonly Tensor[] | undefined;
  return {
    ...(locate
      ? {
          onTrainBatchBegin(_batch, context) {
            before = context.getWeights();
          },
        }
      : {}),
    onTrainBatchEnd(batch, logs, context) {
      const { loss } = logs;
      if (loss === undefined || Number.isFinite(loss)) return;
      const place = before === undefined ? undefined : context.findNotFinite(before);
      if (raiseError)
        throw new ValueError(
          'callback/nan',
          `The loss of batch ${batch} in epoch ${context.epoch + 1} is no number any more.`,
          {
            got: `${loss}${place === undefined ? '' : `; ${place}`}`,
            expected: 'a finite loss',
            fix: 'lower the learning rate, clip gradients (clipnorm: 1), or look for extreme values in the data',
          },
        );
      (print ?? context.print)(`Batch ${batch}: Invalid loss, terminating training`);
      if (place !== undefined)
        context.warn(`Batch ${batch} of epoch ${context.epoch + 1}: ${place}.`);
      context.stop();
    },
    onTrainEnd() {
      before = undefined;
    },
  };
}
