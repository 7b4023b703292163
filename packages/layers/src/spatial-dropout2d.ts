import type { LayerFactory } from './layer.js';
import { defineLayer } from './layer.js';
import type { SpatialDropoutOptions } from './spatial-dropout.js';
import { spatialDropout } from './spatial-dropout.js';

/**
 * Dropout of whole channels of images `[batch, height, width, channels]`: neighbouring pixels say nearly the same, so
 * dropping single ones would hide nothing. What is kept is divided by (1 - rate). Outside of training: nothing.
 *
 * @throws ValueError for a rate outside 0..1, ShapeError for an input with other axes.
 * @example
 * spatialDropout2d({ rate: 0.2 }).outputShape([null, 28, 28, 8]); // => [null, 28, 28, 8]
 *
 * Source: Tompson et al. 2015.
 */
export const spatialDropout2d: LayerFactory<readonly [options: SpatialDropoutOptions]> =
  defineLayer({
    className: 'SpatialDropout2D',
    ...spatialDropout('SpatialDropout2D', 2),
  });
