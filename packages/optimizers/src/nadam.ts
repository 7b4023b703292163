import type { Tensor } from '@gradus/tensor';
import { moments, power } from './adam.js';
import { defineOptimizer } from './define-optimizer.js';
import type { Optimizer, OptimizerOptions } from './optimizer.js';

/** Options of `nadam`. */
export interface NadamOptions extends OptimizerOptions {
  /** Share of the old mean of gradients that stays. Default 0.9. */
  readonly beta1?: number;
  /** Share of the old mean of squared gradients that stays. Default 0.999. */
  readonly beta2?: number;
  /** Added to the root. Default 1e-7. */
  readonly epsilon?: number;
}

/**
 * Adam that looks ahead along its momentum (Nesterov). The momentum share itself follows
 * `u_t = beta1 · (1 - 0.5 · 0.96^t)`, so a product of all shares so far is part of the state.
 *
 * `w ← w - learningRate · (u_{t+1} m / (1 - Π u_{≤t+1}) + (1 - u_t) g / (1 - Π u_{≤t})) / (√(v / (1 - beta2^t)) + epsilon)`.
 *
 * @param options `learningRate` 0.001, `beta1` 0.9, `beta2` 0.999, `epsilon` 1e-7.
 * @see T. Dozat, Incorporating Nesterov Momentum into Adam, 2016.
 */
export function nadam(options: NadamOptions = {}): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = options;
  const share = (step: Tensor): Tensor => power(0.96, step).mul(-0.5).add(1).mul(beta1);
  return defineOptimizer<'momentum' | 'velocity'>({
    className: 'Nadam',
    name: 'nadam',
    options,
    defaultLearningRate: 0.001,
    config: { beta1, beta2, epsilon },
    slotGroups: [[{ name: 'momentum' }, { name: 'velocity' }]],
    shared: { uProduct: 1 },
    advance: ({ uProduct }, step) => ({ uProduct: (uProduct as Tensor).mul(share(step)) }),
    update: (g, w, slots, { learningRate, step, shared }) => {
      const { momentum, velocity } = moments(g, slots, beta1, beta2);
      const now = share(step);
      const ahead = share(step.add(1));
      const product = shared['uProduct'] as Tensor;
      const fromMomentum = momentum.mul(ahead).div(product.mul(ahead).neg().add(1));
      const fromGradient = g.mul(now.neg().add(1)).div(product.neg().add(1));
      const corrected = velocity.div(power(beta2, step).neg().add(1));
      const change = fromMomentum
        .add(fromGradient)
        .mul(learningRate)
        .div(corrected.sqrt().add(epsilon));
      return { w: w.sub(change), slots: { momentum, velocity } };
    },
  });
}
