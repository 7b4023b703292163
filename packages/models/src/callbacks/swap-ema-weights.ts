import { ValueError } from '@gradus/tensor';
import type { OptionNames } from '../expect-options.js';
import { expectOptions } from '../expect-options.js';
import type { Callback, TrainingContext } from './callback.js';

/** Options of {@link swapEmaWeights}. */
export interface SwapEmaWeightsOptions {
  /** Also at the end of each epoch, so that checkpoints hold the averages. Default false. */
  readonly swapOnEpoch?: boolean;
}

const optionNames: OptionNames<SwapEmaWeightsOptions> = { swapOnEpoch: true };

/**
 * Evaluates the model with the running averages of its weights, which are calmer than the weights themselves, and trains on
 * with the weights. For optimizers with `useEma: true`.
 *
 * @throws ValueError in training when the optimizer keeps no averages.
 * @example
 * model.compile({ optimizer: adam({ useEma: true }), loss: 'mse' });
 * await model.fit(x, y, { validationSplit: 0.2, callbacks: [swapEmaWeights()] });
 *
 * Source: Keras 3, `keras.callbacks.SwapEMAWeights`.
 */
export function swapEmaWeights(options: SwapEmaWeightsOptions = {}): Callback {
  expectOptions('swapEmaWeights', options, optionNames);
  const { swapOnEpoch = false } = options;
  let areAverages = false;
  const put = (averages: boolean, context: TrainingContext): void => {
    if (areAverages === averages) return;
    if (!context.swapAverages())
      throw new ValueError('callback/no-averages', 'swapEmaWeights has no averages to swap in.', {
        got: 'an optimizer without useEma',
        expected: 'an optimizer that keeps averages',
        fix: 'compile with an optimizer such as adam({ useEma: true })',
      });
    areAverages = averages;
  };
  return {
    onEpochBegin(_epoch, context) {
      if (swapOnEpoch) put(false, context);
    },
    onEpochEnd(epoch, _logs, context) {
      if (!swapOnEpoch) return;
      put(true, context);
      // The end of training puts the averages in place of the weights, which they are by now.
      if (epoch === context.params.epochs - 1) context.setAverages();
    },
    onTestBegin: (context) => put(true, context),
    onTestEnd: (_logs, context) => put(false, context),
    onPredictBegin: (context) => put(true, context),
    onPredictEnd: (context) => put(false, context),
  };
}
