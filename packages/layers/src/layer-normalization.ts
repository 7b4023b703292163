import { rsqrt } from '@gradus/tensor';
import type { LayerFactory } from './layer.js';
import { defineLayer } from './layer.js';
import { knownLength, layerLabel } from './layer-errors.js';
import type { NormalizationConfig, NormalizationOptions } from './normalization-options.js';
import { resolveNormalization, scaleSpecs } from './normalization-options.js';

/** Options of {@link layerNormalization}. */
export interface LayerNormalizationOptions extends NormalizationOptions {
  /** Axes of the numbers that are normalised together. Default -1, the last. */
  readonly axis?: number | readonly number[];
}

interface LayerNormalizationConfig extends NormalizationConfig {
  readonly axis: number | readonly number[];
}

function axesOf(axis: number | readonly number[], rank: number): readonly number[] {
  const axes = typeof axis === 'number' ? [axis] : axis;
  return axes.map((a) => (a < 0 ? a + rank : a)).sort((a, b) => a - b);
}

/**
 * Gives the numbers of each sample mean 0 and variance 1 along an axis, then scales by gamma and adds beta. It does not
 * look at other samples, so it works the same in training and later, and for any batch size.
 *
 * y = gamma (x - mean) / sqrt(variance + epsilon) + beta.
 *
 * @throws ShapeError when the length of an axis is not known.
 * @example
 * layerNormalization().build([null, 5, 4]).gamma.shape; // => [4]
 *
 * Source: Ba, Kiros and Hinton 2016.
 */
export const layerNormalization: LayerFactory<readonly [options?: LayerNormalizationOptions]> =
  defineLayer({
    className: 'LayerNormalization',
    supportsMask: true,
    resolve: (options: LayerNormalizationOptions = {}): LayerNormalizationConfig => ({
      axis: options.axis ?? -1,
      ...resolveNormalization(options),
    }),
    build(options, inputShape) {
      const label = layerLabel('LayerNormalization', options);
      const axes = axesOf(options.axis, inputShape.length);
      return scaleSpecs(
        options,
        axes.map((axis) => knownLength(label, inputShape, axis)),
      );
    },
    call({ gamma, beta }, x, options) {
      const axis = axesOf(options.axis, x.rank);
      const wide = x.shape.map((length, a) => (axis.includes(a) ? length : 1));
      const centred = x.sub(x.mean({ axis, keepDims: true }));
      const variance = centred.square().mean({ axis, keepDims: true });
      const normal = centred.mul(rsqrt(variance.add(options.epsilon)));
      const scaled = gamma === undefined ? normal : normal.mul(gamma.reshape(wide));
      return beta === undefined ? scaled : scaled.add(beta.reshape(wide));
    },
  });
