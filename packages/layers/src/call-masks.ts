import type { Tensor } from '@gradus/tensor';
import type { CallOptions, TensorsOrNone } from './call-options.js';
import { tensorsOfOptions } from './call-options.js';
import type { Mask } from './layer.js';

/** Masks of one call: those that the computation sees, and those from which the mask of the output is made. */
export interface CallMasks {
  readonly seen: readonly Mask[];
  readonly passedOn: readonly Mask[];
}

function listOf(mask: TensorsOrNone<Tensor>): readonly Mask[] {
  return Array.isArray(mask) ? (mask as readonly Mask[]) : [mask as Mask];
}

/**
 * The masks of a call: what its options say, else what came with the inputs. As in Keras 3.15.1, a layer with one input
 * that is given other tensors too (an initial state) does not see the mask that came with its input, but passes it on.
 */
export function masksOfCall(
  { inputNames }: { readonly inputNames?: readonly string[] },
  riding: readonly Mask[],
  options: CallOptions<Tensor>,
): CallMasks {
  if (options.mask !== undefined && options.mask !== null) {
    const given = listOf(options.mask);
    const masks = riding.map((_, i) => given[i] ?? null);
    return { seen: masks, passedOn: masks };
  }
  if (inputNames !== undefined) {
    const named = options as { readonly [name: string]: Mask | undefined };
    const seen = riding.map((mask, i) => named[`${inputNames[i] ?? ''}Mask`] ?? mask);
    return { seen, passedOn: riding };
  }
  const hasOthers = riding.length === 1 && tensorsOfOptions(options).length > 0;
  return { seen: hasOthers ? riding.map(() => null) : riding, passedOn: riding };
}
