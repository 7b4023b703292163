import { cos, where } from '@gradus/tensor';
import { defineSchedule } from '../schedule.js';
import type { Schedule } from '../schedule.js';

/** Options of `cosineDecay`. */
export interface CosineDecayOptions {
  readonly initialLearningRate: number;
  /** Steps of the decay, warm-up not counted. */
  readonly decaySteps: number;
  /** The rate at the end, as a share of the rate at the top. Default 0. */
  readonly alpha?: number;
  /** The rate that a linear warm-up climbs to from `initialLearningRate`. Default null: no warm-up. */
  readonly warmupTarget?: number | null;
  /** Steps of the warm-up. Default 0. */
  readonly warmupSteps?: number;
  readonly name?: string;
}

/**
 * Half a cosine wave from the top rate down, after an optional linear warm-up.
 *
 * `rate = top · ((1 - alpha) · (1 + cos(π · min(step / decaySteps, 1))) / 2 + alpha)`.
 *
 * @example
 * cosineDecay({ initialLearningRate: 1, decaySteps: 10, alpha: 0.5 })(tensor(10)).item(); // => 0.5
 * @see I. Loshchilov, F. Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts, 2016.
 */
export function cosineDecay(options: CosineDecayOptions): Schedule {
  const {
    initialLearningRate,
    decaySteps,
    alpha = 0,
    warmupTarget = null,
    warmupSteps = 0,
  } = options;
  const { name = 'CosineDecay' } = options;
  return defineSchedule(
    'CosineDecay',
    { initialLearningRate, decaySteps, alpha, name, warmupTarget, warmupSteps },
    (step) => {
      const top = warmupTarget ?? initialLearningRate;
      const start = warmupTarget === null ? 0 : warmupSteps;
      const share = step.sub(start).clip(0, decaySteps).div(decaySteps);
      const wave = cos(share.mul(Math.PI)).add(1).mul(0.5);
      const decayed = wave
        .mul(1 - alpha)
        .add(alpha)
        .mul(top);
      if (warmupTarget === null || warmupSteps === 0) return decayed;
      const climbed = step
        .div(warmupSteps)
        .mul(warmupTarget - initialLearningRate)
        .add(initialLearningRate);
      return where(step.less(warmupSteps), climbed, decayed);
    },
  );
}
