import { defineOptimizer } from './define-optimizer.js';
import type { Optimizer, OptimizerOptions } from './optimizer.js';

/** Options of `rmsprop`. */
export interface RmspropOptions extends OptimizerOptions {
  /** Share of the old mean square that stays. Default 0.9. */
  readonly rho?: number;
  /** Share of the last step that is taken again. Default 0. */
  readonly momentum?: number;
  /** Added under the root. Default 1e-7. */
  readonly epsilon?: number;
  /** Whether to divide by the variance of the gradient instead of its mean square. Default false. */
  readonly centered?: boolean;
}

/**
 * RMSprop: steps divided by the running root mean square of the gradient.
 *
 * `v ← rho · v + (1 - rho) · g²`, `w ← w - learningRate · g / √(v + epsilon)`; with `centered` the squared running mean of
 * the gradient is taken from `v`; with momentum the steps accumulate.
 *
 * @param options `learningRate` 0.001, `rho` 0.9, `momentum` 0, `epsilon` 1e-7, `centered` false.
 * @see T. Tieleman, G. Hinton, Lecture 6.5 of Neural Networks for Machine Learning, 2012.
 */
export function rmsprop(options: RmspropOptions = {}): Optimizer {
  const { rho = 0.9, momentum = 0, epsilon = 1e-7, centered = false } = options;
  return defineOptimizer<'velocity' | 'momentum' | 'averageGradient'>({
    className: 'RMSprop',
    name: 'rmsprop',
    options,
    defaultLearningRate: 0.001,
    config: { rho, momentum, epsilon, centered },
    slotGroups: [
      [{ name: 'velocity' }],
      ...(momentum > 0 ? [[{ name: 'momentum' as const }]] : []),
      ...(centered ? [[{ name: 'averageGradient' as const }]] : []),
    ],
    update: (g, w, slots, { learningRate }) => {
      const velocity = slots.velocity.mul(rho).add(g.square().mul(1 - rho));
      const averageGradient = centered
        ? slots.averageGradient.mul(rho).add(g.mul(1 - rho))
        : slots.averageGradient;
      const variance = centered ? velocity.sub(averageGradient.square()) : velocity;
      const increment = g.mul(learningRate).div(variance.add(epsilon).sqrt());
      const step = momentum > 0 ? slots.momentum.mul(momentum).add(increment) : increment;
      return { w: w.sub(step), slots: { velocity, momentum: step, averageGradient } };
    },
  });
}
