import { arange, argMax, full, matmul, zeros } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { part } from './metric.js';
import type { Metric, MetricOptions } from './metric.js';
import { asFloat } from './ranks.js';

/** Options of `confusionMatrix` and `confusionMatrixMetric`. */
export interface ConfusionMatrixOptions {
  readonly numClasses: number;
  /** One weight per sample. Default: 1 each. */
  readonly sampleWeight?: Tensor | null;
}

/** Class indices `[n]` from indices, one-hot rows or class scores; one column of probabilities is cut at 0.5. */
function classIndices(x: Tensor, numClasses: number, samples: number): Tensor {
  if (x.size === samples)
    return (x.dtype === 'int32' ? x : asFloat(x).add(0.5).cast('int32')).reshape([-1]);
  return argMax(x.reshape([-1, numClasses]), { axis: -1 }).reshape([-1]);
}

/**
 * How often each class was taken for each other: row = target, column = prediction, `[numClasses, numClasses]`.
 *
 * @param target class indices `[batch]`, or one-hot `[batch, classes]`
 * @param prediction class indices or class scores
 * @example
 * confusionMatrix(tensor([0, 1, 1]), tensor([0, 1, 0]), { numClasses: 2 }).toArray(); // => [[1,0],[1,1]]
 */
export function confusionMatrix(
  target: Tensor,
  prediction: Tensor,
  options: ConfusionMatrixOptions,
): Tensor {
  const { numClasses, sampleWeight } = options;
  const samples = Math.min(
    target.size,
    prediction.size,
    ...[target, prediction].map((x) => x.shape[0] ?? 1),
  );
  const count = target.rank <= 1 ? target.size : prediction.rank <= 1 ? prediction.size : samples;
  const classes = arange(numClasses).cast('int32');
  const rows = asFloat(
    classIndices(target, numClasses, count)
      .reshape([1, -1])
      .equal(classes.reshape([-1, 1])),
  );
  const columns = asFloat(
    classIndices(prediction, numClasses, count)
      .reshape([-1, 1])
      .equal(classes.reshape([1, -1])),
  );
  const weights = sampleWeight ? asFloat(sampleWeight).reshape([1, -1]) : full([1, 1], 1);
  return matmul(rows.mul(weights), columns);
}

/** `confusionMatrix` over all batches of an epoch. Its result is a matrix, so it suits `evaluate` more than a log line. */
export function confusionMatrixMetric(
  options: MetricOptions & { readonly numClasses: number },
): Metric {
  const { numClasses, name = 'confusionMatrix' } = options;
  return {
    className: 'ConfusionMatrix',
    name,
    config: { name, numClasses },
    direction: 'max',
    usesMask: true,
    init: () => ({ matrix: zeros([numClasses, numClasses]) }),
    update: (state, target, prediction, sampleWeight) => ({
      matrix: part(state, 'matrix').add(
        confusionMatrix(target, prediction, { numClasses, sampleWeight: sampleWeight ?? null }),
      ),
    }),
    result: (state) => part(state, 'matrix'),
  };
}
