import { mean, std, variance } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { meanOf } from './mean.js';
import type { Metric, MetricOptions } from './metric.js';
import { alignPair } from './ranks.js';

/** Options of the correlations. */
export interface CorrelationOptions extends MetricOptions {
  /** The axis or axes along which numbers are compared. Default -1. */
  readonly axis?: number | readonly number[];
}

const EPSILON = 1e-7;

/**
 * How well the prediction follows the target up to scale and shift, within each sample: 1 is a straight line upwards, 0 no
 * relation, -1 a straight line downwards. The numbers of a sample must differ, else the result is NaN, as in Keras.
 *
 * `mean((t - mean t) / std t · (p - mean p) / std p, axis)`.
 *
 * @param options `axis` -1.
 * @example
 * const m = pearsonCorrelation();
 * m.result(m.update(m.init(), tensor([[1, 2, 3]]), tensor([[3, 5, 7]]))).item().toFixed(4); // => '1.0000'
 */
export function pearsonCorrelation(options: CorrelationOptions = {}): Metric {
  const { axis = -1 } = options;
  const standard = (x: Tensor): Tensor => {
    const centered = x.sub(mean(x, { axis, keepDims: true }));
    return centered.div(std(centered, { axis, keepDims: true }));
  };
  return meanOf(
    {
      className: 'PearsonCorrelation',
      name: 'pearsonCorrelation',
      direction: 'max',
      config: { axis },
      values: (target, prediction) => {
        const [t, p] = alignPair('pearsonCorrelation', target, prediction);
        return mean(standard(t).mul(standard(p)), { axis });
      },
    },
    options,
  );
}

/**
 * How near target and prediction come to being the same line, within each sample: a correlation that a wrong scale or
 * shift lowers too.
 *
 * `mean(2 (t - mean p)(p - mean p) / (var t + var p + (mean t - mean p)² + 1e-7), axis)`, as Keras computes it.
 *
 * @param options `axis` -1.
 * @see L. Lin, A Concordance Correlation Coefficient to Evaluate Reproducibility, 1989.
 */
export function concordanceCorrelation(options: CorrelationOptions = {}): Metric {
  const { axis = -1 } = options;
  const along = { axis, keepDims: true };
  return meanOf(
    {
      className: 'ConcordanceCorrelation',
      name: 'concordanceCorrelation',
      direction: 'max',
      config: { axis },
      values: (target, prediction) => {
        const [t, p] = alignPair('concordanceCorrelation', target, prediction);
        const [meanT, meanP] = [mean(t, along), mean(p, along)];
        const together = t.sub(meanP).mul(p.sub(meanP));
        const apart = variance(t, along).add(variance(p, along)).add(meanT.sub(meanP).square());
        return mean(together.mul(2).div(apart.add(EPSILON)), { axis });
      },
    },
    options,
  );
}
