import { mean, softplus } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { checkSameShape } from './align.js';
import { EPSILON } from './epsilon.js';
import { defineLoss } from './loss.js';
import type { Loss, LossOptions } from './loss.js';

/** Options of the cross-entropies. */
export interface CrossentropyOptions extends LossOptions {
  /** Whether predictions are scores before sigmoid or softmax. Default false: they are probabilities. */
  readonly fromLogits?: boolean;
  /** How much of each target is spread evenly over the classes, 0 to 1. Default 0. */
  readonly labelSmoothing?: number;
  /** The axis of the classes; for the binary loss the axis that is averaged. Default -1. */
  readonly axis?: number;
}

/** Cross-entropy of each yes-or-no decision, unreduced. */
export function binaryCrossentropyTerms(
  target: Tensor,
  prediction: Tensor,
  fromLogits: boolean,
): Tensor {
  const no = target.neg().add(1);
  if (fromLogits) {
    // Two softplus keep tiny losses exact; max(x, 0) - x·target would cancel them to zero.
    return target.mul(softplus(prediction.neg())).add(no.mul(softplus(prediction)));
  }
  const p = prediction.clip(EPSILON, 1 - EPSILON);
  return target
    .mul(p.log())
    .add(no.mul(p.neg().add(1).log()))
    .neg();
}

/**
 * Cross-entropy of independent yes-or-no decisions: the loss after a sigmoid.
 *
 * `loss = mean(-(target · log p + (1 - target) · log(1 - p)), axis)`; probabilities are clipped to `[1e-7, 1 - 1e-7]`,
 * logits use softplus and need no clip. Smoothing: `target · (1 - s) + s / 2`.
 *
 * @param options `fromLogits` false, `labelSmoothing` 0, `axis` -1, `reduction` 'sumOverBatchSize'.
 * @throws ShapeError when target and prediction have different shapes.
 * @example
 * binaryCrossentropy({ fromLogits: true })(tensor([[1]]), tensor([[0]])).item(); // => 0.6931472
 */
export function binaryCrossentropy(options: CrossentropyOptions = {}): Loss {
  const { fromLogits = false, labelSmoothing = 0, axis = -1 } = options;
  return defineLoss({
    className: 'BinaryCrossentropy',
    name: 'binaryCrossentropy',
    options,
    config: { fromLogits, labelSmoothing, axis },
    check: checkSameShape,
    call: (target, prediction) => {
      const smooth =
        labelSmoothing === 0 ? target : target.mul(1 - labelSmoothing).add(0.5 * labelSmoothing);
      return mean(binaryCrossentropyTerms(smooth, prediction, fromLogits), { axis });
    },
  });
}
