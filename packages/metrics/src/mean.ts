import { broadcastTo, full, mean as meanAlong, sum, where } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { expectMetricOptions } from './expect-metric-options.js';
import { part } from './metric.js';
import type { Direction, Metric, MetricOptions, MetricState } from './metric.js';
import { alignRanks, asFloat } from './ranks.js';

/** Weighted values and the weights that belong to them, reduced to the rank of the weights. */
function weighted(
  values: Tensor,
  weight: Tensor,
  reduce: typeof sum,
): { values: Tensor; weight: Tensor } {
  let [x, w] = alignRanks(asFloat(values), asFloat(weight));
  if (w.rank < x.rank) x = reduce(x, { axis: x.shape.map((_, axis) => axis).slice(w.rank) });
  return { values: x.mul(w), weight: w };
}

/** Quotient that is 0 where nothing has been counted yet. */
export function divideNoNan(a: Tensor, b: Tensor): Tensor {
  const isZero = b.equal(0);
  return where(isZero, 0, a.div(where(isZero, 1, b)));
}

/**
 * Adds values to a running mean. A weight per sample weighs the mean of that sample's values; every sample counts alike,
 * however many values it has.
 *
 * @param validMask positions that count; as in Keras it has a say only beside weights.
 */
export function updateMean(
  state: MetricState,
  values: Tensor,
  sampleWeight?: Tensor | null,
  validMask?: Tensor,
): MetricState {
  const total = part(state, 'total');
  const count = part(state, 'count');
  const perSample = (x: Tensor): Tensor => {
    const inner = x.size / Math.max(x.shape[0] ?? 1, 1);
    return inner > 1 ? sum(x).div(inner) : sum(x);
  };
  if (sampleWeight === undefined || sampleWeight === null) {
    const x = asFloat(values);
    return { total: total.add(perSample(x)), count: count.add(x.shape[0] ?? 1) };
  }
  const given = validMask === undefined ? sampleWeight : joinWeights(sampleWeight, validMask);
  const { values: x, weight } = weighted(values, given, meanAlong);
  return {
    total: total.add(perSample(x)),
    count: count.add(perSample(broadcastTo(weight, x.shape))),
  };
}

function joinWeights(weight: Tensor, mask: Tensor): Tensor {
  const [m, w] = alignRanks(asFloat(mask), asFloat(weight));
  const rest = Math.max(0, m.rank - w.rank);
  return m.mul(w.reshape([...w.shape, ...Array<number>(rest).fill(1)]));
}

/** State of a running mean before the first batch. */
export function initMean(): MetricState {
  return { total: full([], 0), count: full([], 0) };
}

/** A running mean so far. */
export function resultMean(state: MetricState): Tensor {
  return divideNoNan(part(state, 'total'), part(state, 'count'));
}

/**
 * The weighted mean of values, such as the loss of each batch. `update` takes values where others take the target.
 *
 * @example
 * const m = mean();
 * m.result(m.update(m.init(), tensor([1, 3]), tensor([0, 0]))).item(); // => 2
 */
export function mean(options: MetricOptions = {}): Metric {
  const name = options.name ?? 'mean';
  return {
    className: 'Mean',
    name,
    config: { name },
    direction: 'min',
    usesMask: true,
    init: initMean,
    update: (state, values, _prediction, sampleWeight) => updateMean(state, values, sampleWeight),
    result: resultMean,
  };
}

/** The weighted sum of values. `update` takes values where others take the target. */
export function total(options: MetricOptions = {}): Metric {
  const name = options.name ?? 'sum';
  return {
    className: 'Sum',
    name,
    config: { name },
    direction: 'min',
    usesMask: true,
    init: () => ({ total: full([], 0) }),
    update: (state, values, _prediction, sampleWeight) => {
      const x = sampleWeight ? weighted(values, sampleWeight, sum).values : asFloat(values);
      return { total: part(state, 'total').add(sum(x)) };
    },
    result: (state) => part(state, 'total'),
  };
}

/** What `meanOf` takes: names, direction, and the value of each sample. */
export interface MeanOfDefinition {
  readonly className: string;
  readonly name: string;
  readonly direction: Direction;
  /** Options of this metric alone, with defaults filled in. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** One value per sample, `[batch, ...]`. */
  readonly values: (target: Tensor, prediction: Tensor) => Tensor;
  /** Which positions count where samples have weights. Default: all. */
  readonly validMask?: (target: Tensor, prediction: Tensor) => Tensor;
}

/**
 * Makes a metric that is a mean over samples. Most metrics are one, and a custom one takes a line.
 *
 * @example
 * const bias = meanOf({
 *   className: 'Bias', name: 'bias', direction: 'min',
 *   values: (target, prediction) => prediction.sub(target).mean({ axis: -1 }),
 * });
 */
export function meanOf(definition: MeanOfDefinition, options: MetricOptions = {}): Metric {
  const { className, direction, values, validMask } = definition;
  expectMetricOptions(definition.name, options, definition.config ?? {});
  const name = options.name ?? definition.name;
  return {
    className,
    name,
    config: { name, ...definition.config },
    direction,
    usesMask: true,
    init: initMean,
    update: (state, target, prediction, sampleWeight) =>
      updateMean(state, values(target, prediction), sampleWeight, validMask?.(target, prediction)),
    result: resultMean,
  };
}
