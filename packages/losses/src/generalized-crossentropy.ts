import { ValueError, sum, where } from '@gradus/tensor';
import { checkSparseShape } from './align.js';
import { defineLoss } from './loss.js';
import type { Loss, LossOptions } from './loss.js';
import { classMatches, plainLabels } from './sparse-categorical-crossentropy.js';

/** Options of `categoricalGeneralizedCrossEntropy`. */
export interface GeneralizedCrossEntropyOptions extends LossOptions {
  /** Between 0 (like cross-entropy) and 1 (like the absolute error, which wrong labels hurt least). Default 0.5. */
  readonly q?: number;
}

/**
 * Cross-entropy for labels that are sometimes wrong: a label that the model finds absurd has a bounded loss.
 *
 * `loss = (1 - p^q) / q` with `p` the probability given to the label. Target `[batch]` of class indices (or
 * `[batch, 1]`), prediction `[batch, classes]` of probabilities.
 *
 * @param options `q` 0.5, `reduction` 'sumOverBatchSize'.
 * @throws ValueError unless `q` lies between 0 and 1; ShapeError when there is not one index for each prediction.
 * @example
 * categoricalGeneralizedCrossEntropy()(tensor([1]), tensor([[0.75, 0.25]])).toArray(); // => [1]
 * @see Z. Zhang, M. Sabuncu, Generalized Cross Entropy Loss, 2018.
 */
export function categoricalGeneralizedCrossEntropy(
  options: GeneralizedCrossEntropyOptions = {},
): Loss {
  const { q = 0.5 } = options;
  if (!(q > 0 && q < 1))
    throw new ValueError('loss/option', 'categoricalGeneralizedCrossEntropy has no such q.', {
      got: `q ${q}`,
      expected: 'a number between 0 and 1',
      fix: 'leave q out for 0.5',
    });
  return defineLoss({
    className: 'CategoricalGeneralizedCrossEntropy',
    name: 'categoricalGeneralizedCrossEntropy',
    options,
    config: { q },
    align: false,
    check: checkSparseShape(-1),
    call: (target, prediction) => {
      const matches = classMatches(plainLabels(target, prediction, -1), prediction, -1);
      const probability = sum(where(matches, prediction, 0), { axis: -1 });
      return probability.pow(q).neg().add(1).div(q);
    },
  });
}
