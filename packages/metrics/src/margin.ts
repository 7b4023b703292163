import { all, max, mean, sum, where } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { meanOf } from './mean.js';
import type { Metric, MetricOptions } from './metric.js';
import { alignPair } from './ranks.js';

const EPSILON = 1e-7;

type Factory = (options?: MetricOptions) => Metric;

function named(className: string, name: string, values: (t: Tensor, p: Tensor) => Tensor): Factory {
  return (options = {}) =>
    meanOf(
      { className, name, direction: 'min', values: (t, p) => values(...alignPair(name, t, p)) },
      options,
    );
}

/** Distance to the right side of the margin; labels 0 and 1 become -1 and 1, if there are no others. */
function marginMiss(t: Tensor, p: Tensor): Tensor {
  const binary = all(t.equal(0).or(t.equal(1)));
  return where(binary, t.mul(2).sub(1), t).mul(p).neg().add(1).maximum(0);
}

/** Mean hinge: `max(1 - target · prediction, 0)`. */
export const hinge: Factory = named('Hinge', 'hinge', (t, p) =>
  mean(marginMiss(t, p), { axis: -1 }),
);

/** Mean squared hinge. */
export const squaredHinge: Factory = named('SquaredHinge', 'squaredHinge', (t, p) =>
  mean(marginMiss(t, p).square(), { axis: -1 }),
);

/** Mean margin between the right class and the best wrong one. */
export const categoricalHinge: Factory = named('CategoricalHinge', 'categoricalHinge', (t, p) => {
  const right = sum(t.mul(p), { axis: -1 });
  return max(t.neg().add(1).mul(p), { axis: -1 }).sub(right).add(1).maximum(0);
});

/** Mean divergence of the predicted from the target distribution. */
export const klDivergence: Factory = named('KLDivergence', 'klDivergence', (t, p) => {
  const truth = t.clip(EPSILON, 1);
  return sum(truth.mul(truth.div(p.clip(EPSILON, 1)).log()), { axis: -1 });
});

/** Mean Poisson loss: `prediction - target · log(prediction)`. */
export const poisson: Factory = named('Poisson', 'poisson', (t, p) =>
  mean(p.sub(t.mul(p.add(EPSILON).log())), { axis: -1 }),
);
