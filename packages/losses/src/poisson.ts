import { mean } from '@gradus/tensor';
import { checkSameShape } from './align.js';
import { EPSILON } from './epsilon.js';
import { defineLoss } from './loss.js';
import type { Loss, LossOptions } from './loss.js';

/**
 * Negative log-likelihood of counts under a Poisson distribution whose rate is predicted (up to a constant).
 *
 * `loss = mean(prediction - target · log(prediction + 1e-7), last axis)`.
 *
 * @throws ShapeError when target and prediction have different shapes.
 */
export function poisson(options?: LossOptions): Loss {
  return defineLoss({
    className: 'Poisson',
    name: 'poisson',
    options,
    check: checkSameShape,
    call: (target, prediction) =>
      mean(prediction.sub(target.mul(prediction.add(EPSILON).log())), { axis: -1 }),
  });
}
