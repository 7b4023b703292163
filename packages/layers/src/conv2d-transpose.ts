import type { LayerFactory } from './layer.js';
import { defineLayer } from './layer.js';
import type { TransposedConvolutionOptions } from './transposed-convolution.js';
import { transposedConvolution } from './transposed-convolution.js';

/**
 * Transposed convolution over two axes: images. The way back of a convolution: it makes its input larger, and learns how.
 * Kernel `[kh, kw, filters, channels]`, bias `[filters]`. With reach K = dilationRate (kernelSize - 1) + 1, the length n becomes
 * (n - 1) stride + max(K, stride) for 'valid' and n stride for 'same'; `outputPadding` p makes it (n - 1) stride + K + p and
 * (n - 1) stride + K mod 2 + p.
 *
 * @throws ValueError for impossible options, ShapeError for an input with other axes.
 * @example
 * conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2, padding: 'same' }).outputShape([null, 14, 14, 8]); // => [null, 28, 28, 3]
 */
export const conv2dTranspose: LayerFactory<readonly [options: TransposedConvolutionOptions]> =
  defineLayer({
    className: 'Conv2DTranspose',
    ...transposedConvolution('Conv2DTranspose', 2),
  });
