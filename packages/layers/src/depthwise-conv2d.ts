import type { DepthwiseOptions } from './depthwise-convolution.js';
import { depthwiseConvolution } from './depthwise-convolution.js';
import type { LayerFactory } from './layer.js';
import { defineLayer } from './layer.js';

/**
 * Convolution over two axes: images, of each channel by itself: `depthMultiplier` windows for every channel, and no sum over
 * channels. Kernel `[kh, kw, channels, depthMultiplier]`, bias `[channels depthMultiplier]`; the results of one channel stand
 * together.
 *
 * @throws ValueError for impossible options, ShapeError for an input with other axes or smaller than the window.
 * @example
 * depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2 }).outputShape([null, 28, 28, 4]); // => [null, 26, 26, 8]
 */
export const depthwiseConv2d: LayerFactory<readonly [options: DepthwiseOptions]> = defineLayer({
  className: 'DepthwiseConv2D',
  ...depthwiseConvolution('DepthwiseConv2D', 2),
});
