import type { CallOptions } from './call-options.js';
import type { Layer } from './layer.js';
import type { SymbolicTensor } from './symbolic.js';

/** A layer of attention. Called with `{ returnAttentionScores: true }` it gives a list: the output, and the scores. */
export interface AttentionLayer extends Layer {
  (
    inputs: readonly SymbolicTensor[],
    options: CallOptions & { readonly returnAttentionScores: true },
  ): readonly SymbolicTensor[];
  (inputs: SymbolicTensor | readonly SymbolicTensor[], options?: CallOptions): SymbolicTensor;
}
