import { floor, pow, tensor } from '@gradus/tensor';
import { defineSchedule } from '../schedule.js';
import type { Schedule } from '../schedule.js';

/** Options of `exponentialDecay` and `inverseTimeDecay`. */
export interface DecayOptions {
  readonly initialLearningRate: number;
  /** Steps after which the rate has decayed once. */
  readonly decaySteps: number;
  readonly decayRate: number;
  /** Whether to decay in jumps, once every `decaySteps`. Default false. */
  readonly staircase?: boolean;
  readonly name?: string;
}

/**
 * A rate that loses the same share in every `decaySteps` steps.
 *
 * `rate = initialLearningRate · decayRate^(step / decaySteps)`, the exponent rounded down with `staircase`.
 *
 * @example
 * exponentialDecay({ initialLearningRate: 0.1, decaySteps: 10, decayRate: 0.5 })(tensor(10)).item(); // => 0.05
 */
export function exponentialDecay(options: DecayOptions): Schedule {
  const {
    initialLearningRate,
    decaySteps,
    decayRate,
    staircase = false,
    name = 'ExponentialDecay',
  } = options;
  return defineSchedule(
    'ExponentialDecay',
    { initialLearningRate, decaySteps, decayRate, staircase, name },
    (step) => {
      const periods = step.div(decaySteps);
      return pow(tensor(decayRate, { dtype: 'float32' }), staircase ? floor(periods) : periods).mul(
        initialLearningRate,
      );
    },
  );
}
