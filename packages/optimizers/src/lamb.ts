import { sum, where } from '@gradus/tensor';
import { moments, power } from './adam.js';
import { defineOptimizer } from './define-optimizer.js';
import type { Optimizer, OptimizerOptions } from './optimizer.js';

/** Options of `lamb`. */
export interface LambOptions extends OptimizerOptions {
  /** Share of the old mean of gradients that stays. Default 0.9. */
  readonly beta1?: number;
  /** Share of the old mean of squared gradients that stays. Default 0.999. */
  readonly beta2?: number;
  /** Added to the root. Default 1e-7. */
  readonly epsilon?: number;
}

/**
 * Adam whose step is as long as the parameter it moves, times the learning rate: for very large batches.
 *
 * `u = m̂ / (√v̂ + epsilon)`, `w ← w - learningRate · ‖w‖ / ‖u‖ · u` (ratio 1 when either length is 0).
 *
 * @param options `learningRate` 0.001, `beta1` 0.9, `beta2` 0.999, `epsilon` 1e-7.
 * @see Y. You et al., Large Batch Optimization for Deep Learning, 2019.
 */
export function lamb(options: LambOptions = {}): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = options;
  return defineOptimizer<'momentum' | 'velocity'>({
    className: 'Lamb',
    name: 'lamb',
    options,
    defaultLearningRate: 0.001,
    config: { beta1, beta2, epsilon },
    slotGroups: [[{ name: 'momentum' }, { name: 'velocity' }]],
    update: (g, w, slots, { learningRate, step }) => {
      const { momentum, velocity } = moments(g, slots, beta1, beta2);
      const mean = momentum.div(power(beta1, step).neg().add(1));
      const root = velocity.div(power(beta2, step).neg().add(1)).sqrt().add(epsilon);
      const change = mean.div(root);
      const weightNorm = sum(w.square()).sqrt();
      const changeNorm = sum(change.square()).sqrt();
      const bothPositive = weightNorm.greater(0).and(changeNorm.greater(0));
      const ratio = where(bothPositive, weightNorm.div(where(bothPositive, changeNorm, 1)), 1);
      return { w: w.sub(change.mul(ratio.mul(learningRate))), slots: { momentum, velocity } };
    },
  });
}
