import { leakyRelu } from '@gradus/tensor';
import type { LayerFactory, LayerOptions } from './layer.js';
import { defineLayer } from './layer.js';
import { layerLabel } from './layer-errors.js';
import { expectNumber } from './number-options.js';

/** Options of {@link leakyReLU}. */
export interface LeakyReLUOptions extends LayerOptions {
  /** Slope below 0. Default 0.3; the activation of that name has 0.2. */
  readonly negativeSlope?: number;
}

/**
 * The rectifier that lets a little through below 0, so that no unit stops learning: x for x >= 0, else negativeSlope x.
 *
 * @throws ValueError for a negative slope below 0.
 * @example
 * leakyReLU().call({}, tensor([-10, 2]), context).toArray(); // => [-3, 2]
 *
 * Source: Maas et al. 2013.
 */
export const leakyReLU: LayerFactory<readonly [options?: LeakyReLUOptions]> = defineLayer({
  className: 'LeakyReLU',
  outputDType: 'float32',
  supportsMask: true,
  resolve(options: LeakyReLUOptions = {}): { readonly negativeSlope: number } {
    const { negativeSlope = 0.3 } = options;
    expectNumber(layerLabel('LeakyReLU', options), 'negativeSlope', negativeSlope, { least: 0 });
    return { negativeSlope };
  },
  call: (_params, x, { negativeSlope }) => leakyRelu(x, { negativeSlope }),
});
