import type { CroppingOptions } from './borders.js';
import { cropping } from './cropping.js';
import type { LayerFactory } from './layer.js';
import { defineLayer } from './layer.js';

/**
 * Cuts off the borders of a volume: `[batch, depth, height, width, channels]`. Default 1 on every side.
 *
 * @throws ValueError for an impossible cropping, ShapeError for other axes or when nothing would be left.
 * @example
 * cropping3d().outputShape([null, 8, 8, 8, 3]); // => [null, 6, 6, 6, 3]
 */
export const cropping3d: LayerFactory<readonly [options?: CroppingOptions]> = defineLayer({
  className: 'Cropping3D',
  ...cropping('Cropping3D', 3, 1),
});
