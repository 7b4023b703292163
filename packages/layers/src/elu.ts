import { elu as activate } from '@gradus/tensor';
import type { LayerFactory, LayerOptions } from './layer.js';
import { defineLayer } from './layer.js';
import { layerLabel } from './layer-errors.js';
import { expectNumber } from './number-options.js';

/** Options of {@link elu}. */
export interface EluOptions extends LayerOptions {
  /** What the curve comes down to: -alpha. Default 1. */
  readonly alpha?: number;
}

/**
 * The exponential linear unit as a layer: x for x > 0, else alpha (exp(x) - 1).
 *
 * @throws ValueError for an alpha that is no number.
 * @example
 * elu().call({}, tensor([-Infinity, 2]), context).toArray(); // => [-1, 2]
 *
 * Source: Clevert et al. 2016.
 */
export const elu: LayerFactory<readonly [options?: EluOptions]> = defineLayer({
  className: 'ELU',
  outputDType: 'float32',
  supportsMask: true,
  resolve(options: EluOptions = {}): { readonly alpha: number } {
    const { alpha = 1 } = options;
    expectNumber(layerLabel('ELU', options), 'alpha', alpha);
    return { alpha };
  },
  call: (_params, x, { alpha }) => activate(x, { alpha }),
});
