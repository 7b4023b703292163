import { ShapeError, bernoulli, foldIn, formatShape, where } from '@gradus/tensor';
import type { LayerFactory, LayerOptions } from './layer.js';
import { defineLayer } from './layer.js';
import { expectFraction, formatSymbolic, layerLabel } from './layer-errors.js';

/** Options of {@link dropout}. */
export interface DropoutOptions extends LayerOptions {
  /** Share of the numbers that become 0 in training. */
  readonly rate: number;
  /** Shape of the mask; a 1 drops the whole axis together, null takes the length of the input. Default: every number alone. */
  readonly noiseShape?: readonly (number | null)[] | null;
  /** Makes this layer's draws differ from those of a layer with another seed. Default null. */
  readonly seed?: number | null;
}

interface DropoutConfig {
  readonly rate: number;
  readonly noiseShape: readonly (number | null)[] | null;
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
    const { noiseShape } = options;
    const fits =
      noiseShape === null ||
      (noiseShape.length === inputShape.length &&
        noiseShape.every(
          (n, axis) => n === null || n === 1 || inputShape[axis] === null || n === inputShape[axis],
        ));
    if (!fits)
      throw new ShapeError(
        'dropout/noise-shape',
        `${layerLabel('Dropout', options)}: noiseShape does not fit the input.`,
        {
          got: `noiseShape ${formatShape(noiseShape.map((n) => n ?? -1))} for an input ${formatSymbolic(inputShape)}`,
          expected: 'for each axis of the input its length, null, or 1',
        },
      );
    return {};
  },
  call(_params, x, options, context) {
    const { rate, seed, noiseShape } = options;
    if (!context.training || rate === 0) return x;
    if (rate === 1) return x.mul(0);
    const key = context.key('dropout');
    const shape = x.shape.map((length, axis) => noiseShape?.[axis] ?? length);
    const keep = bernoulli(seed === null ? key : foldIn(key, seed), 1 - rate, shape);
    return where(keep, x.div(1 - rate), 0);
  },
});
