import { where } from '@gradus/tensor';
import { elementwiseMerge } from './elementwise-merge.js';
import type { LayerFactory, LayerOptions } from './layer.js';
import { defineMergeLayer } from './layer.js';
import { joinMasks } from './merge-masks.js';

/**
 * The product of a list of inputs, number by number: the merge of a gate.
 *
 * @throws ShapeError when the inputs do not fit together, or are fewer than two.
 * @example
 * multiply().outputShape([[null, 8], [null, 8]]); // => [null, 8]
 */
export const multiply: LayerFactory<readonly [options?: LayerOptions]> = defineMergeLayer({
  className: 'Multiply',
  ...elementwiseMerge('Multiply', (inputs, masks) => {
    // A masked number counts as 1; where all are masked, the product is 0.
    const factors = inputs.map((x, i) => (masks[i] ? where(masks[i], x, 1) : x));
    const product = factors.reduce((a, b) => a.mul(b));
    const some = joinMasks(masks);
    return some === null ? product : where(some, product, 0);
  }),
});
