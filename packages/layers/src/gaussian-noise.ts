import { randomNormal } from '@gradus/tensor';
import type { LayerFactory, LayerOptions } from './layer.js';
import { defineLayer } from './layer.js';
import { expectFraction, layerLabel } from './layer-errors.js';
import { noiseKey } from './random-noise.js';

/** Options of {@link gaussianNoise}. */
export interface GaussianNoiseOptions extends LayerOptions {
  /** Standard deviation of what is added, from 0 to 1. */
  readonly stddev: number;
  /** Makes this layer's draws differ from those of a layer with another seed. Default null. */
  readonly seed?: number | null;
}

/**
 * In training, adds normal noise of mean 0 to every number: cheap additional samples. Outside of training: nothing.
 *
 * @throws ValueError for a standard deviation outside 0..1.
 * @example
 * gaussianNoise({ stddev: 0.1 }).outputShape([null, 8]); // => [null, 8]
 */
export const gaussianNoise: LayerFactory<readonly [options: GaussianNoiseOptions]> = defineLayer({
  className: 'GaussianNoise',
  supportsMask: true,
  resolve(options: GaussianNoiseOptions): {
    readonly stddev: number;
    readonly seed: number | null;
  } {
    expectFraction(layerLabel('GaussianNoise', options), 'stddev', options.stddev);
    return { stddev: options.stddev, seed: options.seed ?? null };
  },
  call(_params, x, { stddev, seed }, context) {
    if (!context.training || stddev === 0) return x;
    return x.add(randomNormal(noiseKey(context, 'noise', seed), x.shape, { std: stddev }));
  },
});
