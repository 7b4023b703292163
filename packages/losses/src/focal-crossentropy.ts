import { mean, softmax, sum, tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { checkSameShape } from './align.js';
import { binaryCrossentropyTerms } from './binary-crossentropy.js';
import type { CrossentropyOptions } from './binary-crossentropy.js';
import { normalizedProbabilities, smoothLabels } from './categorical-crossentropy.js';
import { defineLoss } from './loss.js';
import type { Loss } from './loss.js';

/** Options of `binaryFocalCrossentropy`. */
export interface BinaryFocalCrossentropyOptions extends CrossentropyOptions {
  /** Whether to weigh class 1 by `alpha` and class 0 by `1 - alpha`. Default false. */
  readonly applyClassBalancing?: boolean;
  /** Default 0.25. */
  readonly alpha?: number;
  /** How strongly easy samples fade. Default 2. */
  readonly gamma?: number;
}

/** Options of `categoricalFocalCrossentropy`. */
export interface CategoricalFocalCrossentropyOptions extends CrossentropyOptions {
  /** Weight of all classes, or of each. Default 0.25. */
  readonly alpha?: number | readonly number[];
  /** How strongly easy samples fade. Default 2. */
  readonly gamma?: number;
}

/**
 * Binary cross-entropy that fades for samples that are already right, so that rare hard ones are heard.
 *
 * `loss = mean((1 - p_t)^gamma · crossentropy, axis)`, `p_t` the probability given to the truth.
 *
 * @see T.-Y. Lin et al., Focal Loss for Dense Object Detection, 2017.
 */
export function binaryFocalCrossentropy(options: BinaryFocalCrossentropyOptions = {}): Loss {
  const { applyClassBalancing = false, alpha = 0.25, gamma = 2 } = options;
  const { fromLogits = false, labelSmoothing = 0, axis = -1 } = options;
  return defineLoss({
    className: 'BinaryFocalCrossentropy',
    name: 'binaryFocalCrossentropy',
    options,
    config: { applyClassBalancing, alpha, gamma, fromLogits, labelSmoothing, axis },
    check: checkSameShape,
    call: (target, prediction) => {
      const truth =
        labelSmoothing === 0 ? target : target.mul(1 - labelSmoothing).add(0.5 * labelSmoothing);
      const p = fromLogits ? prediction.sigmoid() : prediction;
      const no = truth.neg().add(1);
      const truthProbability = truth.mul(p).add(no.mul(p.neg().add(1)));
      const focal = truthProbability
        .neg()
        .add(1)
        .pow(gamma)
        .mul(binaryCrossentropyTerms(truth, p, false));
      const weighted = applyClassBalancing
        ? truth
            .mul(alpha)
            .add(no.mul(1 - alpha))
            .mul(focal)
        : focal;
      return mean(weighted, { axis });
    },
  });
}

/**
 * Categorical cross-entropy that fades for samples that are already right.
 *
 * `loss = sum(-alpha · (1 - p)^gamma · target · log p, axis)`.
 *
 * @see T.-Y. Lin et al., Focal Loss for Dense Object Detection, 2017.
 */
export function categoricalFocalCrossentropy(
  options: CategoricalFocalCrossentropyOptions = {},
): Loss {
  const { alpha = 0.25, gamma = 2, fromLogits = false, labelSmoothing = 0, axis = -1 } = options;
  return defineLoss({
    className: 'CategoricalFocalCrossentropy',
    name: 'categoricalFocalCrossentropy',
    options,
    config: { alpha, gamma, fromLogits, labelSmoothing, axis },
    check: checkSameShape,
    call: (target, prediction) => {
      const p = normalizedProbabilities(
        fromLogits ? softmax(prediction, { axis }) : prediction,
        axis,
      );
      const entropy = smoothLabels(target, labelSmoothing).mul(p.log()).neg();
      const weight = p.neg().add(1).pow(gamma).mul(classWeights(alpha));
      return sum(weight.mul(entropy), { axis });
    },
  });
}

/** One weight for all classes stays a number; a list lies along the last axis. */
function classWeights(alpha: number | readonly number[]): Tensor | number {
  return typeof alpha === 'number' ? alpha : tensor(alpha);
}
