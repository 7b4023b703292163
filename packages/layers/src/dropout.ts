import type { LayerFactory, LayerOptions } from './layer.js';
import { defineLayer } from './layer.js';
import { expectFraction, layerLabel } from './layer-errors.js';
import type { NoiseShape } from './random-noise.js';
import { dropNumbers, expectNoiseShape, noiseKey, noiseShapeOf } from './random-noise.js';

/** Options of {@link dropout}. */
export interface DropoutOptions extends LayerOptions {
  /** Share of the numbers that become 0 in training. */
  readonly rate: number;
  /** Shape of the mask; a 1 drops the whole axis together, null takes the length of the input. Default: every number alone. */
  readonly noiseShape?: NoiseShape | null;
  /** Makes this layer's draws differ from those of a layer with another seed. Default null. */
  readonly seed?: number | null;
}

interface DropoutConfig {
  readonly rate: number;
  readonly noiseShape: NoiseShape | null;
  readonly seed: number | null;
}

/**
 * In training, sets a random share of the numbers to 0 and divides the rest by (1 - rate), so that the mean stays. The
 * network cannot rely on any single number, which keeps it from learning by heart. Outside of training: nothing.
 *
 * @throws ValueError for a rate outside 0..1, ShapeError for a noiseShape that does not fit.
 * @example
 * dropout({ rate: 0.5 }).outputShape([null, 8]); // => [null, 8]
 *
 * Source: Srivastava et al. 2014.
 */
export const dropout: LayerFactory<readonly [options: DropoutOptions]> = defineLayer({
  className: 'Dropout',
  supportsMask: true,
  resolve(options: DropoutOptions): DropoutConfig {
    expectFraction(layerLabel('Dropout', options), 'rate', options.rate);
    return {
      rate: options.rate,
      seed: options.seed ?? null,
      noiseShape: options.noiseShape ?? null,
    };
  },
  build(options, inputShape) {
    expectNoiseShape(layerLabel('Dropout', options), options.noiseShape, inputShape);
    return {};
  },
  call(_params, x, { rate, seed, noiseShape }, context) {
    if (!context.training || rate === 0) return x;
    return dropNumbers(x, rate, noiseShapeOf(x, noiseShape), noiseKey(context, 'dropout', seed));
  },
});
