import { defineOptimizer } from './define-optimizer.js';
import type { Optimizer, OptimizerOptions } from './optimizer.js';

/** Options of `adadelta`. */
export interface AdadeltaOptions extends OptimizerOptions {
  /** Share of the old mean squares that stays. Default 0.95. */
  readonly rho?: number;
  /** Added under both roots. Default 1e-7. */
  readonly epsilon?: number;
}

/**
 * Adadelta: step lengths from the ratio of past steps to past gradients, so that units cancel.
 *
 * `a ← rho · a + (1 - rho) · g²`, `d = -√(b + epsilon) / √(a + epsilon) · g`, `b ← rho · b + (1 - rho) · d²`,
 * `w ← w + learningRate · d`.
 *
 * @param options `learningRate` 0.001, `rho` 0.95, `epsilon` 1e-7.
 * @see M. Zeiler, ADADELTA: An Adaptive Learning Rate Method, 2012.
 */
export function adadelta(options: AdadeltaOptions = {}): Optimizer {
  const { rho = 0.95, epsilon = 1e-7 } = options;
  return defineOptimizer<'accumulatedGrad' | 'accumulatedDeltaVar'>({
    className: 'Adadelta',
    name: 'adadelta',
    options,
    defaultLearningRate: 0.001,
    config: { rho, epsilon },
    slotGroups: [[{ name: 'accumulatedGrad' }, { name: 'accumulatedDeltaVar' }]],
    update: (g, w, slots, { learningRate }) => {
      const accumulatedGrad = slots.accumulatedGrad.mul(rho).add(g.square().mul(1 - rho));
      const ratio = slots.accumulatedDeltaVar
        .add(epsilon)
        .sqrt()
        .div(accumulatedGrad.add(epsilon).sqrt());
      const delta = ratio.mul(g).neg();
      const accumulatedDeltaVar = slots.accumulatedDeltaVar
        .mul(rho)
        .add(delta.square().mul(1 - rho));
      return { w: w.add(delta.mul(learningRate)), slots: { accumulatedGrad, accumulatedDeltaVar } };
    },
  });
}
