import { mean, where } from '@gradus/tensor';
import { checkSameShape } from './align.js';
import { defineLoss } from './loss.js';
import type { Loss, LossOptions } from './loss.js';

/** Options of `huber`. */
export interface HuberOptions extends LossOptions {
  /** Where the parabola becomes a straight line. Default 1. */
  readonly delta?: number;
}

/**
 * Squared error near zero, absolute error beyond `delta`: smooth at the minimum, calm about outliers.
 *
 * `loss = mean(e² / 2 if |e| ≤ delta, else delta · |e| - delta² / 2)` with `e = prediction - target`.
 *
 * @throws ShapeError when target and prediction have different shapes.
 * @example
 * huber()(tensor([[0, 0]]), tensor([[1, 3]])).toArray(); // => [1.5]
 * @see P. J. Huber, Robust Estimation of a Location Parameter, 1964.
 */
export function huber(options: HuberOptions = {}): Loss {
  const delta = options.delta ?? 1;
  return defineLoss({
    className: 'Huber',
    name: 'huberLoss',
    options,
    config: { delta },
    check: checkSameShape,
    call: (target, prediction) => {
      const error = prediction.sub(target);
      const size = error.abs();
      const parabola = error.square().mul(0.5);
      const line = size.mul(delta).sub(0.5 * delta * delta);
      return mean(where(size.lessEqual(delta), parabola, line), { axis: -1 });
    },
  });
}
