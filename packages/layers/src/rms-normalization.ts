import { rsqrt } from '@gradus/tensor';
import { ones } from './initializers/constant.js';
import type { LayerFactory, LayerOptions } from './layer.js';
import { defineLayer } from './layer.js';
import { expectNonNegative, layerLabel } from './layer-errors.js';
import type { AxisOption } from './normalized-axes.js';
import { axesOf, besideAxes, expectAxes, expectLengths, lengthsOf } from './normalized-axes.js';

/** Options of {@link rmsNormalization}. */
export interface RmsNormalizationOptions extends LayerOptions {
  /** Axes of the numbers that are normalised together. Default -1, the last. */
  readonly axis?: AxisOption;
  /** Added to the mean of squares, so that zeros do not divide by 0. Default 1e-6. */
  readonly epsilon?: number;
}

/**
 * Divides the numbers of each sample by their root mean square along an axis, then scales by a learned factor. Like
 * layerNormalization without the mean, and so cheaper; language models use it.
 *
 * y = scale x / sqrt(mean(x²) + epsilon). The scale has the lengths of the axes, and the shape stays. No mask leaves
 * it, as in Keras.
 *
 * @throws ValueError for an impossible axis or epsilon, ShapeError when the length of an axis is not known.
 * @example
 * rmsNormalization().build([null, 5, 4]).scale.shape; // => [4]
 *
 * Source: Zhang and Sennrich 2019.
 */
export const rmsNormalization: LayerFactory<readonly [options?: RmsNormalizationOptions]> =
  defineLayer({
    className: 'RMSNormalization',
    resolve(options: RmsNormalizationOptions = {}): {
      readonly axis: AxisOption;
      readonly epsilon: number;
    } {
      const { axis = -1, epsilon = 1e-6 } = options;
      const label = layerLabel('RMSNormalization', options);
      expectAxes(label, axis);
      expectNonNegative(label, 'epsilon', epsilon, 1e-6);
      return { axis, epsilon };
    },
    build: (options, inputShape) => ({
      scale: {
        shape: lengthsOf(layerLabel('RMSNormalization', options), inputShape, options.axis),
        initializer: ones(),
      },
    }),
    call({ scale }, input, options) {
      const label = layerLabel('RMSNormalization', options);
      const axes = axesOf(label, input.shape, options.axis);
      expectLengths(label, input.shape, axes, scale.shape);
      const x = input.cast('float32');
      const inverse = rsqrt(x.square().mean({ axis: axes, keepDims: true }).add(options.epsilon));
      return x.mul(inverse).mul(scale.reshape(besideAxes(x.shape, axes)));
    },
  });
