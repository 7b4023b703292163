import { elementwiseMerge } from './elementwise-merge.js';
import type { LayerFactory, LayerOptions } from './layer.js';
import { defineMergeLayer } from './layer.js';

/**
 * The sum of a list of inputs, number by number: the merge of a residual connection.
 *
 * @throws ShapeError when the inputs do not fit together, or are fewer than two.
 * @example
 * add().outputShape([[null, 8], [null, 8]]); // => [null, 8]
 */
export const add: LayerFactory<readonly [options?: LayerOptions]> = defineMergeLayer({
  className: 'Add',
  ...elementwiseMerge('Add', (inputs) => inputs.reduce((sum, x) => sum.add(x))),
});
