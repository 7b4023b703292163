import type { Activation, ActivationLike } from './activations.js';
import { getActivation } from './activations.js';
import type { LayerFactory, LayerOptions } from './layer.js';
import { defineLayer } from './layer.js';

/** Options of {@link activation}. */
export interface ActivationOptions extends LayerOptions {
  /** A name or a function of a tensor. */
  readonly activation: ActivationLike;
}

/**
 * Applies an activation function; for places where no other layer has an `activation` option. The shape stays.
 *
 * @throws NameError for a name that nobody knows.
 * @example
 * activation({ activation: 'relu' }).call({}, tensor([-1, 2]), context).toArray(); // => [0, 2]
 */
export const activation: LayerFactory<readonly [options: ActivationOptions]> = defineLayer({
  className: 'Activation',
  supportsMask: true,
  resolve: (options: ActivationOptions): { readonly activation: Activation } => ({
    activation: getActivation(options.activation),
  }),
  call: (_params, x, options) => options.activation(x),
});
