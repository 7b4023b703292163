import type { Layer, LayerOptions } from './layer.js';

/** A layer that can look at data before the training and settle its options by what it sees. */
export interface AdaptableLayer<Data> extends Layer {
  /**
   * The same layer, settled by the data: layers are frozen, so keep what comes back.
   *
   * @throws ValueError when its options already settle it.
   */
  adapt(data: Data): AdaptableLayer<Data>;
  with(changes: LayerOptions): AdaptableLayer<Data>;
}
