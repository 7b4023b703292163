import { mean, softplus, sum } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { expectMetricOptions } from './expect-metric-options.js';
import { initMean, meanOf, resultMean, updateMean } from './mean.js';
import type { Direction, Metric, MetricOptions } from './metric.js';
import { alignPair } from './ranks.js';

const EPSILON = 1e-7;

/** The factory of a metric that averages a formula over the last axis. */
function errorMetric(
  className: string,
  name: string,
  values: (target: Tensor, prediction: Tensor) => Tensor,
  direction: Direction = 'min',
): (options?: MetricOptions) => Metric {
  return (options = {}) =>
    meanOf(
      { className, name, direction, values: (t, p) => values(...alignPair(name, t, p)) },
      options,
    );
}

type Factory = (options?: MetricOptions) => Metric;

/** Mean of squared errors. */
export const meanSquaredError: Factory = errorMetric(
  'MeanSquaredError',
  'meanSquaredError',
  (t, p) => mean(p.sub(t).square(), { axis: -1 }),
);

/** Mean of absolute errors: in the unit of the target, so it can be told to people. */
export const meanAbsoluteError: Factory = errorMetric(
  'MeanAbsoluteError',
  'meanAbsoluteError',
  (t, p) => mean(p.sub(t).abs(), { axis: -1 }),
);

/** Mean of absolute errors in percent of the target; targets near zero divide by 1e-7. */
export const meanAbsolutePercentageError: Factory = errorMetric(
  'MeanAbsolutePercentageError',
  'meanAbsolutePercentageError',
  (t, p) => mean(t.sub(p).div(t.abs().maximum(EPSILON)).abs(), { axis: -1 }).mul(100),
);

/** Mean of squared differences of `log(1 + x)`. */
export const meanSquaredLogarithmicError: Factory = errorMetric(
  'MeanSquaredLogarithmicError',
  'meanSquaredLogarithmicError',
  (t, p) => {
    const difference = t.maximum(EPSILON).add(1).log().sub(p.maximum(EPSILON).add(1).log());
    return mean(difference.square(), { axis: -1 });
  },
);

/** Mean of `log cosh` of the error: like half the square when small, like the size when large. */
export const logCoshError: Factory = errorMetric('LogCoshError', 'logcosh', (t, p) => {
  const error = p.sub(t);
  return mean(error.add(softplus(error.mul(-2))).sub(Math.LN2), { axis: -1 });
});

/** Options of `cosineSimilarity`. */
export interface CosineSimilarityOptions extends MetricOptions {
  /** The axis along which the vectors lie. Default -1. */
  readonly axis?: number;
}

/** Mean cosine of the angle between target and prediction: 1 is best. (The loss of that name is its negative.) */
export function cosineSimilarity(options: CosineSimilarityOptions = {}): Metric {
  const { axis = -1 } = options;
  const unit = (x: Tensor): Tensor =>
    x.div(
      sum(x.square(), { axis, keepDims: true })
        .maximum(EPSILON * EPSILON)
        .sqrt(),
    );
  const values = (target: Tensor, prediction: Tensor): Tensor => {
    const [t, p] = alignPair('cosineSimilarity', target, prediction);
    return sum(unit(t).mul(unit(p)), { axis });
  };
  return meanOf(
    {
      className: 'CosineSimilarity',
      name: 'cosineSimilarity',
      direction: 'max',
      config: { axis },
      values,
    },
    options,
  );
}

/**
 * Root of the mean squared error over all samples: in the unit of the target. The root is taken once, at the end.
 *
 * @example
 * const m = rootMeanSquaredError();
 * m.result(m.update(m.init(), tensor([[0], [0]]), tensor([[3], [3]]))).item(); // => 3
 */
export function rootMeanSquaredError(options: MetricOptions = {}): Metric {
  expectMetricOptions('rootMeanSquaredError', options, {});
  const name = options.name ?? 'rootMeanSquaredError';
  return {
    className: 'RootMeanSquaredError',
    name,
    config: { name },
    direction: 'min',
    usesMask: true,
    init: initMean,
    update: (state, target, prediction, sampleWeight) => {
      const [t, p] = alignPair(name, target, prediction);
      return updateMean(state, p.sub(t).square(), sampleWeight);
    },
    result: (state) => resultMean(state).sqrt(),
  };
}
