import { matmul, tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { asFloat } from './ranks.js';

/** How predictions and labels agree above each of several thresholds, `[thresholds]` each. */
export interface Confusion {
  readonly truePositives: Tensor;
  readonly falsePositives: Tensor;
  readonly trueNegatives: Tensor;
  readonly falseNegatives: Tensor;
}

/**
 * Counts (weighted) true and false positives and negatives at every threshold. A prediction is positive when it is
 * greater; thresholds are rounded to float32 first, so that ties behave alike everywhere.
 *
 * @param labels `[n]`, positive when not 0
 * @param predictions `[n]`
 * @param weights `[n]`
 * @param thresholds list of `T` numbers
 */
export function confusionAt(
  labels: Tensor,
  predictions: Tensor,
  weights: Tensor,
  thresholds: readonly number[],
): Confusion {
  const limits = tensor(thresholds.map(Math.fround), { dtype: 'float32' }).reshape([-1, 1]);
  const above = asFloat(predictions.reshape([1, -1]).greater(limits));
  const positive = asFloat(asFloat(labels).greater(0)).mul(weights).reshape([-1, 1]);
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
