import { expandDims, mean, where } from '@gradus/tensor';
import type { GlobalPoolingOptions } from './global-pooling.js';
import { globalPooling } from './global-pooling.js';
import type { LayerFactory } from './layer.js';
import { defineLayer } from './layer.js';

/**
 * The mean of each channel over the whole series: `[batch, steps, channels]` becomes `[batch, channels]`, whatever
 * its size. With a mask, only the steps that count are averaged; a series without any gives NaN, as in Keras.
 *
 * @throws ShapeError for an input with other axes.
 * @example
 * globalAveragePooling1d().outputShape([null, 20, 8]); // => [null, 8]
 */
export const globalAveragePooling1d: LayerFactory<readonly [options?: GlobalPoolingOptions]> =
  defineLayer({
    className: 'GlobalAveragePooling1D',
    // It knows what to do with a mask, and none is left behind it.
    supportsMask: true,
    computeMask: () => null,
    ...globalPooling('GlobalAveragePooling1D', 1, (x, { axis, keepDims }, { mask = null }) => {
      if (mask === null) return mean(x, { axis, keepDims });
      const weights = expandDims(mask.cast(x.dtype), axis[0] === 1 ? 2 : 1);
      return where(expandDims(mask, axis[0] === 1 ? 2 : 1), x, 0)
        .sum({ axis, keepDims })
        .div(weights.sum({ axis, keepDims }));
    }),
  });
