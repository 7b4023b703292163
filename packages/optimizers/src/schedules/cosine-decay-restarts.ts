import { cos, floor, pow, tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { defineSchedule } from '../schedule.js';
import type { Schedule } from '../schedule.js';

/** Options of `cosineDecayRestarts`. */
export interface CosineDecayRestartsOptions {
  readonly initialLearningRate: number;
  /** Steps of the first wave. */
  readonly firstDecaySteps: number;
  /** How much longer each wave is than the one before. Default 2. */
  readonly tMul?: number;
  /** The top of each wave, as a share of the top before. Default 1. */
  readonly mMul?: number;
  /** The lowest rate, as a share of `initialLearningRate`. Default 0. */
  readonly alpha?: number;
  readonly name?: string;
}

/**
 * `cosineDecay` that jumps up again and again, each wave `tMul` times as long: every low point is a model worth keeping.
 *
 * @example
 * cosineDecayRestarts({ initialLearningRate: 1, firstDecaySteps: 5 })(tensor(5)).item(); // => 1
 * @see I. Loshchilov, F. Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts, 2016.
 */
export function cosineDecayRestarts(options: CosineDecayRestartsOptions): Schedule {
  const {
    initialLearningRate,
    firstDecaySteps,
    tMul = 2,
    mMul = 1,
    alpha = 0,
    name = 'SGDRDecay',
  } = options;
  const constant = (value: number): Tensor => tensor(value, { dtype: 'float32' });
  return defineSchedule(
    'CosineDecayRestarts',
    { initialLearningRate, firstDecaySteps, tMul, mMul, alpha, name },
    (step) => {
      const completed = step.div(firstDecaySteps);
      let restarts: Tensor;
      let share: Tensor;
      if (tMul === 1) {
        restarts = floor(completed);
        share = completed.sub(restarts);
      } else {
        // Waves form a geometric series: its sum gives which wave a step is in, and how far.
        restarts = floor(
          completed
            .mul(tMul - 1)
            .add(1)
            .log()
            .div(Math.log(tMul)),
        );
        const length = pow(constant(tMul), restarts);
        share = completed.sub(length.sub(1).div(tMul - 1)).div(length);
      }
      const top = pow(constant(mMul), restarts);
      const wave = cos(share.mul(Math.PI)).add(1).mul(0.5).mul(top);
      return wave
        .mul(1 - alpha)
        .add(alpha)
        .mul(initialLearningRate);
    },
  );
}
