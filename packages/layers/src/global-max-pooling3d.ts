import { max } from '@gradus/tensor';
import type { GlobalPoolingOptions } from './global-pooling.js';
import { globalPooling } from './global-pooling.js';
import type { LayerFactory } from './layer.js';
import { defineLayer } from './layer.js';

/**
 * The largest number of each channel over the whole volume: `[batch, depth, height, width, channels]` becomes `[batch, channels]`, whatever
 * its size.
 *
 * @throws ShapeError for an input with other axes.
 * @example
 * globalMaxPooling3d().outputShape([null, 4, 7, 7, 64]); // => [null, 64]
 */
export const globalMaxPooling3d: LayerFactory<readonly [options?: GlobalPoolingOptions]> =
  defineLayer({
    className: 'GlobalMaxPooling3D',
    ...globalPooling('GlobalMaxPooling3D', 3, (x, options) => max(x, options)),
  });
