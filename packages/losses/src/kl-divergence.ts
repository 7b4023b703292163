import { sum } from '@gradus/tensor';
import { checkSameShape } from './align.js';
import { EPSILON } from './epsilon.js';
import { defineLoss } from './loss.js';
import type { Loss, LossOptions } from './loss.js';

/**
 * Kullback-Leibler divergence of the predicted distribution from the target distribution: the extra cost of describing
 * the target with the prediction's code.
 *
 * `loss = sum(target · log(target / prediction), last axis)`, both clipped to `[1e-7, 1]`.
 *
 * @throws ShapeError when target and prediction have different shapes.
 */
export function klDivergence(options?: LossOptions): Loss {
  return defineLoss({
    className: 'KLDivergence',
    name: 'klDivergence',
    options,
    check: checkSameShape,
    call: (target, prediction) => {
      const p = target.clip(EPSILON, 1);
      const q = prediction.clip(EPSILON, 1);
      return sum(p.mul(p.div(q).log()), { axis: -1 });
    },
  });
}
