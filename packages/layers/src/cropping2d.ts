import type { CroppingOptions } from './borders.js';
import { cropping } from './cropping.js';
import type { LayerFactory } from './layer.js';
import { defineLayer } from './layer.js';

/**
 * Cuts off the borders of an image: `[batch, height, width, channels]`. Default 0 on every side.
 *
 * @throws ValueError for an impossible cropping, ShapeError for other axes or when nothing would be left.
 * @example
 * cropping2d({ cropping: [[1, 0], 2] }).outputShape([null, 28, 28, 3]); // => [null, 27, 24, 3]
 */
export const cropping2d: LayerFactory<readonly [options?: CroppingOptions]> = defineLayer({
  className: 'Cropping2D',
  ...cropping('Cropping2D', 2, 0),
});
