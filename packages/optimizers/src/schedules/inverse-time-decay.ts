import { floor, tensor } from '@gradus/tensor';
import { defineSchedule } from '../schedule.js';
import type { Schedule } from '../schedule.js';
import type { DecayOptions } from './exponential-decay.js';

/**
 * A rate that falls like one over time: fast at first, then ever more slowly.
 *
 * `rate = initialLearningRate / (1 + decayRate · step / decaySteps)`, the quotient rounded down with `staircase`.
 *
 * @example
 * inverseTimeDecay({ initialLearningRate: 0.1, decaySteps: 10, decayRate: 1 })(tensor(10)).item(); // => 0.05
 */
export function inverseTimeDecay(options: DecayOptions): Schedule {
  const {
    initialLearningRate,
    decaySteps,
    decayRate,
    staircase = false,
    name = 'InverseTimeDecay',
  } = options;
  return defineSchedule(
    'InverseTimeDecay',
    { initialLearningRate, decaySteps, decayRate, staircase, name },
    (step) => {
      const periods = step.div(decaySteps);
      const divisor = (staircase ? floor(periods) : periods).mul(decayRate).add(1);
      return tensor(initialLearningRate, { dtype: 'float32' }).div(divisor);
    },
  );
}
