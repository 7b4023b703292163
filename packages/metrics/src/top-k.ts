import { argMax, expandDims, sum, takeAlongAxis } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { meanOf } from './mean.js';
import type { Metric, MetricOptions } from './metric.js';
import { alignPair, asFloat, plainLabels } from './ranks.js';

/** Options of the top-k metrics. */
export interface TopKOptions extends MetricOptions {
  /** How many guesses count. Default 5. */
  readonly k?: number;
}

/** 1 where fewer than `k` classes have a larger prediction than the label. Ties count as hits, as in Keras. */
export function inTopK(labels: Tensor, prediction: Tensor, k: number): Tensor {
  const own = takeAlongAxis(prediction, expandDims(labels.cast('int32'), -1), { axis: -1 });
  return asFloat(sum(asFloat(prediction.greater(own)), { axis: -1 }).less(k));
}

/** Share of samples whose one-hot target's class is among the `k` largest predictions. */
export function topKCategoricalAccuracy(options: TopKOptions = {}): Metric {
  const { k = 5 } = options;
  return meanOf(
    {
      className: 'TopKCategoricalAccuracy',
      name: 'topKCategoricalAccuracy',
      direction: 'max',
      config: { k },
      values: (target, prediction) => {
        const [t, p] = alignPair('topKCategoricalAccuracy', target, prediction);
        return inTopK(argMax(t, { axis: -1 }), p, k);
      },
    },
    options,
  );
}

/** Share of samples whose class index is among the `k` largest predictions. */
export function sparseTopKCategoricalAccuracy(options: TopKOptions = {}): Metric {
  const { k = 5 } = options;
  return meanOf(
    {
      className: 'SparseTopKCategoricalAccuracy',
      name: 'sparseTopKCategoricalAccuracy',
      direction: 'max',
      config: { k },
      values: (target, prediction) =>
        inTopK(plainLabels(target, prediction), asFloat(prediction), k),
    },
    options,
  );
}
