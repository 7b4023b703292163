import { defineOptimizer } from './define-optimizer.js';
import type { Optimizer, OptimizerOptions } from './optimizer.js';

/** Options of `sgd`. */
export interface SgdOptions extends OptimizerOptions {
  /** Share of the last step that is taken again. Default 0. */
  readonly momentum?: number;
  /** Whether to look ahead along the momentum (Nesterov). Default false. */
  readonly nesterov?: boolean;
}

/**
 * Stochastic gradient descent: a step against the gradient, optionally with momentum.
 *
 * `w ← w - learningRate · g`; with momentum `v ← momentum · v - learningRate · g`, `w ← w + v`; with `nesterov`
 * `w ← w + momentum · v - learningRate · g`.
 *
 * @param options `learningRate` 0.01, `momentum` 0, `nesterov` false, and those of every optimizer.
 * @example
 * const optimizer = sgd({ learningRate: 0.1 });
 * const w = tensor([1]);
 * optimizer.update([tensor([2])], optimizer.init([w]), [w])[0][0].toArray(); // => [0.8]
 */
export function sgd(options: SgdOptions = {}): Optimizer {
  const { momentum = 0, nesterov = false } = options;
  return defineOptimizer<'momentum'>({
    className: 'SGD',
    name: 'sgd',
    options,
    defaultLearningRate: 0.01,
    config: { momentum, nesterov },
    slotGroups: momentum === 0 ? [] : [[{ name: 'momentum' }]],
    update: (g, w, slots, { learningRate }) => {
      const descent = g.mul(learningRate);
      if (momentum === 0) return { w: w.sub(descent), slots };
      const velocity = slots.momentum.mul(momentum).sub(descent);
      const next = nesterov ? w.add(velocity.mul(momentum)).sub(descent) : w.add(velocity);
      return { w: next, slots: { momentum: velocity } };
    },
  });
}
