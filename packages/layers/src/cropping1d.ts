import type { Border } from './borders.js';
import { resolveBorder } from './borders.js';
import { croppingSteps } from './cropping.js';
import type { LayerFactory, LayerOptions } from './layer.js';
import { defineLayer } from './layer.js';
import { layerLabel } from './layer-errors.js';

/** Options of {@link cropping1d}. */
export interface Cropping1dOptions extends LayerOptions {
  /** Steps to cut off on both ends: one number, or `[before, after]`. Default 1. */
  readonly cropping?: number | Border;
}

interface Cropping1dConfig {
  readonly cropping: Border;
}

/**
 * Cuts off steps at both ends of a series: `[batch, steps, channels]`.
 *
 * @throws ValueError for an impossible cropping, ShapeError for other axes or when nothing would be left.
 * @example
 * cropping1d({ cropping: [2, 1] }).outputShape([null, 10, 3]); // => [null, 7, 3]
 */
export const cropping1d: LayerFactory<readonly [options?: Cropping1dOptions]> = defineLayer({
  className: 'Cropping1D',
  resolve: (options: Cropping1dOptions = {}): Cropping1dConfig => ({
    cropping: resolveBorder(layerLabel('Cropping1D', options), 'cropping', options.cropping ?? 1),
  }),
  ...croppingSteps<Cropping1dConfig>(
    'Cropping1D',
    1,
    (options) => [options.cropping],
    () => 'channelsLast',
  ),
});
