import type { DepthwiseOptions } from './depthwise-convolution.js';
import { depthwiseConvolution } from './depthwise-convolution.js';
import type { LayerFactory } from './layer.js';
import { defineLayer } from './layer.js';

/**
 * Convolution over one axis: series, sound, of each channel by itself: `depthMultiplier` windows for every channel, and no sum over
 * channels. Kernel `[k, channels, depthMultiplier]`, bias `[channels depthMultiplier]`; the results of one channel stand
 * together.
 *
 * @throws ValueError for impossible options, ShapeError for an input with other axes or smaller than the window.
 * @example
 * depthwiseConv1d({ kernelSize: 3, depthMultiplier: 2 }).outputShape([null, 10, 4]); // => [null, 8, 8]
 */
export const depthwiseConv1d: LayerFactory<readonly [options: DepthwiseOptions]> = defineLayer({
  className: 'DepthwiseConv1D',
  ...depthwiseConvolution('DepthwiseConv1D', 1),
});
