import { averagePool } from '@gradus/tensor';
import type { LayerFactory } from './layer.js';
import { defineLayer } from './layer.js';
import type { PoolingOptions } from './pooling.js';
import { pooling } from './pooling.js';

/**
 * The mean of each window, for each channel. With padding 'same' the mean is over the numbers that really exist.
 * `[batch, steps, channels]`.
 *
 * @throws ValueError for impossible options, ShapeError for an input with other axes or smaller than the window.
 * @example
 * averagePooling1d({ poolSize: 4 }).outputShape([null, 28, 3]); // => [null, 7, 3]
 */
export const averagePooling1d: LayerFactory<readonly [options?: PoolingOptions]> = defineLayer({
  className: 'AveragePooling1D',
  ...pooling('AveragePooling1D', 1, averagePool),
});
