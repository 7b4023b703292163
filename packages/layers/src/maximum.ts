import { elementwiseMerge } from './elementwise-merge.js';
import type { LayerFactory, LayerOptions } from './layer.js';
import { defineMergeLayer } from './layer.js';
import { combineUnmasked } from './merge-masks.js';

/**
 * The largest of a list of inputs, number by number.
 *
 * @throws ShapeError when the inputs do not fit together, or are fewer than two.
 * @example
 * maximum().outputShape([[null, 8], [null, 8]]); // => [null, 8]
 */
export const maximum: LayerFactory<readonly [options?: LayerOptions]> = defineMergeLayer({
  className: 'Maximum',
  ...elementwiseMerge('Maximum', (inputs, masks) =>
    combineUnmasked((a, b) => a.maximum(b), inputs, masks),
  ),
});
