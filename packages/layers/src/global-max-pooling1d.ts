import { max } from '@gradus/tensor';
import type { GlobalPoolingOptions } from './global-pooling.js';
import { globalPooling } from './global-pooling.js';
import type { LayerFactory } from './layer.js';
import { defineLayer } from './layer.js';

/**
 * The largest number of each channel over the whole series: `[batch, steps, channels]` becomes `[batch, channels]`, whatever
 * its size.
 *
 * @throws ShapeError for an input with other axes.
 * @example
 * globalMaxPooling1d().outputShape([null, 20, 8]); // => [null, 8]
 */
export const globalMaxPooling1d: LayerFactory<readonly [options?: GlobalPoolingOptions]> =
  defineLayer({
    className: 'GlobalMaxPooling1D',
    ...globalPooling('GlobalMaxPooling1D', 1, (x, options) => max(x, options)),
  });
