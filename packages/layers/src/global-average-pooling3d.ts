import { mean } from '@gradus/tensor';
import type { GlobalPoolingOptions } from './global-pooling.js';
import { globalPooling } from './global-pooling.js';
import type { LayerFactory } from './layer.js';
import { defineLayer } from './layer.js';

/**
 * The mean of each channel over the whole volume: `[batch, depth, height, width, channels]` becomes `[batch, channels]`, whatever
 * its size.
 *
 * @throws ShapeError for an input with other axes.
 * @example
 * globalAveragePooling3d().outputShape([null, 4, 7, 7, 64]); // => [null, 64]
 */
export const globalAveragePooling3d: LayerFactory<readonly [options?: GlobalPoolingOptions]> =
  defineLayer({
    className: 'GlobalAveragePooling3D',
    ...globalPooling('GlobalAveragePooling3D', 3, (x, options) => mean(x, options)),
  });
