import { argMax, mean } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { meanOf } from './mean.js';
import type { Metric, MetricOptions } from './metric.js';
import { alignPair, asFloat, plainLabels } from './ranks.js';

/** Options of `binaryAccuracy`. */
export interface BinaryAccuracyOptions extends MetricOptions {
  /** A prediction above it means yes. Default 0.5. */
  readonly threshold?: number;
}

/** Share of predictions equal to their target: for models that already answer with classes. */
export function accuracy(options: MetricOptions = {}): Metric {
  return meanOf(
    {
      className: 'Accuracy',
      name: 'accuracy',
      direction: 'max',
      values: (target, prediction) => {
        const [t, p] = alignPair('accuracy', target, prediction);
        return asFloat(t.equal(p));
      },
    },
    options,
  );
}

/**
 * Share of yes-or-no predictions on the right side of the threshold. Exactly at the threshold means no.
 *
 * @example
 * const m = binaryAccuracy();
 * m.result(m.update(m.init(), tensor([[1], [0]]), tensor([[0.9], [0.6]]))).item(); // => 0.5
 */
export function binaryAccuracy(options: BinaryAccuracyOptions = {}): Metric {
  const { threshold = 0.5 } = options;
  return meanOf(
    {
      className: 'BinaryAccuracy',
      name: 'binaryAccuracy',
      direction: 'max',
      config: { threshold },
      values: (target, prediction) => {
        const [t, p] = alignPair('binaryAccuracy', target, prediction);
        return mean(asFloat(t.equal(asFloat(p.greater(threshold)))), { axis: -1 });
      },
    },
    options,
  );
}

/** Share of samples whose largest prediction is at the one-hot target's class. */
export function categoricalAccuracy(options: MetricOptions = {}): Metric {
  return meanOf(
    {
      className: 'CategoricalAccuracy',
      name: 'categoricalAccuracy',
      direction: 'max',
      values: (target, prediction) => {
        const [t, p] = alignPair('categoricalAccuracy', target, prediction);
        return sameClass(argMax(t, { axis: -1 }), p);
      },
    },
    options,
  );
}

/**
 * Share of samples whose largest prediction is at the class index in the target.
 *
 * @example
 * const m = sparseCategoricalAccuracy();
 * m.result(m.update(m.init(), tensor([1, 0]), tensor([[0.2, 0.8], [0.3, 0.7]]))).item(); // => 0.5
 */
export function sparseCategoricalAccuracy(options: MetricOptions = {}): Metric {
  return meanOf(
    {
      className: 'SparseCategoricalAccuracy',
      name: 'sparseCategoricalAccuracy',
      direction: 'max',
      values: (target, prediction) => sameClass(plainLabels(target, prediction), prediction),
    },
    options,
  );
}

function sameClass(labels: Tensor, prediction: Tensor): Tensor {
  return asFloat(labels.cast('int32').equal(argMax(prediction, { axis: -1 }).cast('int32')));
}

/**
 * The name that `'accuracy'` stands for, by the shapes: binary for one output, sparse for class indices, else categorical.
 *
 * @example
 * resolveAccuracy([null, 1], [null, 10]); // => 'sparseCategoricalAccuracy'
 */
export function resolveAccuracy(
  target: readonly (number | null)[],
  prediction: readonly (number | null)[],
): 'binaryAccuracy' | 'categoricalAccuracy' | 'sparseCategoricalAccuracy' {
  if (prediction[prediction.length - 1] === 1) return 'binaryAccuracy';
  const isSparse = target.length < prediction.length || target[target.length - 1] === 1;
  return isSparse ? 'sparseCategoricalAccuracy' : 'categoricalAccuracy';
}
