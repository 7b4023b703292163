import { mean } from '@gradus/tensor';
import { checkSameShape } from './align.js';
import { signedLabels } from './hinge.js';
import { defineLoss } from './loss.js';
import type { Loss, LossOptions } from './loss.js';

/**
 * `hinge` squared: smooth at the margin, harsher far on the wrong side.
 *
 * `loss = mean(max(1 - target · prediction, 0)², last axis)`, labels -1 and 1 (or 0 and 1).
 *
 * @throws ShapeError when target and prediction have different shapes.
 */
export function squaredHinge(options?: LossOptions): Loss {
  return defineLoss({
    className: 'SquaredHinge',
    name: 'squaredHinge',
    options,
    check: checkSameShape,
    call: (target, prediction) =>
      mean(signedLabels(target).mul(prediction).neg().add(1).maximum(0).square(), { axis: -1 }),
  });
}
