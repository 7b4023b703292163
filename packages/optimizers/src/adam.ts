import { full, maximum, pow } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { defineOptimizer } from './define-optimizer.js';
import type { Optimizer, OptimizerOptions } from './optimizer.js';

/** Options of `adam` and `adamw`. */
export interface AdamOptions extends OptimizerOptions {
  /** Share of the old mean of gradients that stays. Default 0.9. */
  readonly beta1?: number;
  /** Share of the old mean of squared gradients that stays. Default 0.999. */
  readonly beta2?: number;
  /** Added to the root, outside of the bias correction. Default 1e-7. */
  readonly epsilon?: number;
  /** Whether to divide by the largest mean square so far. Default false. */
  readonly amsgrad?: boolean;
}

/** `constant ^ step` as a tensor. */
export function power(constant: number, step: Tensor): Tensor {
  return pow(full([], constant), step);
}

/** Running means of the gradient and of its square, as Adam and its kin update them. */
export function moments(
  g: Tensor,
  slots: { readonly momentum: Tensor; readonly velocity: Tensor },
  beta1: number,
  beta2: number,
): { momentum: Tensor; velocity: Tensor } {
  return {
    momentum: slots.momentum.add(g.sub(slots.momentum).mul(1 - beta1)),
    velocity: slots.velocity.add(
      g
        .square()
        .sub(slots.velocity)
        .mul(1 - beta2),
    ),
  };
}

function adamNamed(className: string, name: string, options: AdamOptions): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7, amsgrad = false } = options;
  return defineOptimizer<'momentum' | 'velocity' | 'velocityHat'>({
    className,
    name,
    options,
    defaultLearningRate: 0.001,
    config: { beta1, beta2, epsilon, amsgrad },
    slotGroups: [
      [{ name: 'momentum' }, { name: 'velocity' }],
      ...(amsgrad ? [[{ name: 'velocityHat' as const }]] : []),
    ],
    prepare: ({ learningRate, step }) => ({
      length: learningRate
        .mul(power(beta2, step).neg().add(1).sqrt())
        .div(power(beta1, step).neg().add(1)),
    }),
    update: (g, w, slots, { common }) => {
      const { momentum, velocity } = moments(g, slots, beta1, beta2);
      const velocityHat = amsgrad ? maximum(slots.velocityHat, velocity) : velocity;
      const next = w.sub(
        momentum.mul(common['length'] as Tensor).div(velocityHat.sqrt().add(epsilon)),
      );
      return { w: next, slots: { momentum, velocity, velocityHat } };
    },
  });
}

/**
 * Adam: every weight gets its own step length, from running means of its gradient and of its square. The usual first choice.
 *
 * `m ← m + (g - m)(1 - beta1)`, `v ← v + (g² - v)(1 - beta2)`,
 * `w ← w - learningRate · √(1 - beta2^t) / (1 - beta1^t) · m / (√v + epsilon)`.
 * As in Keras, `epsilon` stands outside of the bias correction.
 *
 * @param options `learningRate` 0.001, `beta1` 0.9, `beta2` 0.999, `epsilon` 1e-7, `amsgrad` false.
 * @example
 * const optimizer = adam({ learningRate: 0.5, epsilon: 0 });
 * const w = tensor([1]);
 * optimizer.update([tensor([3])], optimizer.init([w]), [w])[0][0].item().toFixed(4); // => '0.5000'
 * @see D. Kingma, J. Ba, Adam: A Method for Stochastic Optimization, 2014.
 */
export function adam(options: AdamOptions = {}): Optimizer {
  return adamNamed('Adam', 'adam', options);
}

/**
 * Adam whose weight decay is not part of the gradient: `w ← w - w · weightDecay · learningRate` before each step.
 *
 * @param options those of `adam`; `weightDecay` 0.004.
 * @see I. Loshchilov, F. Hutter, Decoupled Weight Decay Regularization, 2017.
 */
export function adamw(options: AdamOptions = {}): Optimizer {
  return adamNamed('AdamW', 'adamw', { ...options, weightDecay: options.weightDecay ?? 0.004 });
}
