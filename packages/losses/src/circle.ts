import { ShapeError, eye, logSumExp, matmul, softplus, where } from '@gradus/tensor';
import type { Shape, Tensor } from '@gradus/tensor';
import { defineLoss } from './loss.js';
import type { Loss, LossOptions } from './loss.js';

/** Options of `circle`. */
export interface CircleOptions extends LossOptions {
  /** Scale of the similarities. Default 80. */
  readonly gamma?: number;
  /** How far from ideal a pair may be. Default 0.4. */
  readonly margin?: number;
  /** Whether a sample is no partner of itself. Default true. */
  readonly removeDiagonal?: boolean;
}

/** Exponentials of it are 0; a finite number, because an infinite one makes gradients of empty sums NaN. */
const NO_PAIR = -1e30;

function checkPairs(name: string, target: Shape, prediction: Shape): void {
  const isColumn = target.length === 2 && target[1] === 1;
  if (prediction.length === 2 && (target.length === 1 || isColumn) && target[0] === prediction[0])
    return;
  throw new ShapeError('loss/shape', `${name} compares embeddings of one batch in pairs.`, {
    got: `target [${target.join(', ')}], prediction [${prediction.join(', ')}]`,
    expected: 'target [batch] of class indices, prediction [batch, features]',
    fix: 'give one class index per sample, and let the model end with unitNormalization()',
  });
}

/**
 * Draws embeddings of one class together and pushes those of others apart; pairs that are far from where they belong count
 * more. For face recognition and search, where classes at use are not those of training.
 *
 * With distances `d = max(1 - x · y, 0)` between all pairs of the batch:
 * `loss = softplus(log Σ exp(-gamma · (margin + d)(margin - d)) + log Σ exp(gamma · (1 + margin - d)(1 - margin - d)))`,
 * the first sum over pairs of one class, the second over the others. Target `[batch]` of class indices, prediction
 * `[batch, features]` of length 1. Samples whose loss is 0 (without a partner) are left out of the mean.
 *
 * @param options `gamma` 80, `margin` 0.4, `removeDiagonal` true, `reduction` 'sumOverBatchSize'.
 * @throws ShapeError for other ranks.
 * @see Y. Sun et al., Circle Loss: A Unified Perspective of Pair Similarity Optimization, 2020.
 */
export function circle(options: CircleOptions = {}): Loss {
  const { gamma = 80, margin = 0.4, removeDiagonal = true } = options;
  const call = (target: Tensor, prediction: Tensor): Tensor => {
    const labels = target.cast('int32').reshape([-1, 1]);
    const samples = labels.shape[0] as number;
    const isSame = labels.equal(labels.reshape([1, -1]));
    const isPartner = removeDiagonal ? isSame.and(eye(samples).cast('bool').not()) : isSame;
    const distance = matmul(prediction, prediction.transpose()).neg().add(1).maximum(0);
    const near = distance.add(margin).maximum(0).mul(-gamma).mul(distance.neg().add(margin));
    const far = distance
      .neg()
      .add(1 + margin)
      .maximum(0)
      .mul(gamma)
      .mul(distance.neg().add(1 - margin));
    const partners = logSumExp(where(isPartner, near, NO_PAIR), { axis: 1 });
    const strangers = logSumExp(where(isSame, NO_PAIR, far), { axis: 1 });
    return softplus(partners.add(strangers));
  };
  return defineLoss({
    className: 'Circle',
    name: 'circle',
    options,
    config: { gamma, margin, removeDiagonal },
    align: false,
    check: checkPairs,
    call,
    validMask: (target, prediction) => call(target, prediction).greater(0),
  });
}
