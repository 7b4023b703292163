import type { LstmCellOptions } from './lstm-cell.js';
import { lstmParts } from './lstm-cell.js';
import type { RecurrentFactory, RecurrentLayerOptions } from './recurrent-layer.js';
import { defineRecurrent, layerOfCell } from './recurrent-layer.js';

/** Options of {@link lstm}. */
export interface LstmOptions extends LstmCellOptions, RecurrentLayerOptions {}

/**
 * Long short-term memory: reads a sequence `[batch, steps, features]` step by step and keeps what matters in a memory that
 * gates guard, see {@link lstmCell}. It gives the last output `[batch, units]`, with `returnSequences` that of every step, and
 * with `returnState` also the states h and c, from which another layer may start: `lstm(...)(x, { initialState: [h, c] })`.
 *
 * @throws ValueError for impossible options, ShapeError for inputs that are no sequences of known features.
 * @example
 * lstm({ units: 4 }).outputShape([null, 10, 3]); // => [null, 4]
 *
 * Source: Hochreiter & Schmidhuber 1997.
 */
export const lstm: RecurrentFactory<LstmOptions> = defineRecurrent(
  layerOfCell(lstmParts('LSTM'), () => ['batch', 'steps', 'features']),
);
