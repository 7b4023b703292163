import { ceil, tensor, where } from '@gradus/tensor';
import { defineSchedule } from '../schedule.js';
import type { Schedule } from '../schedule.js';

/** Options of `polynomialDecay`. */
export interface PolynomialDecayOptions {
  readonly initialLearningRate: number;
  /** Steps until the end rate is reached. */
  readonly decaySteps: number;
  /** Default 0.0001. */
  readonly endLearningRate?: number;
  /** 1 is a straight line. Default 1. */
  readonly power?: number;
  /** Whether to begin anew, with the next multiple of `decaySteps`, past the end. Default false. */
  readonly cycle?: boolean;
  readonly name?: string;
}

/**
 * A rate that goes from its first value to its last along a power of the remaining time.
 *
 * `rate = (initial - end) · (1 - min(step, decaySteps) / decaySteps)^power + end`.
 *
 * @example
 * polynomialDecay({ initialLearningRate: 1, decaySteps: 10, endLearningRate: 0 })(tensor(5)).item(); // => 0.5
 */
export function polynomialDecay(options: PolynomialDecayOptions): Schedule {
  const {
    initialLearningRate,
    decaySteps,
    endLearningRate = 0.0001,
    power = 1,
    cycle = false,
  } = options;
  const { name = 'PolynomialDecay' } = options;
  return defineSchedule(
    'PolynomialDecay',
    { initialLearningRate, decaySteps, endLearningRate, power, cycle, name },
    (step) => {
      const cycles = where(step.equal(0), 1, ceil(step.div(decaySteps)));
      const length = cycle ? cycles.mul(decaySteps) : tensor(decaySteps, { dtype: 'float32' });
      const share = (cycle ? step : step.minimum(decaySteps)).div(length);
      const remaining = share.neg().add(1);
      const curve = power === 1 ? remaining : remaining.pow(power);
      return curve.mul(initialLearningRate - endLearningRate).add(endLearningRate);
    },
  );
}
