import { mean } from '@gradus/tensor';
import type { GlobalPoolingOptions } from './global-pooling.js';
import { globalPooling } from './global-pooling.js';
import type { LayerFactory } from './layer.js';
import { defineLayer } from './layer.js';

/**
 * The mean of each channel over the whole image: `[batch, height, width, channels]` becomes `[batch, channels]`, whatever
 * its size.
 *
 * @throws ShapeError for an input with other axes.
 * @example
 * globalAveragePooling2d().outputShape([null, 7, 7, 64]); // => [null, 64]
 */
export const globalAveragePooling2d: LayerFactory<readonly [options?: GlobalPoolingOptions]> =
  defineLayer({
    className: 'GlobalAveragePooling2D',
    ...globalPooling('GlobalAveragePooling2D', 2, (x, options) => mean(x, options)),
  });
