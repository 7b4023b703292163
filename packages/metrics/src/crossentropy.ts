import { arange, expandDims, log, logSoftmax, mean, softplus, sum, where } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { meanOf } from './mean.js';
import type { Metric, MetricOptions } from './metric.js';
import { alignPair, asFloat, plainLabels } from './ranks.js';

/** Options of the cross-entropy metrics. */
export interface CrossentropyOptions extends MetricOptions {
  /** Whether predictions are scores before sigmoid or softmax. Default false. */
  readonly fromLogits?: boolean;
  /** How much of each target is spread evenly over the classes. Default 0. */
  readonly labelSmoothing?: number;
}

const EPSILON = 1e-7;

function logProbabilities(prediction: Tensor, fromLogits: boolean): Tensor {
  if (fromLogits) return logSoftmax(prediction, { axis: -1 });
  return log(
    prediction.div(sum(prediction, { axis: -1, keepDims: true })).clip(EPSILON, 1 - EPSILON),
  );
}

/** Mean cross-entropy of yes-or-no decisions. */
export function binaryCrossentropy(options: CrossentropyOptions = {}): Metric {
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
  const { fromLogits = false, labelSmoothing = 0 } = options;
  const values = (target: Tensor, prediction: Tensor): Tensor => {
    const [t, p] = alignPair('categoricalCrossentropy', target, prediction);
    const smooth = t.mul(1 - labelSmoothing).add(labelSmoothing / (t.shape[t.rank - 1] ?? 1));
    return sum(smooth.mul(logProbabilities(p, fromLogits)), { axis: -1 }).neg();
  };
  const config = { fromLogits, labelSmoothing };
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
export function sparseCategoricalCrossentropy(
  options: Omit<CrossentropyOptions, 'labelSmoothing'> = {},
): Metric {
  const { fromLogits = false } = options;
  const values = (target: Tensor, prediction: Tensor): Tensor => {
    const p = asFloat(prediction);
    const labels = expandDims(plainLabels(target, p).cast('int32'), -1);
    const classes = arange(p.shape[p.rank - 1] ?? 1).cast('int32');
    return sum(where(labels.equal(classes), logProbabilities(p, fromLogits), 0), {
      axis: -1,
    }).neg();
  };
  return meanOf(
    {
      className: 'SparseCategoricalCrossentropy',
      name: 'sparseCategoricalCrossentropy',
      direction: 'min',
      config: { fromLogits },
      values,
    },
    options,
  );
}
