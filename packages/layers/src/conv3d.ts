import type { ConvolutionOptions } from './convolution.js';
import { convolution } from './convolution.js';
import type { LayerFactory } from './layer.js';
import { defineLayer } from './layer.js';

/**
 * Convolution over three axes: volumes, videos. One small window of weights slides over the input, so the same pattern is found
 * anywhere. Kernel `[kd, kh, kw, channels / groups, filters]`, bias `[filters]`; no flipping (cross-correlation).
 *
 * @throws ValueError for impossible options, ShapeError for an input with other axes or smaller than the window.
 * @example
 * conv3d({ filters: 8, kernelSize: 3 }).outputShape([null, 9, 9, 9, 3]); // => [null, 7, 7, 7, 8]
 */
export const conv3d: LayerFactory<readonly [options: ConvolutionOptions]> = defineLayer({
  className: 'Conv3D',
  ...convolution('Conv3D', 3),
});
