import type { ConvLstmOptions } from './conv-lstm.js';
import { convLstm } from './conv-lstm.js';
import type { RecurrentFactory } from './recurrent-layer.js';

/**
 * A recurrent layer over a sequence of images, such as films, radar pictures or maps over time: an `lstm` whose products are
 * convolutions, so that memory and output are images too. Input `[batch, steps, height, width, channels]`; kernel
 * `[...kernelSize, channels, 4 filters]`, recurrentKernel `[...kernelSize, filters, 4 filters]`, bias `[4 filters]`, gates i, f, c, o.
 *
 * @throws ValueError for impossible options, ShapeError for inputs with other axes or of unknown size.
 * @example
 * convLSTM2d({ filters: 4, kernelSize: 3, padding: 'same' }).outputShape([null, 10, 28, 28, 1]); // => [null, 28, 28, 4]
 *
 * Source: Shi et al. 2015.
 */
export const convLSTM2d: RecurrentFactory<ConvLstmOptions> = convLstm('ConvLSTM2D', 2);
