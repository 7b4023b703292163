import type { ConvolutionOptions } from './convolution.js';
import { convolution } from './convolution.js';
import type { LayerFactory } from './layer.js';
import { defineLayer } from './layer.js';

/**
 * Convolution over two axes: images. One small window of weights slides over the input, so the same pattern is found
 * anywhere. Kernel `[kh, kw, channels / groups, filters]`, bias `[filters]`; no flipping (cross-correlation).
 *
 * @throws ValueError for impossible options, ShapeError for an input with other axes or smaller than the window.
 * @example
 * conv2d({ filters: 8, kernelSize: 3 }).outputShape([null, 28, 28, 3]); // => [null, 26, 26, 8]
 */
export const conv2d: LayerFactory<readonly [options: ConvolutionOptions]> = defineLayer({
  className: 'Conv2D',
  ...convolution('Conv2D', 2),
});
