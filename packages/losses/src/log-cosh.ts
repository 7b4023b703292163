import { mean, softplus } from '@gradus/tensor';
import { checkSameShape } from './align.js';
import { defineLoss } from './loss.js';
import type { Loss, LossOptions } from './loss.js';

/**
 * The logarithm of the hyperbolic cosine of the error: like `e² / 2` when small, like `|e| - log 2` when large,
 * and smooth everywhere.
 *
 * `loss = mean(e + softplus(-2e) - log 2)` with `e = prediction - target`; this form cannot overflow.
 *
 * @throws ShapeError when target and prediction have different shapes.
 */
export function logCosh(options?: LossOptions): Loss {
  return defineLoss({
    className: 'LogCosh',
    name: 'logCosh',
    options,
    check: checkSameShape,
    call: (target, prediction) => {
      const error = prediction.sub(target);
      return mean(error.add(softplus(error.mul(-2))).sub(Math.LN2), { axis: -1 });
    },
  });
}
