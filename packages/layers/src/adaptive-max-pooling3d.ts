import { adaptiveMaxPool } from '@gradus/tensor';
import type { AdaptivePoolingOptions } from './adaptive-pooling.js';
import { adaptivePooling } from './adaptive-pooling.js';
import type { LayerFactory } from './layer.js';
import { defineLayer } from './layer.js';

/**
 * The largest number of each of `outputSize` windows, for each channel: the windows are as large as the input needs, so any
 * size comes out as one. `[batch, depth, height, width, channels]`. Window i of n goes from ⌊i L / n⌋ up to ⌈(i + 1) L / n⌉.
 *
 * @throws ValueError for an impossible size, ShapeError for an input with other axes.
 * @example
 * adaptiveMaxPooling3d({ outputSize: 2 }).outputShape([null, 9, 17, 20, 8]); // => [null, 2, 2, 2, 8]
 */
export const adaptiveMaxPooling3d: LayerFactory<readonly [options: AdaptivePoolingOptions]> =
  defineLayer({
    className: 'AdaptiveMaxPooling3D',
    ...adaptivePooling('AdaptiveMaxPooling3D', 3, adaptiveMaxPool),
  });
