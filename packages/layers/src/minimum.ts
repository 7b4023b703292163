import { elementwiseMerge } from './elementwise-merge.js';
import type { LayerFactory, LayerOptions } from './layer.js';
import { defineMergeLayer } from './layer.js';
import { combineUnmasked } from './merge-masks.js';

/**
 * The smallest of a list of inputs, number by number.
 *
 * @throws ShapeError when the inputs do not fit together, or are fewer than two.
 * @example
 * minimum().outputShape([[null, 8], [null, 8]]); // => [null, 8]
 */
export const minimum: LayerFactory<readonly [options?: LayerOptions]> = defineMergeLayer({
  className: 'Minimum',
  ...elementwiseMerge('Minimum', (inputs, masks) =>
    combineUnmasked((a, b) => a.minimum(b), inputs, masks),
  ),
});
