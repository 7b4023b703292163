import { layerLabel } from './layer-errors.js';
import type { RecurrentCell } from './recurrent-cell.js';
import type {
  RecurrentFactory,
  RecurrentLayerConfig,
  RecurrentLayerOptions,
} from './recurrent-layer.js';
import { defineRecurrent, recurrentLayer, resolveRecurrentLayer } from './recurrent-layer.js';
import { asCell } from './stacked-rnn-cells.js';

/** Options of {@link rnn}. */
export interface RnnOptions extends RecurrentLayerOptions {
  /** What happens at each step; a list of cells is a stack. */
  readonly cell: RecurrentCell | readonly RecurrentCell[];
}

interface RnnConfig extends RecurrentLayerConfig {
  readonly cell: RecurrentCell;
}

/**
 * Runs a cell over a sequence `[batch, steps, ...]`: `lstmCell`, `gruCell`, `simpleRNNCell`, a stack of them, or one of your
 * own made with `defineCell`.
 *
 * @throws ValueError for something that is no cell, ShapeError for inputs that are no sequences.
 * @example
 * rnn({ cell: [lstmCell({ units: 8 }), gruCell({ units: 4 })] }).outputShape([null, 10, 3]); // => [null, 4]
 */
export const rnn: RecurrentFactory<RnnOptions> = defineRecurrent({
  resolve: (options: RnnOptions): RnnConfig => ({
    ...resolveRecurrentLayer(options),
    cell: asCell(layerLabel('RNN', options), options.cell),
  }),
  ...recurrentLayer<RnnConfig>(
    'RNN',
    ({ cell }) => cell,
    () => null,
  ),
});
