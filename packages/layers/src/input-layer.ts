import type { LayerFactory, LayerOptions } from './layer.js';
import { defineLayer } from './layer.js';
import type { SymbolicShape } from './symbolic.js';

/** Options of {@link inputLayer}. */
export interface InputLayerOptions extends LayerOptions {
  /** Lengths of all axes, the batch first; null for one that varies. */
  readonly batchShape: SymbolicShape;
  /** Default 'float32'. */
  readonly dtype?: 'float32' | 'int32' | 'bool';
}

/** The layer that stands for an input in saved models. In programs use `input()`, which returns a symbolic tensor. */
export const inputLayer: LayerFactory<readonly [options: InputLayerOptions]> = defineLayer({
  className: 'InputLayer',
  supportsMask: true,
  resolve: (
    options: InputLayerOptions,
  ): { readonly batchShape: SymbolicShape; readonly dtype: 'float32' | 'int32' | 'bool' } => ({
    batchShape: options.batchShape,
    dtype: options.dtype ?? 'float32',
  }),
  call: (_params, x) => x,
});
