import { ValueError, full, mean, sum, where, zeros } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { expectMetricOptions } from './expect-metric-options.js';
import { part } from './metric.js';
import type { Metric, MetricOptions } from './metric.js';
import { alignPair, asFloat } from './ranks.js';

/** Options of `r2Score`. */
export interface R2ScoreOptions extends MetricOptions {
  /** How the scores of several outputs become one; null keeps them apart. Default `'uniformAverage'`. */
  readonly classAggregation?: 'uniformAverage' | 'varianceWeightedAverage' | null;
  /** Number of inputs, for the adjusted score; 0 does not adjust. Default 0. */
  readonly numRegressors?: number;
}

/**
 * Share of the target's variance that the prediction explains: 1 is perfect, 0 is as good as always answering the mean.
 *
 * `1 - sum((target - prediction)²) / sum((target - mean(target))²)`, per output `[batch, outputs]`.
 *
 * @param options `classAggregation` 'uniformAverage', `numRegressors` 0.
 * @example
 * const m = r2Score();
 * m.result(m.update(m.init(), tensor([[1], [2], [3]]), tensor([[1], [2], [3]]))).item(); // => 1
 */
export function r2Score(options: R2ScoreOptions = {}): Metric {
  expectMetricOptions('r2Score', options, { classAggregation: null, numRegressors: null });
  const { name = 'r2Score', numRegressors = 0 } = options;
  const classAggregation =
    options.classAggregation === undefined ? 'uniformAverage' : options.classAggregation;
  if (!Number.isInteger(numRegressors) || numRegressors < 0)
    throw new ValueError('metric/regressors', 'r2Score adjusts for a number of inputs.', {
      got: String(numRegressors),
      expected: 'an integer of at least 0',
      fix: 'leave numRegressors out for the plain score',
    });
  return {
    className: 'R2Score',
    name,
    config: { name, classAggregation, numRegressors },
    direction: 'max',
    usesMask: false,
    init: (predictionShape = [1]) => {
      const outputs =
        predictionShape.length < 2 ? 1 : (predictionShape[predictionShape.length - 1] ?? 1);
      return {
        squaredSum: zeros([outputs]),
        sum: zeros([outputs]),
        residual: zeros([outputs]),
        count: zeros([outputs]),
        samples: full([], 0),
      };
    },
    update: (state, target, prediction, sampleWeight) => {
      let [t, p] = alignPair(name, target, prediction);
      if (t.rank === 1) [t, p] = [t.reshape([-1, 1]), p.reshape([-1, 1])];
      const w = sampleWeight
        ? asFloat(sampleWeight).reshape([-1, 1])
        : full([t.shape[0] ?? 1, 1], 1);
      const weightedTarget = t.mul(w);
      const add = (key: string, value: Tensor): Tensor => part(state, key).add(value);
      return {
        squaredSum: add('squaredSum', sum(t.mul(weightedTarget), { axis: 0 })),
        sum: add('sum', sum(weightedTarget, { axis: 0 })),
        residual: add('residual', sum(t.sub(p).square().mul(w), { axis: 0 })),
        count: add('count', sum(w, { axis: 0 })),
        // As Keras counts them: every number, not every row.
        samples: add('samples', full([], t.size)),
      };
    },
    result: (state) => {
      const count = part(state, 'count');
      const residual = part(state, 'residual');
      const average = part(state, 'sum').div(count);
      const total = part(state, 'squaredSum').sub(part(state, 'sum').mul(average));
      const raw = residual.div(total).neg().add(1);
      // A constant target: the score is 0 by definition, where the quotient would be infinite.
      const isInfinite = raw.equal(-Infinity).or(raw.equal(Infinity));
      const scores = where(isInfinite, 0, raw);
      const score =
        classAggregation === null
          ? scores
          : classAggregation === 'uniformAverage'
            ? mean(scores)
            : sum(scores.mul(total)).div(sum(total));
      if (numRegressors === 0) return score;
      const samples = part(state, 'samples');
      const factor = samples.sub(1).div(samples.sub(numRegressors + 1));
      return where(
        samples.greater(numRegressors + 1),
        score.neg().add(1).mul(factor).neg().add(1),
        score,
      );
    },
  };
}
