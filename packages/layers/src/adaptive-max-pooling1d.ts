import { adaptiveMaxPool } from '@gradus/tensor';
import type { AdaptivePoolingOptions } from './adaptive-pooling.js';
import { adaptivePooling } from './adaptive-pooling.js';
import type { LayerFactory } from './layer.js';
import { defineLayer } from './layer.js';

/**
 * The largest number of each of `outputSize` windows, for each channel: the windows are as large as the input needs, so any
 * size comes out as one. `[batch, steps, channels]`. Window i of n goes from ⌊i L / n⌋ up to ⌈(i + 1) L / n⌉.
 *
 * @throws ValueError for an impossible size, ShapeError for an input with other axes.
 * @example
 * adaptiveMaxPooling1d({ outputSize: 4 }).outputShape([null, 30, 8]); // => [null, 4, 8]
 */
export const adaptiveMaxPooling1d: LayerFactory<readonly [options: AdaptivePoolingOptions]> =
  defineLayer({
    className: 'AdaptiveMaxPooling1D',
    ...adaptivePooling('AdaptiveMaxPooling1D', 1, adaptiveMaxPool),
  });
