import type { LayerFactory } from './layer.js';
import { defineLayer } from './layer.js';
import type { SeparableOptions } from './separable-convolution.js';
import { separableConvolution } from './separable-convolution.js';

/**
 * Convolution over two axes: images, in two cheap steps: each channel by itself, then a mix of the channels at every place.
 * Depthwise kernel `[kh, kw, channels, depthMultiplier]`, pointwise kernel `[1, 1, channels depthMultiplier, filters]`,
 * bias `[filters]`.
 *
 * @throws ValueError for impossible options, ShapeError for an input with other axes or smaller than the window.
 * @example
 * separableConv2d({ filters: 16, kernelSize: 3 }).outputShape([null, 28, 28, 4]); // => [null, 26, 26, 16]
 *
 * Source: Chollet 2017 (Xception).
 */
export const separableConv2d: LayerFactory<readonly [options: SeparableOptions]> = defineLayer({
  className: 'SeparableConv2D',
  ...separableConvolution('SeparableConv2D', 2),
});
