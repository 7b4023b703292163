import { defineOptimizer } from './define-optimizer.js';
import type { Optimizer, OptimizerOptions } from './optimizer.js';

/** Options of `lion`. */
export interface LionOptions extends OptimizerOptions {
  /** Share of the momentum in the direction of a step. Default 0.9. */
  readonly beta1?: number;
  /** Share of the old momentum that stays. Default 0.99. */
  readonly beta2?: number;
}

/**
 * Lion: every weight moves by the same length, only the sign is learned. Half of Adam's memory; wants a learning rate
 * some three to ten times smaller.
 *
 * `w ← w - learningRate · sign(beta1 · m + (1 - beta1) · g)`, `m ← beta2 · m + (1 - beta2) · g`.
 *
 * @param options `learningRate` 0.001, `beta1` 0.9, `beta2` 0.99.
 * @see X. Chen et al., Symbolic Discovery of Optimization Algorithms, 2023.
 */
export function lion(options: LionOptions = {}): Optimizer {
  const { beta1 = 0.9, beta2 = 0.99 } = options;
  return defineOptimizer<'momentum'>({
    className: 'Lion',
    name: 'lion',
    options,
    defaultLearningRate: 0.001,
    config: { beta1, beta2 },
    slotGroups: [[{ name: 'momentum' }]],
    update: (g, w, { momentum }, { learningRate }) => ({
      w: w.sub(
        momentum
          .mul(beta1)
          .add(g.mul(1 - beta1))
          .sign()
          .mul(learningRate),
      ),
      slots: { momentum: momentum.mul(beta2).add(g.mul(1 - beta2)) },
    }),
  });
}
