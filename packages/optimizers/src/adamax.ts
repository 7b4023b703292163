import { maximum } from '@gradus/tensor';
import { power } from './adam.js';
import { defineOptimizer } from './define-optimizer.js';
import type { Optimizer, OptimizerOptions } from './optimizer.js';

/** Options of `adamax`. */
export interface AdamaxOptions extends OptimizerOptions {
  /** Share of the old mean of gradients that stays. Default 0.9. */
  readonly beta1?: number;
  /** Share of the old largest gradient that stays. Default 0.999. */
  readonly beta2?: number;
  /** Added to the divisor. Default 1e-7. */
  readonly epsilon?: number;
}

/**
 * Adam with the largest recent gradient in place of the root mean square.
 *
 * `m ← m + (g - m)(1 - beta1)`, `u ← max(beta2 · u, |g|)`, `w ← w - learningRate · m / ((1 - beta1^t)(u + epsilon))`.
 *
 * @param options `learningRate` 0.001, `beta1` 0.9, `beta2` 0.999, `epsilon` 1e-7.
 * @see D. Kingma, J. Ba, Adam: A Method for Stochastic Optimization, section 7, 2014.
 */
export function adamax(options: AdamaxOptions = {}): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = options;
  return defineOptimizer<'momentum' | 'norm'>({
    className: 'Adamax',
    name: 'adamax',
    options,
    defaultLearningRate: 0.001,
    config: { beta1, beta2, epsilon },
    slotGroups: [[{ name: 'momentum' }, { name: 'norm' }]],
    update: (g, w, slots, { learningRate, step }) => {
      const momentum = slots.momentum.add(g.sub(slots.momentum).mul(1 - beta1));
      const norm = maximum(slots.norm.mul(beta2), g.abs());
      const divisor = norm.add(epsilon).mul(power(beta1, step).neg().add(1));
      return { w: w.sub(momentum.mul(learningRate).div(divisor)), slots: { momentum, norm } };
    },
  });
}
