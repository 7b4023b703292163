import { mean } from '@gradus/tensor';
import { checkSameShape } from './align.js';
import { EPSILON } from './epsilon.js';
import { defineLoss } from './loss.js';
import type { Loss, LossOptions } from './loss.js';

/**
 * Squared error of the logarithms: for positive targets that span orders of magnitude, where the ratio matters.
 *
 * `loss = mean((log(max(target, 1e-7) + 1) - log(max(prediction, 1e-7) + 1))², last axis)`.
 *
 * @throws ShapeError when target and prediction have different shapes.
 */
export function meanSquaredLogarithmicError(options?: LossOptions): Loss {
  return defineLoss({
    className: 'MeanSquaredLogarithmicError',
    name: 'meanSquaredLogarithmicError',
    options,
    check: checkSameShape,
    call: (target, prediction) => {
      const targetLog = target.maximum(EPSILON).add(1).log();
      const predictionLog = prediction.maximum(EPSILON).add(1).log();
      return mean(targetLog.sub(predictionLog).square(), { axis: -1 });
    },
  });
}
