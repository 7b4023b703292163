import { maxPool } from '@gradus/tensor';
import type { LayerFactory } from './layer.js';
import { defineLayer } from './layer.js';
import type { PoolingOptions } from './pooling.js';
import { pooling } from './pooling.js';

/**
 * The largest number of each window, for each channel: keeps whether a pattern was seen and forgets exactly where.
 * `[batch, depth, height, width, channels]`.
 *
 * @throws ValueError for impossible options, ShapeError for an input with other axes or smaller than the window.
 * @example
 * maxPooling3d().outputShape([null, 28, 28, 28, 3]); // => [null, 14, 14, 14, 3]
 */
export const maxPooling3d: LayerFactory<readonly [options?: PoolingOptions]> = defineLayer({
  className: 'MaxPooling3D',
  ...pooling('MaxPooling3D', 3, maxPool),
});
