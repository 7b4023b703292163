import { ValueError, full, mean, slice, stack, sum, tensor, where, zeros } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { expectMetricOptions } from './expect-metric-options.js';
import { spread } from './confusion-counts.js';
import { divideNoNan } from './mean.js';
import { part } from './metric.js';
import type { Metric, MetricOptions, MetricState } from './metric.js';
import { alignPair, asFloat } from './ranks.js';
import { confusionAt } from './thresholds.js';
import type { Confusion } from './thresholds.js';

/** Options of `auc`. */
export interface AucOptions extends MetricOptions {
  /** How many points of the curve are computed. Default 200. */
  readonly numThresholds?: number;
  /** `'ROC'`: recall over false positive rate; `'PR'`: precision over recall. Default `'ROC'`. */
  readonly curve?: 'ROC' | 'PR';
  /** How the area between points is taken: in between, the lower or the upper end. Default `'interpolation'`. */
  readonly summationMethod?: 'interpolation' | 'minoring' | 'majoring';
  /** Thresholds of one's own between 0 and 1, in place of `numThresholds`. Default null. */
  readonly thresholds?: readonly number[] | null;
  /** Whether each column is a label of its own, averaged at the end. Default false. */
  readonly multiLabel?: boolean;
  /** Number of labels with `multiLabel`. Default: the last axis of the prediction. */
  readonly numLabels?: number | null;
  /** Weight of each label in the average. Default null: all alike. */
  readonly labelWeights?: readonly number[] | null;
  /** Whether predictions are scores before sigmoid. Default false. */
  readonly fromLogits?: boolean;
}

const COUNTS = ['truePositives', 'trueNegatives', 'falsePositives', 'falseNegatives'] as const;

const known: Readonly<Record<keyof AucOptions, true>> = {
  name: true,
  numThresholds: true,
  curve: true,
  summationMethod: true,
  multiLabel: true,
  numLabels: true,
  labelWeights: true,
  fromLogits: true,
  thresholds: true,
};

/**
 * Area under the curve: how well the prediction ranks positives above negatives, whatever the threshold. 0.5 is chance,
 * 1 is perfect. The curve is drawn from `numThresholds` points, so it is an approximation.
 *
 * @param options `numThresholds` 200, `curve` 'ROC', `summationMethod` 'interpolation', `multiLabel` false, `fromLogits` false.
 * @throws ValueError for fewer than two thresholds.
 * @example
 * const m = auc();
 * m.result(m.update(m.init(), tensor([0, 0, 1, 1]), tensor([0, 0.5, 0.3, 0.9]))).item(); // => 0.75
 * @see J. Davis, M. Goadrich, The Relationship Between Precision-Recall and ROC Curves, 2006.
 */
