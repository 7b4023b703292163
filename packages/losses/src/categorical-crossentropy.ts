import { logSoftmax, sum } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { checkSameShape } from './align.js';
import type { CrossentropyOptions } from './binary-crossentropy.js';
import { EPSILON } from './epsilon.js';
import { defineLoss } from './loss.js';
import type { Loss } from './loss.js';

/** Probabilities as Keras takes them: divided by their sum first, clipped after. */
export function normalizedProbabilities(prediction: Tensor, axis: number): Tensor {
  return prediction.div(sum(prediction, { axis, keepDims: true })).clip(EPSILON, 1 - EPSILON);
}

/** Logarithms of the class probabilities. */
export function logProbabilities(prediction: Tensor, fromLogits: boolean, axis: number): Tensor {
  return fromLogits
    ? logSoftmax(prediction, { axis })
    : normalizedProbabilities(prediction, axis).log();
}

/** Moves a share of the target from its class to all classes. */
export function smoothLabels(target: Tensor, labelSmoothing: number): Tensor {
  if (labelSmoothing === 0) return target;
  const classes = target.shape[target.rank - 1] ?? 1;
  return target.mul(1 - labelSmoothing).add(labelSmoothing / classes);
}

/**
 * Cross-entropy between one-hot (or soft) targets and predicted classes: the loss after a softmax.
 *
 * `loss = -sum(target · log p, axis)`, from `[batch, ..., classes]` to `[batch, ...]`. Probabilities are divided by their
 * sum and clipped to `[1e-7, 1 - 1e-7]`; logits go through log-softmax. Smoothing: `target · (1 - s) + s / classes`.
 *
 * @param options `fromLogits` false, `labelSmoothing` 0, `axis` -1, `reduction` 'sumOverBatchSize'.
 * @throws ShapeError when target and prediction have different shapes (class indices want `sparseCategoricalCrossentropy`).
 * @example
 * categoricalCrossentropy()(tensor([[0, 1]]), tensor([[0.5, 0.5]])).item(); // => 0.6931472
 */
export function categoricalCrossentropy(options: CrossentropyOptions = {}): Loss {
  const { fromLogits = false, labelSmoothing = 0, axis = -1 } = options;
  return defineLoss({
    className: 'CategoricalCrossentropy',
    name: 'categoricalCrossentropy',
    options,
    config: { fromLogits, labelSmoothing, axis },
    check: checkSameShape,
    call: (target, prediction) =>
      sum(
        smoothLabels(target, labelSmoothing).mul(logProbabilities(prediction, fromLogits, axis)),
        { axis },
      ).neg(),
  });
}
