import { sum } from '@gradus/tensor';
import type { ReduceOptions } from '@gradus/tensor';
import { checkSameShape } from './align.js';
import { EPSILON } from './epsilon.js';
import { defineLoss } from './loss.js';
import type { Loss, LossOptions } from './loss.js';

/** Options of `dice`. */
export interface DiceOptions extends LossOptions {
  /** Axes over which the overlap is counted. Default null: all of them, which gives a single value. */
  readonly axis?: number | readonly number[] | null;
}

/** Options of `tversky`. */
export interface TverskyOptions extends DiceOptions {
  /** Weight of what was missed (as Keras computes it, whose text says the opposite). Default 0.5. */
  readonly alpha?: number;
  /** Weight of what was marked in error. Default 0.5. */
  readonly beta?: number;
}

const over = (axis: number | readonly number[] | null): ReduceOptions =>
  axis === null ? {} : { axis };

/**
 * One minus the overlap of two masks: for segmentation, where nearly all pixels are background.
 *
 * `loss = 1 - (2 · sum(target · prediction) + 1e-7) / (sum(target) + sum(prediction) + 1e-7)`.
 */
export function dice(options: DiceOptions = {}): Loss {
  const axis = options.axis ?? null;
  return defineLoss({
    className: 'Dice',
    name: 'dice',
    options,
    config: { axis },
    check: checkSameShape,
    call: (target, prediction) => {
      const shared = sum(target.mul(prediction), over(axis)).mul(2).add(EPSILON);
      const total = sum(target, over(axis))
        .add(sum(prediction, over(axis)))
        .add(EPSILON);
      return shared.div(total).neg().add(1);
    },
  });
}

/**
 * `dice` with a choice of which mistake is worse: `alpha` weighs misses, `beta` false alarms.
 *
 * `loss = 1 - (shared + 1e-7) / (shared + alpha · falseNegatives + beta · falsePositives + 1e-7)`.
 *
 * @see S. Salehi et al., Tversky loss function for image segmentation, 2017.
 */
export function tversky(options: TverskyOptions = {}): Loss {
  const { alpha = 0.5, beta = 0.5, axis = null } = options;
  return defineLoss({
    className: 'Tversky',
    name: 'tversky',
    options,
    config: { alpha, beta, axis },
    check: checkSameShape,
    call: (target, prediction) => {
      const shared = sum(target.mul(prediction), over(axis));
      const falsePositives = sum(target.neg().add(1).mul(prediction), over(axis));
      const falseNegatives = sum(target.mul(prediction.neg().add(1)), over(axis));
      const total = shared
        .add(falseNegatives.mul(alpha))
        .add(falsePositives.mul(beta))
        .add(EPSILON);
      return shared.add(EPSILON).div(total).neg().add(1);
    },
  });
}
