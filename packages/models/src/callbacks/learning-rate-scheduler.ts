import { ValueError } from '@gradus/tensor';
import type { OptionNames } from '../expect-options.js';
import { expectOptions } from '../expect-options.js';
import type { Callback, MessageOptions } from './callback.js';
import { floatText } from './float-text.js';

const optionNames: OptionNames<MessageOptions> = { print: true, verbose: true };

/**
 * Sets the learning rate at the begin of each epoch to `schedule(epoch, current)`, epochs counted from 0. Adds
 * `learning_rate` to the logs.
 *
 * @throws ValueError in training when the schedule returns no number.
 * @example
 * learningRateScheduler((epoch, rate) => (epoch < 10 ? rate : rate * 0.9));
 *
 * Source: Keras 3, `keras.callbacks.LearningRateScheduler`.
 */
export function learningRateScheduler(
  schedule: (epoch: number, learningRate: number) => number,
  options: MessageOptions = {},
): Callback {
  if (typeof schedule !== 'function')
    throw new ValueError('callback/schedule', 'learningRateScheduler needs a function.', {
      got: typeof schedule,
      expected: 'a function of epoch and learning rate, and options behind it',
      fix: 'learningRateScheduler((epoch, rate) => rate * 0.9)',
    });
  expectOptions('learningRateScheduler', options, optionNames);
  const { verbose = 0, print } = options;
  return {
    onEpochBegin(epoch, context) {
      const rate: unknown = schedule(epoch, context.learningRate);
      if (typeof rate !== 'number' || Number.isNaN(rate))
        throw new ValueError(
          'callback/schedule',
          `The schedule gave no learning rate for epoch ${epoch}.`,
          {
            got: String(rate),
            expected: 'a number',
            fix: 'return a number from schedule(epoch, learningRate) for every epoch',
          },
        );
      context.learningRate = rate;
      if (verbose > 0)
        (print ?? context.print)(
          `\nEpoch ${epoch + 1}: LearningRateScheduler setting learning rate to ${floatText(rate)}.`,
        );
    },
    onEpochEnd(_epoch, logs, context) {
      logs['learning_rate'] = context.learningRate;
    },
  };
}