export function auc(options: AucOptions = {}): Metric {
  const {
    curve = 'ROC',
    summationMethod = 'interpolation',
    multiLabel = false,
    fromLogits = false,
  } = options;
  const { name = 'auc', numLabels = null, labelWeights = null } = options;
  expectMetricOptions('auc', options, known);
  if (
    !['ROC', 'PR'].includes(curve) ||
    !['interpolation', 'minoring', 'majoring'].includes(summationMethod)
  )
    throw new ValueError('metric/option', 'auc has no such curve, or no such way to sum it.', {
      got: `curve '${curve}', summationMethod '${summationMethod}'`,
      expected: "'ROC' or 'PR'; 'interpolation', 'minoring' or 'majoring'",
      fix: "leave them out for 'ROC' and 'interpolation'",
    });
  const given = options.thresholds ?? null;
  const numThresholds = given === null ? (options.numThresholds ?? 200) : given.length + 2;
  if (numThresholds < 2)
    throw new ValueError('metric/thresholds', 'A curve has at least two points.', {
      got: `${numThresholds} thresholds`,
      expected: 'numThresholds of at least 2',
      fix: 'leave numThresholds out for 200',
    });
  const inner =
    given === null
      ? Array.from({ length: numThresholds - 2 }, (_, index) => (index + 1) / (numThresholds - 1))
      : [...given].sort((a, b) => a - b);
  // The ends lie just outside of [0, 1], so that no prediction is missed.
  const limits = [-1e-7, ...inner, 1 + 1e-7];

  const area = (state: MetricState): Tensor => {
    const points = {
      at: (count: (typeof COUNTS)[number]) => part(state, count),
      limits: limits.length,
    };
    return curve === 'PR' && summationMethod === 'interpolation'
      ? precisionRecallArea(points)
      : trapezoids(points, curve, summationMethod);
  };

  return {
    className: 'AUC',
    name,
    config: {
      name,
      numThresholds,
      curve,
      summationMethod,
      multiLabel,
      numLabels,
      labelWeights,
      fromLogits,
      thresholds: given === null ? null : [...inner],
    },
    direction: 'max',
    usesMask: false,
    init: (predictionShape = []) => {
      const labels = numLabels ?? predictionShape[predictionShape.length - 1] ?? 1;
      const shape = multiLabel ? [limits.length, labels] : [limits.length];
      return Object.fromEntries(COUNTS.map((count) => [count, zeros(shape)]));
    },
    update: (state, target, prediction, sampleWeight) => {
      const [t, raw] = alignPair(name, target, prediction);
      const p = fromLogits ? raw.sigmoid() : raw;
      const w = sampleWeight ? spread(asFloat(sampleWeight), t) : full(t.shape, 1);
      let counts: Confusion;
      if (multiLabel) {
        const labels = t.shape[t.rank - 1] ?? 1;
        const column = (x: Tensor, label: number): Tensor =>
          slice(x.reshape([-1, labels]), [0, label], [x.size / labels, 1]).reshape([-1]);
        const each = Array.from({ length: labels }, (_, label) =>
          confusionAt(column(t, label), column(p, label), column(w, label), limits),
        );
        counts = Object.fromEntries(
          COUNTS.map((count) => [
            count,
            stack(
              each.map((confusion) => confusion[count]),
              { axis: 1 },
            ),
          ]),
        ) as unknown as Confusion;
      } else {
        // Without multiLabel, label weights weigh the columns of the one curve.
        const weights =
          labelWeights === null ? w : w.mul(tensor(labelWeights, { dtype: 'float32' }));
        counts = confusionAt(t.reshape([-1]), p.reshape([-1]), weights.reshape([-1]), limits);
      }
      return Object.fromEntries(
        COUNTS.map((count) => [count, part(state, count).add(counts[count])]),
      );
    },
    result: (state) => {
      const areas = area(state);
      if (!multiLabel) return areas;
      if (labelWeights === null) return mean(areas);
      const weights = tensor(labelWeights, { dtype: 'float32' });
      return divideNoNan(sum(areas.mul(weights)), sum(weights));
    },
  };
}

interface Points {
  readonly at: (count: (typeof COUNTS)[number]) => Tensor;
  readonly limits: number;
}

/** All points but the last, or all but the first. */
function ends(x: Tensor, limits: number): { left: Tensor; right: Tensor } {
  const rest = x.shape.slice(1);
  const size = [limits - 1, ...rest];
  const zero = rest.map(() => 0);
  return { left: slice(x, [0, ...zero], size), right: slice(x, [1, ...zero], size) };
}

function trapezoids(
  { at, limits }: Points,
  curve: 'ROC' | 'PR',
  method: NonNullable<AucOptions['summationMethod']>,
): Tensor {
  const hitRate = divideNoNan(at('truePositives'), at('truePositives').add(at('falseNegatives')));
  const isRoc = curve === 'ROC';
  const x = isRoc
    ? divideNoNan(at('falsePositives'), at('falsePositives').add(at('trueNegatives')))
    : hitRate;
  const y = isRoc
    ? hitRate
    : divideNoNan(at('truePositives'), at('truePositives').add(at('falsePositives')));
  const across = ends(x, limits);
  const up = ends(y, limits);
  const width = across.left.sub(across.right);
  const height =
    method === 'interpolation'
      ? up.left.add(up.right).div(2)
      : method === 'minoring'
        ? up.left.minimum(up.right)
        : up.left.maximum(up.right);
  return sum(width.mul(height), { axis: 0 });
}

/** Between two points precision is not linear in recall: true and false positives are, which gives the logarithm. */
function precisionRecallArea({ at, limits }: Points): Tensor {
  const hits = ends(at('truePositives'), limits);
  const called = ends(at('truePositives').add(at('falsePositives')), limits);
  const misses = ends(at('falseNegatives'), limits);
  const hitStep = hits.left.sub(hits.right);
  const slope = divideNoNan(hitStep, called.left.sub(called.right).maximum(0));
  const intercept = hits.right.sub(slope.mul(called.right));
  const bothCalled = called.left.greater(0).and(called.right.greater(0));
  const ratio = where(bothCalled, divideNoNan(called.left, called.right.maximum(0)), 1);
  const gain = slope.mul(hitStep.add(intercept.mul(ratio.log())));
  return sum(divideNoNan(gain, hits.right.add(misses.right).maximum(0)), { axis: 0 });
}
