import type { ConvLstmOptions } from './conv-lstm.js';
import { convLstm } from './conv-lstm.js';
import type { RecurrentFactory } from './recurrent-layer.js';

/**
 * A recurrent layer over a sequence of volumes: an `lstm` whose products are convolutions, so that memory and output are
 * volumes too. Input `[batch, steps, depth, height, width, channels]`; kernel
 * `[...kernelSize, channels, 4 filters]`, recurrentKernel `[...kernelSize, filters, 4 filters]`, bias `[4 filters]`, gates i, f, c, o.
 *
 * @throws ValueError for impossible options, ShapeError for inputs with other axes or of unknown size.
 * @example
 * convLSTM3d({ filters: 4, kernelSize: 2 }).outputShape([null, 5, 8, 8, 8, 1]); // => [null, 7, 7, 7, 4]
 *
 * Source: Shi et al. 2015.
 */
export const convLSTM3d: RecurrentFactory<ConvLstmOptions> = convLstm('ConvLSTM3D', 3);
