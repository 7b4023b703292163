import type { ConvolutionOptions } from './convolution.js';
import { convolution } from './convolution.js';
import type { LayerFactory } from './layer.js';
import { defineLayer } from './layer.js';

/**
 * Convolution over one axis: series, sound. One small window of weights slides over the input, so the same pattern is found
 * anywhere. Kernel `[k, channels / groups, filters]`, bias `[filters]`; no flipping (cross-correlation).
 *
 * @throws ValueError for impossible options, ShapeError for an input with other axes or smaller than the window.
 * @example
 * conv1d({ filters: 8, kernelSize: 3 }).outputShape([null, 100, 3]); // => [null, 98, 8]
 */
export const conv1d: LayerFactory<readonly [options: ConvolutionOptions]> = defineLayer({
  className: 'Conv1D',
  ...convolution('Conv1D', 1),
});
