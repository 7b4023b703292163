import { ValueError, randomNormal } from '@gradus/tensor';
import type { LayerFactory, LayerOptions } from './layer.js';
import { defineLayer } from './layer.js';
import { expectFraction, layerLabel } from './layer-errors.js';
import { noiseKey } from './random-noise.js';

/** Options of {@link gaussianDropout}. */
export interface GaussianDropoutOptions extends LayerOptions {
  /** As for dropout; below 1. The noise has standard deviation sqrt(rate / (1 - rate)). */
  readonly rate: number;
  /** Makes this layer's draws differ from those of a layer with another seed. Default null. */
  readonly seed?: number | null;
}

/** The rate of layers whose formula divides by what is kept. Throws ValueError that names the layer. */
export function expectRateBelowOne(label: string, rate: number): void {
  expectFraction(label, 'rate', rate);
  if (rate < 1) return;
  throw new ValueError('layer/option', `${label}: at rate 1 nothing would be kept to scale by.`, {
    got: `rate: ${rate}`,
    expected: 'a number from 0, below 1',
    fix: 'for example rate: 0.5',
  });
}

/**
 * In training, multiplies every number with noise of mean 1, which has the effect of dropout with that rate, but leaves
 * something of every number. Outside of training: nothing.
 *
 * y = x (1 + sqrt(rate / (1 - rate)) n), n normal.
 *
 * @throws ValueError for a rate outside 0..1, or of 1.
 * @example
 * gaussianDropout({ rate: 0.5 }).outputShape([null, 8]); // => [null, 8]
 *
 * Source: Srivastava et al. 2014, section 10.
 */
export const gaussianDropout: LayerFactory<readonly [options: GaussianDropoutOptions]> =
  defineLayer({
    className: 'GaussianDropout',
    supportsMask: true,
    resolve(options: GaussianDropoutOptions): {
      readonly rate: number;
      readonly seed: number | null;
    } {
      expectRateBelowOne(layerLabel('GaussianDropout', options), options.rate);
      return { rate: options.rate, seed: options.seed ?? null };
    },
    call(_params, x, { rate, seed }, context) {
      if (!context.training || rate === 0) return x;
      const std = Math.sqrt(rate / (1 - rate));
      return x.mul(randomNormal(noiseKey(context, 'noise', seed), x.shape, { mean: 1, std }));
    },
  });
