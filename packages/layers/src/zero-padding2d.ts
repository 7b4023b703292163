import type { ZeroPaddingOptions } from './borders.js';
import type { LayerFactory } from './layer.js';
import { defineLayer } from './layer.js';
import { zeroPadding } from './zero-padding.js';

/**
 * Puts zeros around an image: `[batch, height, width, channels]`.
 *
 * @throws ValueError for an impossible padding, ShapeError for an input with other axes.
 * @example
 * zeroPadding2d({ padding: [[1, 0], 2] }).outputShape([null, 28, 28, 3]); // => [null, 29, 32, 3]
 */
export const zeroPadding2d: LayerFactory<readonly [options?: ZeroPaddingOptions]> = defineLayer({
  className: 'ZeroPadding2D',
  ...zeroPadding('ZeroPadding2D', 2),
});
