import type { Callback } from './callback.js';
import { expectCallbacks } from './callback.js';

/**
 * A callback from functions. Any object with hooks is a callback already; this only names it as Keras does.
 *
 * @example
 * lambdaCallback({ onEpochEnd: (epoch, logs) => console.log(epoch, logs.loss) });
 *
 * Source: Keras 3, `keras.callbacks.LambdaCallback`.
 */
export function lambdaCallback(hooks: Callback): Callback {
  expectCallbacks('lambdaCallback', [hooks]);
  return { ...hooks };
}
