import type { GruCellOptions } from './gru-cell.js';
import { gruParts } from './gru-cell.js';
import type { RecurrentFactory, RecurrentLayerOptions } from './recurrent-layer.js';
import { defineRecurrent, layerOfCell } from './recurrent-layer.js';

/** Options of {@link gru}. */
export interface GruOptions extends GruCellOptions, RecurrentLayerOptions {}

/**
 * Gated recurrent units: like `lstm` with fewer gates and no memory beside the output, see {@link gruCell}. It gives the last
 * output `[batch, units]` of a sequence `[batch, steps, features]`, or with `returnSequences` that of every step.
 *
 * @throws ValueError for impossible options, ShapeError for inputs that are no sequences of known features.
 * @example
 * gru({ units: 4, returnState: true }).outputShape([null, 10, 3]); // => [[null, 4], [null, 4]]
 *
 * Source: Cho et al. 2014.
 */
export const gru: RecurrentFactory<GruOptions> = defineRecurrent(
  layerOfCell(gruParts('GRU'), () => ['batch', 'steps', 'features']),
);
