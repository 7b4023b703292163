import type { ConvLstmOptions } from './conv-lstm.js';
import { convLstm } from './conv-lstm.js';
import type { RecurrentFactory } from './recurrent-layer.js';

/**
 * A recurrent layer over a sequence of rows of numbers, such as the readings of many sensors side by side: an `lstm` whose
 * products are convolutions, so that memory and output are rows too. Input `[batch, steps, length, channels]`; kernel
 * `[...kernelSize, channels, 4 filters]`, recurrentKernel `[...kernelSize, filters, 4 filters]`, bias `[4 filters]`, gates i, f, c, o.
 *
 * @throws ValueError for impossible options, ShapeError for inputs with other axes or of unknown size.
 * @example
 * convLSTM1d({ filters: 4, kernelSize: 3 }).outputShape([null, 10, 28, 2]); // => [null, 26, 4]
 *
 * Source: Shi et al. 2015.
 */
export const convLSTM1d: RecurrentFactory<ConvLstmOptions> = convLstm('ConvLSTM1D', 1);
