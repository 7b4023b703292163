import { ShapeError, full, sum, where } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { alignRanks } from './align.js';
import { EPSILON } from './epsilon.js';
import { asFloat } from './loss.js';
import type { Loss, Reduction } from './loss.js';

/** What weighs the samples of one batch. */
export interface LossWeights {
  /** One weight per sample `[batch]`, per value (`[batch, time]`), or any shape that broadcasts to the values. */
  readonly sampleWeight?: Tensor | null;
  /** True where a position counts. It is a mean over those that count, however many are left out. */
  readonly mask?: Tensor | null;
}

/**
 * The loss of a batch: the values per sample, weighed, masked and reduced as the loss says.
 *
 * Sample weights multiply and are not normalized, except with `meanWithSampleWeight`. A mask gives the positions that count
 * the weight `total / valid`, so that the mean is a mean over them.
 *
 * @returns a scalar, or the weighed values when the reduction is `none`.
 * @throws ShapeError when weights do not fit the values.
 * @example
 * computeLoss(meanSquaredError(), tensor([[1], [2]]), tensor([[1], [4]])).item(); // => 2
 */
export function computeLoss(
  loss: Loss,
  target: Tensor,
  prediction: Tensor,
  weights: LossWeights = {},
): Tensor {
  const values = loss(target, prediction);
  const valid = loss.validMask?.(target, prediction);
  const mask = joinMasks(weights.mask ?? undefined, valid);
  return reduceValues(values, loss.reduction, weights.sampleWeight ?? undefined, mask);
}

/** Reduces values per sample; `computeLoss` without the loss, for values that come from elsewhere. */
export function reduceValues(
  values: Tensor,
  reduction: Reduction,
  sampleWeight?: Tensor,
  mask?: Tensor,
): Tensor {
  let weight = sampleWeight === undefined ? undefined : asFloat(sampleWeight);
  if (mask !== undefined) weight = applyMask(asFloat(mask), weight, reduction);
  let weighed = asFloat(values);
  if (weight !== undefined) {
    [weighed, weight] = fitWeight(weighed, weight);
    weighed = weighed.mul(weight);
  }
  if (reduction === 'none') return weighed;
  const total = sum(weighed);
  if (reduction === 'sum') return total;
  if (reduction === 'meanWithSampleWeight' && weight !== undefined) {
    const divisor = sum(weight);
    // All weights zero: the loss is 0 and so is its gradient. Both branches of `where` are differentiated, hence the safe divisor.
    const isZero = divisor.equal(0);
    return where(isZero, 0, total.div(where(isZero, 1, divisor)));
  }
  return weighed.size === 0 ? full([], 0) : total.div(weighed.size);
}

function joinMasks(a: Tensor | undefined, b: Tensor | undefined): Tensor | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const [x, y] = alignRanks(a, b);
  return x.cast('bool').and(y.cast('bool'));
}

function applyMask(mask: Tensor, weight: Tensor | undefined, reduction: Reduction): Tensor {
  const isMean = reduction === 'sumOverBatchSize' || reduction === 'mean';
  const scaled = isMean ? mask.mul(full([], mask.size).div(sum(mask).add(EPSILON))) : mask;
  if (weight === undefined) return scaled;
  const [x, y] = fitWeight(scaled, weight);
  return x.mul(y);
}

/** Gives weights trailing axes until they broadcast along the batch: `[batch]` weighs whole rows of `[batch, time]`. */
function fitWeight(values: Tensor, weight: Tensor): [Tensor, Tensor] {
  let [x, w] = alignRanks(values, weight);
  // One value for the whole batch is repeated for each weight, as in Keras.
  if (x.rank === 0) return [x, w];
  if (w.rank > 0 && w.rank < x.rank)
    w = w.reshape([...w.shape, ...Array<number>(x.rank - w.rank).fill(1)]);
  const fits =
    w.rank <= x.rank &&
    w.shape.every((size, axis) => size === 1 || size === x.shape[axis + x.rank - w.rank]);
  if (!fits)
    throw new ShapeError(
      'loss/weight',
      'Sample weights or a mask do not fit the values of the loss.',
      {
        got: `weights [${weight.shape.join(', ')}], values [${values.shape.join(', ')}]`,
        expected: `weights [${values.shape.slice(0, 1).join(', ')}] or [${values.shape.join(', ')}]`,
        fix: 'give one weight per sample, or one per value',
      },
    );
  return [x, w];
}
