import { minimum } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { power } from './adam.js';
import { defineOptimizer } from './define-optimizer.js';
import type { Optimizer, OptimizerOptions } from './optimizer.js';

/** Options of `scheduleFreeAdamW`. */
export interface ScheduleFreeAdamWOptions extends OptimizerOptions {
  /** Where between the fast weights and their average gradients are taken. Default 0.9. */
  readonly beta1?: number;
  /** Share of the old mean of squared gradients that stays. Default 0.999. */
  readonly beta2?: number;
  /** Added to the root. Default 1e-8. */
  readonly epsilon?: number;
  /** Steps in which the rate climbs from 0. Default 0. */
  readonly warmupSteps?: number;
}

/**
 * Adam without a schedule: fast weights `z` take the steps, their average `x` is what is learnt, and gradients are taken
 * between both. No number of steps has to be known in advance.
 *
 * `z ← z - rate · g / (√(v / (1 - beta2^t)) + epsilon)`, `x ← (1 - 1/t) x + z / t`, `w ← (1 - beta1) z + beta1 x`.
 *
 * @param options `learningRate` 0.0025, `beta1` 0.9, `beta2` 0.999, `epsilon` 1e-8, `warmupSteps` 0.
 * @see A. Defazio et al., The Road Less Scheduled, 2024.
 */
export function scheduleFreeAdamW(options: ScheduleFreeAdamWOptions = {}): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, warmupSteps = 0 } = options;
  return defineOptimizer<'momentum' | 'velocity'>({
    className: 'ScheduleFreeAdamW',
    name: 'scheduleFreeAdamW',
    options,
    defaultLearningRate: 0.0025,
    config: { beta1, beta2, epsilon, warmupSteps },
    slotGroups: [[{ name: 'momentum', initial: (w) => w }, { name: 'velocity' }]],
    prepare: ({ learningRate, step }) => ({
      rate: warmupSteps > 0 ? learningRate.mul(minimum(step.div(warmupSteps), 1)) : learningRate,
      correction: power(beta2, step).neg().add(1),
      weight: step.pow(-1),
    }),
    update: (g, w, slots, { common }) => {
      const { rate, correction, weight } = common as Record<
        'rate' | 'correction' | 'weight',
        Tensor
      >;
      const velocity = slots.velocity.add(
        g
          .square()
          .sub(slots.velocity)
          .mul(1 - beta2),
      );
      const root = velocity.div(correction).sqrt().add(epsilon);
      const momentum = slots.momentum.sub(g.mul(rate).div(root));
      const before = w.sub(slots.momentum.mul(1 - beta1)).div(beta1);
      const average = before.mul(weight.neg().add(1)).add(momentum.mul(weight));
      const next = momentum.mul(1 - beta1).add(average.mul(beta1));
      return { w: next, slots: { momentum, velocity } };
    },
  });
}
