import { ValueError } from '@gradus/tensor';
import type { OptionNames } from '../expect-options.js';
import { expectCount, expectOptions } from '../expect-options.js';
import type { Callback, MessageOptions } from './callback.js';
import { floatText } from './float-text.js';
import type { MonitorOptions } from './monitor.js';
import { Monitor } from './monitor.js';

/** Options of {@link reduceLrOnPlateau}; `minDelta` is 0.0001 by default. */
export interface ReduceLrOnPlateauOptions extends MonitorOptions, MessageOptions {
  /** The rate is multiplied by it; under 1. Default 0.1. */
  readonly factor?: number;
  /** Epochs without improvement before a reduction. Default 10. */
  readonly patience?: number;
  /** Epochs after a reduction in which nothing is counted. Default 0. */
  readonly cooldown?: number;
  /** The rate never gets lower. Default 0. */
  readonly minLr?: number;
}

const optionNames: OptionNames<ReduceLrOnPlateauOptions> = {
  cooldown: true,
  factor: true,
  minDelta: true,
  minLr: true,
  mode: true,
  monitor: true,
  patience: true,
  print: true,
  verbose: true,
};

/**
 * Lowers the learning rate when a number has stopped getting better: `rate = max(rate * factor, minLr)`. Small steps often
 * help where large ones jump over the minimum. Adds `learning_rate`, as it was in the epoch, to the logs.
 *
 * @throws ValueError for a factor of 1 or more.
 * @example
 * await model.fit(x, y, { epochs: 50, callbacks: [reduceLrOnPlateau({ monitor: 'loss', factor: 0.5, patience: 2 })] });
 *
 * Source: Keras 3, `keras.callbacks.ReduceLROnPlateau`.
 */
export function reduceLrOnPlateau(options: ReduceLrOnPlateauOptions = {}): Callback {
  const { factor = 0.1, patience = 10, verbose = 0, cooldown = 0, minLr = 0 } = options;
  expectOptions('reduceLrOnPlateau', options, optionNames);
  expectCount('reduceLrOnPlateau', 'patience', patience, 0);
  expectCount('reduceLrOnPlateau', 'cooldown', cooldown, 0);
  if (!(factor < 1))
    throw new ValueError(
      'callback/factor',
      'reduceLrOnPlateau would not lower the learning rate.',
      {
        got: `factor ${factor}`,
        expected: 'a number under 1',
        fix: 'factor: 0.1',
      },
    );
  const monitor = new Monitor('reduceLrOnPlateau', {
    ...options,
    minDelta: options.minDelta ?? 1e-4,
  });
  let wait = 0;
  let cooling = 0;
  return {
    onTrainBegin() {
      monitor.reset();
      [wait, cooling] = [0, 0];
    },
    onEpochEnd(epoch, logs, context) {
      const print = options.print ?? context.print;
      const value = monitor.read(
        logs,
        options.print ?? context.warn,
        'the learning rate will stay',
      );
      const old = context.learningRate;
      logs['learning_rate'] = old;
      if (value === undefined) return;
      if (cooling > 0) [cooling, wait] = [cooling - 1, 0];
      if (monitor.beats(value, monitor.best, context)) {
        [monitor.best, wait] = [value, 0];
        return;
      }
      if (cooling > 0) return;
      wait++;
      // The rate is kept in float32, so the limit is compared as float32; else a rate at its limit could look higher.
      if (wait < patience || !(old > Math.fround(minLr))) return;
      const next = Math.max(old * factor, minLr);
      context.learningRate = next;
      if (verbose > 0)
        print(
          `\nEpoch ${epoch + 1}: ReduceLROnPlateau reducing learning rate to ${floatText(next)}.`,
        );
      [cooling, wait] = [cooldown, 0];
    },
  };
}
