import { adaptiveMaxPool } from '@gradus/tensor';
import type { AdaptivePoolingOptions } from './adaptive-pooling.js';
import { adaptivePooling } from './adaptive-pooling.js';
import type { LayerFactory } from './layer.js';
import { defineLayer } from './layer.js';

/**
 * The largest number of each of `outputSize` windows, for each channel: the windows are as large as the input needs, so any
 * size comes out as one. `[batch, height, width, channels]`. Window i of n goes from ⌊i L / n⌋ up to ⌈(i + 1) L / n⌉.
 *
 * @throws ValueError for an impossible size, ShapeError for an input with other axes.
 * @example
 * adaptiveMaxPooling2d({ outputSize: [2, 3] }).outputShape([null, 17, 20, 8]); // => [null, 2, 3, 8]
 */
export const adaptiveMaxPooling2d: LayerFactory<readonly [options: AdaptivePoolingOptions]> =
  defineLayer({
    className: 'AdaptiveMaxPooling2D',
    ...adaptivePooling('AdaptiveMaxPooling2D', 2, adaptiveMaxPool),
  });
