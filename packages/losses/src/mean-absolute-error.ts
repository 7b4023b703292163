import { mean } from '@gradus/tensor';
import { checkSameShape } from './align.js';
import { defineLoss } from './loss.js';
import type { Loss, LossOptions } from './loss.js';

/**
 * The mean of absolute errors: regression that a few wild targets cannot dominate.
 *
 * `loss = mean(|prediction - target|, last axis)`, from `[batch, ..., features]` to `[batch, ...]`.
 *
 * @throws ShapeError when target and prediction have different shapes.
 * @example
 * meanAbsoluteError()(tensor([[1, 2]]), tensor([[2, 4]])).toArray(); // => [1.5]
 */
export function meanAbsoluteError(options?: LossOptions): Loss {
  return defineLoss({
    className: 'MeanAbsoluteError',
    name: 'meanAbsoluteError',
    options,
    check: checkSameShape,
    call: (target, prediction) => mean(prediction.sub(target).abs(), { axis: -1 }),
  });
}
