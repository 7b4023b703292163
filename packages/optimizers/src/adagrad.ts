import { defineOptimizer } from './define-optimizer.js';
import type { Optimizer, OptimizerOptions } from './optimizer.js';

/** Options of `adagrad`. */
export interface AdagradOptions extends OptimizerOptions {
  /** First value of the accumulators. Default 0.1. */
  readonly initialAccumulatorValue?: number;
  /** Added under the root. Default 1e-7. */
  readonly epsilon?: number;
}

/**
 * Adagrad: weights that rarely get a gradient take larger steps.
 *
 * `a ← a + g²`, `w ← w - learningRate · g / √(a + epsilon)`.
 *
 * @param options `learningRate` 0.001, `initialAccumulatorValue` 0.1, `epsilon` 1e-7.
 * @see J. Duchi et al., Adaptive Subgradient Methods, 2011.
 */
export function adagrad(options: AdagradOptions = {}): Optimizer {
  const { initialAccumulatorValue = 0.1, epsilon = 1e-7 } = options;
  return defineOptimizer<'accumulator'>({
    className: 'Adagrad',
    name: 'adagrad',
    options,
    defaultLearningRate: 0.001,
    config: { initialAccumulatorValue, epsilon },
    slotGroups: [[{ name: 'accumulator', initial: initialAccumulatorValue }]],
    update: (g, w, slots, { learningRate }) => {
      const accumulator = slots.accumulator.add(g.square());
      return {
        w: w.sub(g.mul(learningRate).div(accumulator.add(epsilon).sqrt())),
        slots: { accumulator },
      };
    },
  });
}
