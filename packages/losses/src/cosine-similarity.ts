import { sum } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { checkSameShape } from './align.js';
import { EPSILON } from './epsilon.js';
import { defineLoss } from './loss.js';
import type { Loss, LossOptions } from './loss.js';

/** Options of `cosineSimilarity`. */
export interface CosineSimilarityOptions extends LossOptions {
  /** The axis along which the vectors lie. Default -1. */
  readonly axis?: number;
}

/**
 * The negative cosine of the angle between target and prediction: -1 when they point the same way, 1 when opposite.
 * Lengths do not matter, so it is the loss of embeddings.
 *
 * `loss = -sum(target / ‖target‖ · prediction / ‖prediction‖, axis)`.
 *
 * @throws ShapeError when target and prediction have different shapes.
 * @example
 * cosineSimilarity()(tensor([[0, 2]]), tensor([[0, 1]])).toArray(); // => [-1]
 */
export function cosineSimilarity(options: CosineSimilarityOptions = {}): Loss {
  const axis = options.axis ?? -1;
  const normalize = (x: Tensor): Tensor => {
    // The floor is on the squared length, so that a zero vector stays zero and its gradient finite.
    const squaredLength = sum(x.square(), { axis, keepDims: true }).maximum(EPSILON * EPSILON);
    return x.div(squaredLength.sqrt());
  };
  return defineLoss({
    className: 'CosineSimilarity',
    name: 'cosineSimilarity',
    options,
    config: { axis },
    check: checkSameShape,
    call: (target, prediction) => sum(normalize(target).mul(normalize(prediction)), { axis }).neg(),
  });
}
