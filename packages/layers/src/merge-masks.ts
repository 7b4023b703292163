import type { Tensor } from '@gradus/tensor';
import { expandDims, where } from '@gradus/tensor';
import type { Mask } from './layer.js';

/** The mask of inputs that were combined number by number: an entry counts where any input's does. None if one has none. */
export function joinMasks(masks: readonly Mask[]): Mask {
  if (masks.length === 0 || masks.includes(null)) return null;
  return (masks as readonly Tensor[]).reduce((a, b) => a.or(b));
}

/** A mask with an entry for every number of `x`. */
export function spreadMask(mask: Mask, x: Tensor): Mask {
  if (mask === null) return null;
  let spread = mask;
  while (spread.rank < x.rank) spread = expandDims(spread, -1);
  return spread.broadcastTo(x.shape);
}

/**
 * Combines inputs two by two with an operation that has no neutral number, such as the maximum: where one side is masked,
 * the other stands alone.
 */
export function combineUnmasked(
  operation: (a: Tensor, b: Tensor) => Tensor,
  inputs: readonly Tensor[],
  masks: readonly Mask[],
): Tensor {
  let result = inputs[0] as Tensor;
  let resultMask = masks[0] ?? null;
  inputs.slice(1).forEach((input, i) => {
    const mask = masks[i + 1] ?? null;
    const other = mask === null ? input : where(mask, input, result);
    const own = resultMask === null ? result : where(resultMask, result, other);
    resultMask = mask === null || resultMask === null ? null : resultMask.or(mask);
    result = operation(own, other);
  });
  return result;
}
