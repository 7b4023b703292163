import { all, mean, where } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { checkSameShape } from './align.js';
import { defineLoss } from './loss.js';
import type { Loss, LossOptions } from './loss.js';

/** Labels 0 and 1 become -1 and 1, if there are no others in the batch. */
export function signedLabels(target: Tensor): Tensor {
  const binary = all(target.equal(0).or(target.equal(1)));
  return where(binary, target.mul(2).sub(1), target);
}

/**
 * Distance to the right side of a margin, for labels -1 and 1 (or 0 and 1): the loss of support vector machines.
 *
 * `loss = mean(max(1 - target · prediction, 0), last axis)`.
 *
 * @throws ShapeError when target and prediction have different shapes.
 * @example
 * hinge()(tensor([[0, 1]]), tensor([[-0.5, 2]])).toArray(); // => [0.25]
 */
export function hinge(options?: LossOptions): Loss {
  return defineLoss({
    className: 'Hinge',
    name: 'hinge',
    options,
    check: checkSameShape,
    call: (target, prediction) =>
      mean(signedLabels(target).mul(prediction).neg().add(1).maximum(0), { axis: -1 }),
  });
}
