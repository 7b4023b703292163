import { arange, ceil, matmul, tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { asFloat } from './ranks.js';

/** How predictions and labels agree above each of several thresholds, `[thresholds]` each. */
export interface Confusion {
  readonly truePositives: Tensor;
  readonly falsePositives: Tensor;
  readonly trueNegatives: Tensor;
  readonly falseNegatives: Tensor;
}

/** Whether thresholds lie at 0, 1/n, 2/n, ... 1; an outermost one may lie a bit further out. */
export function isEvenlySpread(thresholds: readonly number[]): boolean {
  const last = thresholds.length - 1;
  return (
    last >= 2 &&
    thresholds.every((threshold, i) => {
      const even = Math.fround(i / last);
      return Math.abs(threshold - even) <= 1e-7 + 1e-5 * even;
    })
  );
}

/** `[thresholds, n]`: 1 where a prediction is above a threshold. */
function areAbove(predictions: Tensor, thresholds: readonly number[]): Tensor {
  const row = predictions.reshape([1, -1]);
  if (!isEvenlySpread(thresholds)) {
    const limits = tensor(thresholds.map(Math.fround), { dtype: 'float32' }).reshape([-1, 1]);
    return asFloat(row.greater(limits));
  }
  // Keras sorts predictions into buckets here, which takes those beyond 0 and 1 to the ends and rounds in its own way.
  const last = thresholds.length - 1;
  const bucket = ceil(row.clip(0, 1).mul(last)).sub(1);
  const hasFirst = (thresholds[0] as number) < 0;
  const numbers = arange(thresholds.length).reshape([-1, 1]);
  return asFloat((hasFirst ? bucket.maximum(0) : bucket).greaterEqual(numbers));
}

/**
 * Counts (weighted) true and false positives and negatives at every threshold. A prediction is positive when it is
 * greater; thresholds are rounded to float32 first, so that ties behave alike everywhere.
 *
 * @param labels `[n]`, positive when not 0
 * @param predictions `[n]`
 * @param weights `[n]`; their dtype is that of the counts
 * @param thresholds list of `T` numbers
 */
export function confusionAt(
  labels: Tensor,
  predictions: Tensor,
  weights: Tensor,
  thresholds: readonly number[],
): Confusion {
  const above = areAbove(predictions, thresholds).cast(weights.dtype);
  const isPositive = asFloat(labels).notEqual(0).cast(weights.dtype);
  const positive = isPositive.mul(weights).reshape([-1, 1]);
  const negative = weights.reshape([-1, 1]).sub(positive);
  const count = (which: Tensor, weighted: Tensor): Tensor => matmul(which, weighted).reshape([-1]);
  const below = above.neg().add(1);
  return {
    truePositives: count(above, positive),
    falsePositives: count(above, negative),
    trueNegatives: count(below, negative),
    falseNegatives: count(below, positive),
  };
}
