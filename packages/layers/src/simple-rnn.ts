import type { RecurrentFactory, RecurrentLayerOptions } from './recurrent-layer.js';
import { defineRecurrent, layerOfCell } from './recurrent-layer.js';
import type { SimpleRNNCellOptions } from './simple-rnn-cell.js';
import { simpleRNNParts } from './simple-rnn-cell.js';

/** Options of {@link simpleRNN}. */
export interface SimpleRNNOptions extends SimpleRNNCellOptions, RecurrentLayerOptions {}

/**
 * The plainest recurrent layer: at every step of `[batch, steps, features]` the last output is an input too, see
 * {@link simpleRNNCell}. It gives the last output `[batch, units]`, or with `returnSequences` that of every step. It forgets
 * within a few steps; `lstm` and `gru` remember longer.
 *
 * @throws ValueError for impossible options, ShapeError for inputs that are no sequences of known features.
 * @example
 * simpleRNN({ units: 4, returnSequences: true }).outputShape([null, 10, 3]); // => [null, 10, 4]
 *
 * Source: Elman 1990.
 */
export const simpleRNN: RecurrentFactory<SimpleRNNOptions> = defineRecurrent(
  layerOfCell(simpleRNNParts('SimpleRNN'), () => ['batch', 'steps', 'features']),
);
