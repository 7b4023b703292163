import type { LayerFactory } from './layer.js';
import { defineLayer } from './layer.js';
import type { TransposedConvolutionOptions } from './transposed-convolution.js';
import { transposedConvolution } from './transposed-convolution.js';

/**
 * Transposed convolution over one axis: series, sound. The way back of a convolution: it makes its input larger, and learns how.
 * Kernel `[k, filters, channels]`, bias `[filters]`. With reach K = dilationRate (kernelSize - 1) + 1, the length n becomes
 * (n - 1) stride + max(K, stride) for 'valid' and n stride for 'same'; `outputPadding` p makes it (n - 1) stride + K + p and
 * (n - 1) stride + K mod 2 + p.
 *
 * @throws ValueError for impossible options, ShapeError for an input with other axes.
 * @example
 * conv1dTranspose({ filters: 4, kernelSize: 3, strides: 2 }).outputShape([null, 10, 8]); // => [null, 21, 4]
 */
export const conv1dTranspose: LayerFactory<readonly [options: TransposedConvolutionOptions]> =
  defineLayer({
    className: 'Conv1DTranspose',
    ...transposedConvolution('Conv1DTranspose', 1),
  });
