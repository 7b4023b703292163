import { mean } from '@gradus/tensor';
import { checkSameShape } from './align.js';
import { EPSILON } from './epsilon.js';
import { defineLoss } from './loss.js';
import type { Loss, LossOptions } from './loss.js';

/**
 * The mean of absolute errors in percent of the target. Targets near zero make it explode: there it divides by 1e-7.
 *
 * `loss = 100 · mean(|target - prediction| / max(|target|, 1e-7), last axis)`.
 *
 * @throws ShapeError when target and prediction have different shapes.
 * @example
 * meanAbsolutePercentageError()(tensor([[2, 4]]), tensor([[1, 4]])).toArray(); // => [25]
 */
export function meanAbsolutePercentageError(options?: LossOptions): Loss {
  return defineLoss({
    className: 'MeanAbsolutePercentageError',
    name: 'meanAbsolutePercentageError',
    options,
    check: checkSameShape,
    call: (target, prediction) =>
      mean(target.sub(prediction).div(target.abs().maximum(EPSILON)).abs(), { axis: -1 }).mul(100),
  });
}
