import { arange, expandDims, squeeze, sum, where } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { checkSparseShape } from './align.js';
import { logProbabilities } from './categorical-crossentropy.js';
import { defineLoss } from './loss.js';
import type { Loss, LossOptions } from './loss.js';

/** Options of `sparseCategoricalCrossentropy`. */
export interface SparseCategoricalCrossentropyOptions extends LossOptions {
  /** Whether predictions are scores before softmax. Default false: they are probabilities. */
  readonly fromLogits?: boolean;
  /** A class whose positions do not count (padding, "unlabelled"). Default null: all count. */
  readonly ignoreClass?: number | null;
  /** The axis of the classes. Default -1. */
  readonly axis?: number;
}

/** Class indices without a class axis of length 1. */
export function plainLabels(target: Tensor, prediction: Tensor, axis: number): Tensor {
  return target.rank === prediction.rank ? squeeze(target, axis) : target;
}

/** True where the class axis meets the label: a one-hot target that may lie along any axis. */
export function classMatches(labels: Tensor, prediction: Tensor, axis: number): Tensor {
  const classAxis = axis < 0 ? axis + prediction.rank : axis;
  const classes = prediction.shape[classAxis] ?? 1;
  const line = prediction.shape.map((_, index) => (index === classAxis ? classes : 1));
  return expandDims(labels.cast('int32'), classAxis).equal(
    arange(classes).cast('int32').reshape(line),
  );
}

/**
 * Cross-entropy between class indices and predicted classes: `categoricalCrossentropy` without writing one-hot targets.
 *
 * `loss = -log p[target]`, target `[batch, ...]` or `[batch, ..., 1]`, prediction `[batch, ..., classes]`.
 * With `ignoreClass`, those positions give 0 and are left out of the mean.
 *
 * @param options `fromLogits` false, `ignoreClass` null, `axis` -1, `reduction` 'sumOverBatchSize'.
 * @throws ShapeError when there is not one index for each prediction.
 * @example
 * sparseCategoricalCrossentropy()(tensor([1]), tensor([[0.5, 0.5]])).item(); // => 0.6931472
 */
export function sparseCategoricalCrossentropy(
  options: SparseCategoricalCrossentropyOptions = {},
): Loss {
  const { fromLogits = false, ignoreClass = null, axis = -1 } = options;
  const isValid = (target: Tensor, prediction: Tensor): Tensor =>
    plainLabels(target, prediction, axis)
      .cast('int32')
      .notEqual(ignoreClass ?? 0);
  return defineLoss({
    className: 'SparseCategoricalCrossentropy',
    name: 'sparseCategoricalCrossentropy',
    options,
    config: { fromLogits, ignoreClass, axis },
    check: checkSparseShape(axis),
    call: (target, prediction) => {
      const matches = classMatches(plainLabels(target, prediction, axis), prediction, axis);
      const logs = logProbabilities(prediction, fromLogits, axis);
      const values = sum(where(matches, logs, 0), { axis }).neg();
      return ignoreClass === null ? values : where(isValid(target, prediction), values, 0);
    },
    ...(ignoreClass === null ? {} : { validMask: isValid }),
  });
}
