import { elementwiseMerge } from './elementwise-merge.js';
import type { LayerFactory, LayerOptions } from './layer.js';
import { defineMergeLayer } from './layer.js';

/**
 * The mean of a list of inputs, number by number.
 *
 * @throws ShapeError when the inputs do not fit together, or are fewer than two.
 * @example
 * average().outputShape([[null, 8], [null, 8]]); // => [null, 8]
 */
export const average: LayerFactory<readonly [options?: LayerOptions]> = defineMergeLayer({
  className: 'Average',
  ...elementwiseMerge('Average', (inputs) =>
    inputs.reduce((sum, x) => sum.add(x)).div(inputs.length),
  ),
});
