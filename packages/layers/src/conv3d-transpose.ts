import type { LayerFactory } from './layer.js';
import { defineLayer } from './layer.js';
import type { TransposedConvolutionOptions } from './transposed-convolution.js';
import { transposedConvolution } from './transposed-convolution.js';

/**
 * Transposed convolution over three axes: volumes, videos. The way back of a convolution: it makes its input larger, and learns how.
 * Kernel `[kd, kh, kw, filters, channels]`, bias `[filters]`. With reach K = dilationRate (kernelSize - 1) + 1, the length n becomes
 * (n - 1) stride + max(K, stride) for 'valid' and n stride for 'same'; `outputPadding` p makes it (n - 1) stride + K + p and
 * (n - 1) stride + K mod 2 + p.
 *
 * @throws ValueError for impossible options, ShapeError for an input with other axes.
 * @example
 * conv3dTranspose({ filters: 2, kernelSize: 2, strides: 2 }).outputShape([null, 4, 4, 4, 8]); // => [null, 8, 8, 8, 2]
 */
export const conv3dTranspose: LayerFactory<readonly [options: TransposedConvolutionOptions]> =
  defineLayer({
    className: 'Conv3DTranspose',
    ...transposedConvolution('Conv3DTranspose', 3),
  });
