import { mean } from '@gradus/tensor';
import { checkSameShape } from './align.js';
import { defineLoss } from './loss.js';
import type { Loss, LossOptions } from './loss.js';

/**
 * The mean of squared errors: the usual loss of regression. Large errors count far more than small ones.
 *
 * `loss = mean((prediction - target)², last axis)`, from `[batch, ..., features]` to `[batch, ...]`.
 *
 * @throws ShapeError when target and prediction have different shapes.
 * @example
 * meanSquaredError()(tensor([[1, 2]]), tensor([[2, 4]])).toArray(); // => [2.5]
 */
export function meanSquaredError(options?: LossOptions): Loss {
  return defineLoss({
    className: 'MeanSquaredError',
    name: 'meanSquaredError',
    options,
    check: checkSameShape,
    call: (target, prediction) => mean(prediction.sub(target).square(), { axis: -1 }),
  });
}
