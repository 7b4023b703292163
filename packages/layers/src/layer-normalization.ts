import { rsqrt } from '@gradus/tensor';
import type { LayerFactory } from './layer.js';
import { defineLayer } from './layer.js';
import { layerLabel } from './layer-errors.js';
import type { NormalizationConfig, NormalizationOptions } from './normalization-options.js';
import { resolveNormalization, scaleSpecs } from './normalization-options.js';
import type { AxisOption } from './normalized-axes.js';
import { axesOf, besideAxes, expectAxes, expectLengths, lengthsOf } from './normalized-axes.js';

/** Options of {@link layerNormalization}. */
export interface LayerNormalizationOptions extends NormalizationOptions {
  /** Axes of the numbers that are normalised together. Default -1, the last. */
  readonly axis?: AxisOption;
  /**
   * Whether x is divided by its deviation without taking off the mean, and beta left out. Old files have it; use
   * rmsNormalization instead. Default false.
   */
  readonly rmsScaling?: boolean;
}

interface LayerNormalizationConfig extends NormalizationConfig {
  readonly axis: AxisOption;
  readonly rmsScaling: boolean;
}

/**
 * Gives the numbers of each sample mean 0 and variance 1 along an axis, then scales by gamma and adds beta. It does not
 * look at other samples, so it works the same in training and later, and for any batch size.
 *
 * y = gamma (x - mean) / sqrt(variance + epsilon) + beta. Gamma and beta have the lengths of the axes; the shape stays.
 *
 * @throws ValueError for an impossible axis or epsilon, ShapeError when the length of an axis is not known.
 * @example
 * layerNormalization().build([null, 5, 4]).gamma.shape; // => [4]
 *
 * Source: Ba, Kiros and Hinton 2016.
 */
export const layerNormalization: LayerFactory<readonly [options?: LayerNormalizationOptions]> =
  defineLayer({
    className: 'LayerNormalization',
    supportsMask: true,
    resolve(options: LayerNormalizationOptions = {}): LayerNormalizationConfig {
      const { axis = -1, rmsScaling = false } = options;
      const label = layerLabel('LayerNormalization', options);
      expectAxes(label, axis);
      return { axis, rmsScaling, ...resolveNormalization(label, options) };
    },
    build(options, inputShape) {
      const { rmsScaling } = options;
      return scaleSpecs(
        rmsScaling ? { ...options, scale: true, center: false } : options,
        lengthsOf(layerLabel('LayerNormalization', options), inputShape, options.axis),
      );
    },
    call({ gamma, beta }, input, options) {
      const label = layerLabel('LayerNormalization', options);
      const axis = axesOf(label, input.shape, options.axis);
      for (const parameter of [gamma, beta])
        if (parameter !== undefined) expectLengths(label, input.shape, axis, parameter.shape);
      const x = input.cast('float32');
      const wide = besideAxes(x.shape, axis);
      const centred = x.sub(x.mean({ axis, keepDims: true }));
      const variance = centred.square().mean({ axis, keepDims: true });
      const inverse = rsqrt(variance.add(options.epsilon));
      const normal = (options.rmsScaling ? x : centred).mul(inverse);
      const scaled = gamma === undefined ? normal : normal.mul(gamma.reshape(wide));
      return beta === undefined ? scaled : scaled.add(beta.reshape(wide));
    },
  });
