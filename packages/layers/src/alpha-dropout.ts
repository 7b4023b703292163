import { bernoulli, where } from '@gradus/tensor';
import { expectRateBelowOne } from './gaussian-dropout.js';
import type { LayerFactory, LayerOptions } from './layer.js';
import { defineLayer } from './layer.js';
import { layerLabel } from './layer-errors.js';
import type { NoiseShape } from './random-noise.js';
import { expectNoiseShape, noiseKey, noiseShapeOf } from './random-noise.js';

/** Options of {@link alphaDropout}. */
export interface AlphaDropoutOptions extends LayerOptions {
  /** Share of the numbers that are dropped in training; below 1. */
  readonly rate: number;
  /** Shape of the mask; a 1 drops the whole axis together, null takes the length of the input. Default: every number alone. */
  readonly noiseShape?: NoiseShape | null;
  /** Makes this layer's draws differ from those of a layer with another seed. Default null. */
  readonly seed?: number | null;
}

interface AlphaDropoutConfig {
  readonly rate: number;
  readonly noiseShape: NoiseShape | null;
  readonly seed: number | null;
}

/** What selu comes down to for large negative numbers: -alpha scale. */
const saturated = -1.6732632423543772 * 1.0507009873554805;

/**
 * Dropout for networks of selu units: dropped numbers get selu's lowest value s, and everything is scaled and shifted
 * so that mean 0 and variance 1 stay. Outside of training: nothing.
 *
 * y = a (x or s) + b, a = ((1 - rate) (1 + rate s²))^(-1/2), b = -a s rate.
 *
 * @throws ValueError for a rate outside 0..1 or of 1, ShapeError for a noiseShape that does not fit.
 * @example
 * alphaDropout({ rate: 0.1 }).outputShape([null, 8]); // => [null, 8]
 *
 * Source: Klambauer et al. 2017.
 */
export const alphaDropout: LayerFactory<readonly [options: AlphaDropoutOptions]> = defineLayer({
  className: 'AlphaDropout',
  supportsMask: true,
  resolve(options: AlphaDropoutOptions): AlphaDropoutConfig {
    expectRateBelowOne(layerLabel('AlphaDropout', options), options.rate);
    return {
      rate: options.rate,
      noiseShape: options.noiseShape ?? null,
      seed: options.seed ?? null,
    };
  },
  build(options, inputShape) {
    expectNoiseShape(layerLabel('AlphaDropout', options), options.noiseShape, inputShape);
    return {};
  },
  call(_params, x, { rate, noiseShape, seed }, context) {
    if (!context.training || rate === 0) return x;
    const shape = noiseShapeOf(x, noiseShape);
    const keep = bernoulli(noiseKey(context, 'dropout', seed), 1 - rate, shape);
    const a = ((1 - rate) * (1 + rate * saturated ** 2)) ** -0.5;
    return where(keep, x, saturated)
      .mul(a)
      .add(-a * saturated * rate);
  },
});
