import type { ZeroPaddingOptions } from './borders.js';
import type { LayerFactory } from './layer.js';
import { defineLayer } from './layer.js';
import { zeroPadding } from './zero-padding.js';

/**
 * Puts zeros around a volume: `[batch, depth, height, width, channels]`.
 *
 * @throws ValueError for an impossible padding, ShapeError for an input with other axes.
 * @example
 * zeroPadding3d({ padding: 1 }).outputShape([null, 8, 8, 8, 3]); // => [null, 10, 10, 10, 3]
 */
export const zeroPadding3d: LayerFactory<readonly [options?: ZeroPaddingOptions]> = defineLayer({
  className: 'ZeroPadding3D',
  ...zeroPadding('ZeroPadding3D', 3),
});
