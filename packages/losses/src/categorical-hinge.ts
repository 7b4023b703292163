import { max, sum } from '@gradus/tensor';
import { checkSameShape } from './align.js';
import { defineLoss } from './loss.js';
import type { Loss, LossOptions } from './loss.js';

/**
 * Margin between the right class and the best wrong one, for one-hot targets.
 *
 * `loss = max(max((1 - target) · prediction) - sum(target · prediction) + 1, 0)` over the last axis.
 *
 * @throws ShapeError when target and prediction have different shapes.
 */
export function categoricalHinge(options?: LossOptions): Loss {
  return defineLoss({
    className: 'CategoricalHinge',
    name: 'categoricalHinge',
    options,
    check: checkSameShape,
    call: (target, prediction) => {
      const right = sum(target.mul(prediction), { axis: -1 });
      const wrong = max(target.neg().add(1).mul(prediction), { axis: -1 });
      return wrong.sub(right).add(1).maximum(0);
    },
  });
}
