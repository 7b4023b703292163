import { expandDims, mean, minimum, sqrt, tensor, zeros } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { defineOptimizer } from './define-optimizer.js';
import type { Optimizer, OptimizerOptions } from './optimizer.js';

/** Options of `adafactor`. */
export interface AdafactorOptions extends OptimizerOptions {
  /** Exponent by which the share of the old mean squares grows: `1 - step ^ beta2Decay`. Default -0.8. */
  readonly beta2Decay?: number;
  /** Added to squared gradients. Default 1e-30. */
  readonly epsilon1?: number;
  /** Smallest length of a parameter that steps are measured by. Default 1e-3. */
  readonly epsilon2?: number;
  /** Largest root mean square of a step, before it is scaled. Default 1. */
  readonly clipThreshold?: number;
  /** Whether the rate is at most `1 / √step`. Default true. */
  readonly relativeStep?: boolean;
}

const rootMeanSquare = (x: Tensor): Tensor => mean(x.square()).sqrt();

/** Parameters of rank 0 and 1 have no rows and columns; Keras' files hold an integer 0 in their place. */
const placeholder = (): Tensor => tensor(0, { dtype: 'int32' });

/**
 * Adam for large matrices in little memory: of the mean squared gradient it keeps the means of rows and columns, not every
 * number. Steps are as long as the parameter they move.
 *
 * With `g² + epsilon1` averaged over columns into `r` and over rows into `c`: `v = r / mean(r) · c`,
 * `u = g / √v`, `w ← w - max(epsilon2, rms(w)) · min(learningRate, 1 / √step) · u / max(1, rms(u) / clipThreshold)`.
 *
 * @param options `learningRate` 0.001, `beta2Decay` -0.8, `epsilon1` 1e-30, `epsilon2` 1e-3, `clipThreshold` 1,
 * `relativeStep` true.
 * @see N. Shazeer, M. Stern, Adafactor: Adaptive Learning Rates with Sublinear Memory Cost, 2018.
 */
export function adafactor(options: AdafactorOptions = {}): Optimizer {
  const { beta2Decay = -0.8, epsilon1 = 1e-30, epsilon2 = 1e-3 } = options;
  const { clipThreshold = 1, relativeStep = true } = options;
  return defineOptimizer<'row' | 'column' | 'velocity'>({
    className: 'Adafactor',
    name: 'adafactor',
    options,
    defaultLearningRate: 0.001,
    config: { beta2Decay, epsilon1, epsilon2, clipThreshold, relativeStep },
    slotGroups: [
      [
        {
          name: 'row',
          label: '',
          initial: (w) => (w.rank < 2 ? placeholder() : zeros(w.shape.slice(0, -1))),
        },
        {
          name: 'column',
          label: '',
          initial: ({ rank, shape }) =>
            rank < 2 ? placeholder() : zeros([...shape.slice(0, -2), shape[rank - 1] as number]),
        },
        { name: 'velocity' },
      ],
    ],
    prepare: ({ learningRate, step }) => ({
      // With `relativeStep` and without, the same bound holds here; the option matters to who reads the config.
      rate: minimum(learningRate, sqrt(step).pow(-1)),
      fresh: step.pow(beta2Decay),
    }),
    update: (g, w, slots, { common }) => {
      const fresh = common['fresh'] as Tensor;
      const kept = fresh.neg().add(1);
      const squares = g.square().add(epsilon1);
      const blend = (old: Tensor, now: Tensor): Tensor => old.mul(kept).add(now.mul(fresh));
      let { row, column } = slots;
      let velocity: Tensor;
      if (w.rank < 2) {
        velocity = blend(slots.velocity, squares);
      } else {
        row = blend(row, mean(squares, { axis: -1 }));
        column = blend(column, mean(squares, { axis: -2 }));
        const shares = row.div(mean(row, { axis: -1, keepDims: true }));
        velocity = expandDims(shares, -1).mul(expandDims(column, -2));
      }
      const change = g.div(velocity.sqrt());
      const clipped = change.div(rootMeanSquare(change).div(clipThreshold).maximum(1));
      const length = rootMeanSquare(w)
        .maximum(epsilon2)
        .mul(common['rate'] as Tensor);
      return { w: w.sub(clipped.mul(length)), slots: { row, column, velocity } };
    },
  });
}
