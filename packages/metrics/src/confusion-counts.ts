import { broadcastTo, full, take, zeros } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { expectMetricOptions } from './expect-metric-options.js';
import { divideNoNan } from './mean.js';
import { part } from './metric.js';
import type { Direction, Metric, MetricOptions, MetricState } from './metric.js';
import { alignPair, asFloat } from './ranks.js';
import { confusionAt } from './thresholds.js';
import type { Confusion } from './thresholds.js';
import { keepTopK } from './keep-top-k.js';

/** Options of the metrics that count hits and misses. */
export interface CountOptions extends MetricOptions {
  /** A prediction above it is positive. A list gives one result for each. Default 0.5. */
  readonly thresholds?: number | readonly number[] | null;
}

/** Options of `precision` and `recall`. */
export interface PrecisionOptions extends CountOptions {
  /** Only the `topK` largest predictions of a sample may be positive. Default null. */
  readonly topK?: number | null;
  /** Only this class counts. Default null: all. */
  readonly classId?: number | null;
}

type CountName = keyof Confusion;

interface CountDefinition {
  readonly className: string;
  readonly name: string;
  readonly direction: Direction;
  readonly counts: readonly CountName[];
  readonly result: (state: MetricState) => Tensor;
}

function countMetric(
  definition: CountDefinition,
  options: PrecisionOptions,
  config: Record<string, unknown>,
): Metric {
  expectMetricOptions(definition.name, options, { thresholds: null, ...config });
  const { topK = null, classId = null, thresholds = null } = options;
  // With topK a prediction that is not among them is -Infinity, so every other one is positive.
  const limits = thresholds === null ? [topK === null ? 0.5 : -Infinity] : [thresholds].flat();
  const name = options.name ?? definition.name;
  const isSingle = limits.length === 1;
  return {
    className: definition.className,
    name,
    config: { name, thresholds, ...config },
    direction: definition.direction,
    usesMask: false,
    init: () =>
      Object.fromEntries(definition.counts.map((count) => [count, zeros([limits.length])])),
    update: (state, target, prediction, sampleWeight) => {
      let [t, p] = alignPair(name, target, prediction);
      let w = sampleWeight ? spread(asFloat(sampleWeight), t) : full(t.shape, 1);
      if (topK !== null) p = keepTopK(p, topK);
      if (classId !== null)
        [t, p, w] = [t, p, w].map((x) =>
          take(x, full([], classId).cast('int32'), { axis: -1 }),
        ) as [Tensor, Tensor, Tensor];
      const confusion = confusionAt(t.reshape([-1]), p.reshape([-1]), w.reshape([-1]), limits);
      return Object.fromEntries(
        definition.counts.map((count) => [count, part(state, count).add(confusion[count])]),
      );
    },
    result: (state) => {
      const value = definition.result(state);
      return isSingle ? value.reshape([]) : value;
    },
  };
}

/** Weights per sample, given to each of the sample's numbers. */
export function spread(weight: Tensor, like: Tensor): Tensor {
  const w =
    weight.rank < like.rank
      ? weight.reshape([...weight.shape, ...Array<number>(like.rank - weight.rank).fill(1)])
      : weight;
  return broadcastTo(w, like.shape);
}

/**
 * Of what the model called positive, the share that is: `TP / (TP + FP)`. 0 when it called nothing positive.
 *
 * @param options `thresholds` 0.5, `topK` null, `classId` null.
 * @example
 * const m = precision();
 * m.result(m.update(m.init(), tensor([1, 0]), tensor([0.9, 0.8]))).item(); // => 0.5
 */
export function precision(options: PrecisionOptions = {}): Metric {
  const result = (state: MetricState): Tensor => {
    const hits = part(state, 'truePositives');
    return divideNoNan(hits, hits.add(part(state, 'falsePositives')));
  };
  const counts = ['truePositives', 'falsePositives'] as const;
  const { topK = null, classId = null } = options;
  return countMetric(
    { className: 'Precision', name: 'precision', direction: 'max', counts, result },
    options,
    { topK, classId },
  );
}

/**
 * Of what is positive, the share that the model found: `TP / (TP + FN)`.
 *
 * @param options `thresholds` 0.5, `topK` null, `classId` null.
 * @example
 * const m = recall();
 * m.result(m.update(m.init(), tensor([1, 1]), tensor([0.9, 0.2]))).item(); // => 0.5
 */
export function recall(options: PrecisionOptions = {}): Metric {
  const result = (state: MetricState): Tensor => {
    const hits = part(state, 'truePositives');
    return divideNoNan(hits, hits.add(part(state, 'falseNegatives')));
  };
  const counts = ['truePositives', 'falseNegatives'] as const;
  const { topK = null, classId = null } = options;
  return countMetric(
    { className: 'Recall', name: 'recall', direction: 'max', counts, result },
    options,
    { topK, classId },
  );
}

function plainCount(
  className: string,
  count: CountName,
  direction: Direction,
): (options?: CountOptions) => Metric {
  return (options = {}) =>
    countMetric(
      { className, name: count, direction, counts: [count], result: (state) => part(state, count) },
      options,
      {},
    );
}

type CountFactory = (options?: CountOptions) => Metric;

/** Weighted number of positives that the model found. */
export const truePositives: CountFactory = plainCount('TruePositives', 'truePositives', 'max');
/** Weighted number of negatives that the model left alone. */
export const trueNegatives: CountFactory = plainCount('TrueNegatives', 'trueNegatives', 'max');
/** Weighted number of negatives that the model called positive. */
export const falsePositives: CountFactory = plainCount('FalsePositives', 'falsePositives', 'min');
/** Weighted number of positives that the model missed. */
export const falseNegatives: CountFactory = plainCount('FalseNegatives', 'falseNegatives', 'min');
