import type { Layer, Mask } from '@gradus/layers';

// One warning per layer: a program that is compiled anew says nothing new.
const warned = new WeakSet<Layer>();

/**
 * Says that the mask of an input ends at a layer that does not know masks, as Keras does: layers behind it take every
 * step for data.
 */
export function warnOfLostMask(layer: Layer, path: string, masks: readonly Mask[]): void {
  // An operation between layers is no layer to Keras, and drops the mask in silence.
  if (layer.className === 'Operation') return;
  if (layer.supportsMask || warned.has(layer) || masks.every((mask) => mask === null)) return;
  warned.add(layer);
  console.warn(
    `Layer "${path}" (${layer.className}) does not support masks, so the mask of its input ends here: layers behind it count masked steps too.`,
  );
}
