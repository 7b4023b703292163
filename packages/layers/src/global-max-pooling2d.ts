import { max } from '@gradus/tensor';
import type { GlobalPoolingOptions } from './global-pooling.js';
import { globalPooling } from './global-pooling.js';
import type { LayerFactory } from './layer.js';
import { defineLayer } from './layer.js';

/**
 * The largest number of each channel over the whole image: `[batch, height, width, channels]` becomes `[batch, channels]`, whatever
 * its size.
 *
 * @throws ShapeError for an input with other axes.
 * @example
 * globalMaxPooling2d().outputShape([null, 7, 7, 64]); // => [null, 64]
 */
export const globalMaxPooling2d: LayerFactory<readonly [options?: GlobalPoolingOptions]> =
  defineLayer({
    className: 'GlobalMaxPooling2D',
    ...globalPooling('GlobalMaxPooling2D', 2, (x, options) => max(x, options)),
  });
