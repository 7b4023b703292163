import type { LayerFactory } from './layer.js';
import { defineLayer } from './layer.js';
import type { SeparableOptions } from './separable-convolution.js';
import { separableConvolution } from './separable-convolution.js';

/**
 * Convolution over one axis: series, sound, in two cheap steps: each channel by itself, then a mix of the channels at every place.
 * Depthwise kernel `[k, channels, depthMultiplier]`, pointwise kernel `[1, channels depthMultiplier, filters]`,
 * bias `[filters]`.
 *
 * @throws ValueError for impossible options, ShapeError for an input with other axes or smaller than the window.
 * @example
 * separableConv1d({ filters: 16, kernelSize: 3 }).outputShape([null, 10, 4]); // => [null, 8, 16]
 *
 * Source: Chollet 2017 (Xception).
 */
export const separableConv1d: LayerFactory<readonly [options: SeparableOptions]> = defineLayer({
  className: 'SeparableConv1D',
  ...separableConvolution('SeparableConv1D', 1),
});
