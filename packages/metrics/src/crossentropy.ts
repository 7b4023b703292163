import {
  arange,
  expandDims,
  log,
  logSoftmax,
  mean,
  softplus,
  squeeze,
  sum,
  where,
} from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { meanOf } from './mean.js';
import type { Metric, MetricOptions } from './metric.js';
import { alignPair, asFloat } from './ranks.js';

/** Options of the metric `binaryCrossentropy`. */
export interface BinaryCrossentropyOptions extends MetricOptions {
  /** Whether predictions are scores before sigmoid or softmax. Default false. */
  readonly fromLogits?: boolean;
  /** How much of each target is spread evenly over the classes. Default 0. */
  readonly labelSmoothing?: number;
}

/** Options of the metric `categoricalCrossentropy`. */
export interface CrossentropyOptions extends BinaryCrossentropyOptions {
  /** The axis of the classes. Default -1. */
  readonly axis?: number;
}

/** Options of the metric `sparseCategoricalCrossentropy`. */
export interface SparseCrossentropyOptions extends Omit<CrossentropyOptions, 'labelSmoothing'> {
  /** A class whose positions count 0; where samples have weights, theirs becomes 0 too. Default null. */
  readonly ignoreClass?: number | null;
}

const EPSILON = 1e-7;

function logProbabilities(prediction: Tensor, fromLogits: boolean, axis: number): Tensor {
  if (fromLogits) return logSoftmax(prediction, { axis });
  return log(prediction.div(sum(prediction, { axis, keepDims: true })).clip(EPSILON, 1 - EPSILON));
}

/** Mean cross-entropy of yes-or-no decisions. */
export function binaryCrossentropy(options: BinaryCrossentropyOptions = {}): Metric {
  const { fromLogits = false, labelSmoothing = 0 } = options;
  const values = (target: Tensor, prediction: Tensor): Tensor => {
    const [t, p] = alignPair('binaryCrossentropy', target, prediction);
    const yes = t.mul(1 - labelSmoothing).add(0.5 * labelSmoothing);
    const no = yes.neg().add(1);
    if (fromLogits) return mean(yes.mul(softplus(p.neg())).add(no.mul(softplus(p))), { axis: -1 });
    const q = p.clip(EPSILON, 1 - EPSILON);
    return mean(
      yes
        .mul(q.log())
        .add(no.mul(q.neg().add(1).log()))
        .neg(),
      { axis: -1 },
    );
  };
  const config = { fromLogits, labelSmoothing };
  return meanOf(
    {
      className: 'BinaryCrossentropy',
      name: 'binaryCrossentropy',
      direction: 'min',
      config,
      values,
    },
    options,
  );
}

/** Mean cross-entropy for one-hot targets. */
export function categoricalCrossentropy(options: CrossentropyOptions = {}): Metric {
  const { fromLogits = false, labelSmoothing = 0, axis = -1 } = options;
  const values = (target: Tensor, prediction: Tensor): Tensor => {
    const [t, p] = alignPair('categoricalCrossentropy', target, prediction);
    const smooth = t.mul(1 - labelSmoothing).add(labelSmoothing / (t.shape[t.rank - 1] ?? 1));
    return sum(smooth.mul(logProbabilities(p, fromLogits, axis)), { axis }).neg();
  };
  const config = { fromLogits, labelSmoothing, axis };
  return meanOf(
    {
      className: 'CategoricalCrossentropy',
      name: 'categoricalCrossentropy',
      direction: 'min',
      config,
      values,
    },
    options,
  );
}

/** Mean cross-entropy for class indices. */
export function sparseCategoricalCrossentropy(options: SparseCrossentropyOptions = {}): Metric {
  const { fromLogits = false, ignoreClass = null, axis = -1 } = options;
  const labelsOf = (target: Tensor, prediction: Tensor): Tensor =>
    (target.rank === prediction.rank ? squeeze(target, axis) : target).cast('int32');
  const isValid = (target: Tensor, prediction: Tensor): Tensor =>
    labelsOf(target, prediction).notEqual(ignoreClass ?? 0);
  const values = (target: Tensor, prediction: Tensor): Tensor => {
    const p = asFloat(prediction);
    const classAxis = axis < 0 ? axis + p.rank : axis;
    const line = p.shape.map((size, index) => (index === classAxis ? size : 1));
    const classes = arange(p.shape[classAxis] ?? 1)
      .cast('int32')
      .reshape(line);
    const labels = expandDims(labelsOf(target, p), classAxis);
    const logs = logProbabilities(p, fromLogits, axis);
    const entropy = sum(where(labels.equal(classes), logs, 0), { axis }).neg();
    return ignoreClass === null ? entropy : where(isValid(target, p), entropy, 0);
  };
  return meanOf(
    {
      className: 'SparseCategoricalCrossentropy',
      name: 'sparseCategoricalCrossentropy',
      direction: 'min',
      config: { fromLogits, ignoreClass, axis },
      values,
      ...(ignoreClass === null ? {} : { validMask: isValid }),
    },
    options,
  );
}
