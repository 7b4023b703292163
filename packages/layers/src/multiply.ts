import { elementwiseMerge } from './elementwise-merge.js';
import type { LayerFactory, LayerOptions } from './layer.js';
import { defineMergeLayer } from './layer.js';

/**
 * The product of a list of inputs, number by number: the merge of a gate.
 *
 * @throws ShapeError when the inputs do not fit together, or are fewer than two.
 * @example
 * multiply().outputShape([[null, 8], [null, 8]]); // => [null, 8]
 */
export const multiply: LayerFactory<readonly [options?: LayerOptions]> = defineMergeLayer({
  className: 'Multiply',
  ...elementwiseMerge('Multiply', (inputs) => inputs.reduce((product, x) => product.mul(x))),
});
