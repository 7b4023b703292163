import { full } from '@gradus/tensor';
import { defineOptimizer } from './define-optimizer.js';
import type { Optimizer, OptimizerOptions } from './optimizer.js';

/** Options of `ftrl`. */
export interface FtrlOptions extends OptimizerOptions {
  /** At most 0; -0.5 makes steps shrink with the root of the summed squares. Default -0.5. */
  readonly learningRatePower?: number;
  /** First value of the accumulators. Default 0.1. */
  readonly initialAccumulatorValue?: number;
  /** Pulls weights to exactly zero. Default 0. */
  readonly l1RegularizationStrength?: number;
  /** Pulls weights towards zero. Default 0. */
  readonly l2RegularizationStrength?: number;
  /** An L2 penalty on the gradient side only. Default 0. */
  readonly l2ShrinkageRegularizationStrength?: number;
  /** Smooths the first steps. Default 0. */
  readonly beta?: number;
}

/**
 * Follow the regularized leader: for sparse linear models, where many weights should end at exactly zero.
 *
 * `a' = a + g²`, `z ← z + g - (a'^-p - a^-p) / learningRate · w`,
 * `w = (clip(z, -l1, l1) - z) / (a'^-p / learningRate + 2 · l2)`, with `p = learningRatePower` and
 * `l2 + beta / (2 · learningRate)` for `l2`.
 *
 * @param options `learningRate` 0.001 and the defaults above.
 * @see H. B. McMahan et al., Ad Click Prediction: a View from the Trenches, 2013.
 */
export function ftrl(options: FtrlOptions = {}): Optimizer {
  const { learningRatePower = -0.5, initialAccumulatorValue = 0.1, beta = 0 } = options;
  const { l1RegularizationStrength = 0, l2RegularizationStrength = 0 } = options;
  const { l2ShrinkageRegularizationStrength: shrinkage = 0 } = options;
  return defineOptimizer<'accumulator' | 'linear'>({
    className: 'Ftrl',
    name: 'ftrl',
    options,
    defaultLearningRate: 0.001,
    config: {
      learningRatePower,
      initialAccumulatorValue,
      l1RegularizationStrength,
      l2RegularizationStrength,
      l2ShrinkageRegularizationStrength: shrinkage,
      beta,
    },
    slotGroups: [[{ name: 'accumulator', initial: initialAccumulatorValue }, { name: 'linear' }]],
    update: (g, w, slots, { learningRate }) => {
      const shrunk = shrinkage > 0 ? g.add(w.mul(2 * shrinkage)) : g;
      const accumulator = slots.accumulator.add(g.square());
      const after = accumulator.pow(-learningRatePower);
      const before = slots.accumulator.pow(-learningRatePower);
      const linear = slots.linear.add(shrunk.sub(after.sub(before).div(learningRate).mul(w)));
      const l2 = full([], beta).div(learningRate.mul(2)).add(l2RegularizationStrength);
      const quadratic = after.div(learningRate).add(l2.mul(2));
      const clipped = linear.clip(-l1RegularizationStrength, l1RegularizationStrength);
      return { w: clipped.sub(linear).div(quadratic), slots: { accumulator, linear } };
    },
  });
}
