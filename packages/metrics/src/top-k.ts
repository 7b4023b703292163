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

/** Options of {@link sparseTopKCategoricalAccuracy}. */
export interface SparseTopKOptions extends TopKOptions {
  /** The predictions are class indices, the best guess first, instead of a number per class. Default false. */
  readonly fromSortedIds?: boolean;
}

/** 1 where the label is one of the first `k` guesses. */
function amongFirst(labels: Tensor, guesses: Tensor, k: number): Tensor {
  const size = [...guesses.shape.slice(0, -1), Math.min(k, guesses.shape.at(-1) ?? 0)];
  const first = guesses.slice(new Array<number>(guesses.rank).fill(0), size);
  return asFloat(first.equal(expandDims(labels.cast(first.dtype), -1)).any({ axis: -1 }));
}

/** Share of samples whose class index is among the `k` largest predictions. */
export function sparseTopKCategoricalAccuracy(options: SparseTopKOptions = {}): Metric {
  const { k = 5, fromSortedIds = false } = options;
  return meanOf(
    {
      className: 'SparseTopKCategoricalAccuracy',
      name: 'sparseTopKCategoricalAccuracy',
      direction: 'max',
      config: { k, fromSortedIds },
      values: (target, prediction) => {
        const labels = plainLabels(target, prediction);
        return fromSortedIds
          ? amongFirst(labels, prediction, k)
          : inTopK(labels, asFloat(prediction), k);
      },
    },
    options,
  );
}
