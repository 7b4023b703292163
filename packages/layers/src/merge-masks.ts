import type { Tensor } from '@gradus/tensor';
import type { Mask } from './layer.js';

/** The mask of inputs that were combined number by number: an entry counts where any input's does. None if one has none. */
export function joinMasks(masks: readonly Mask[]): Mask {
  if (masks.length === 0 || masks.includes(null)) return null;
  return (masks as readonly Tensor[]).reduce((a, b) => a.or(b));
}
