import type { LayerFactory } from './layer.js';
import { defineLayer } from './layer.js';
import type { SpatialDropout1dConfig, SpatialDropout1dOptions } from './spatial-dropout.js';
import { resolveSpatialDropout, spatialSteps } from './spatial-dropout.js';

/**
 * Dropout of whole channels of a series `[batch, steps, channels]`: neighbouring steps say nearly the same, so dropping
 * single numbers would hide nothing. What is kept is divided by (1 - rate). Outside of training: nothing.
 *
 * @throws ValueError for a rate outside 0..1, ShapeError for an input with other axes.
 * @example
 * spatialDropout1d({ rate: 0.2 }).outputShape([null, 20, 8]); // => [null, 20, 8]
 *
 * Source: Tompson et al. 2015.
 */
export const spatialDropout1d: LayerFactory<readonly [options: SpatialDropout1dOptions]> =
  defineLayer({
    className: 'SpatialDropout1D',
    resolve: (options: SpatialDropout1dOptions): SpatialDropout1dConfig =>
      resolveSpatialDropout('SpatialDropout1D', options),
    ...spatialSteps<SpatialDropout1dConfig>('SpatialDropout1D', 1, () => 'channelsLast'),
  });
