import { Tensor, notEqual, where } from '@gradus/tensor';
import type { LayerFactory, LayerOptions } from './layer.js';
import { defineLayer } from './layer.js';
import { layerLabel } from './layer-errors.js';
import { expectNumber } from './number-options.js';

/** Options of {@link masking}. */
export interface MaskingOptions extends LayerOptions {
  /** A step counts when any of its features differs from this. Default 0. */
  readonly maskValue?: number | Tensor;
}

interface MaskingConfig {
  readonly maskValue: number | Tensor;
}

/**
 * Says which steps of a sequence `[batch, steps, features]` are only there to fill it up: those whose features all equal
 * `maskValue`. Layers behind it skip them; their numbers become 0.
 *
 * @example
 * masking({ maskValue: -1 }).outputShape([null, 10, 3]); // => [null, 10, 3]
 */
export const masking: LayerFactory<readonly [options?: MaskingOptions]> = defineLayer({
  className: 'Masking',
  supportsMask: true,
  resolve(options: MaskingOptions = {}): MaskingConfig {
    const { maskValue = 0 } = options;
    if (!(maskValue instanceof Tensor) && maskValue !== null)
      expectNumber(layerLabel('Masking', options), 'maskValue', maskValue);
    return { maskValue: maskValue ?? 0 };
  },
  call: (_params, x, { maskValue }) =>
    where(notEqual(x, maskValue).any({ axis: -1, keepDims: true }), x, 0),
  computeMask: ({ maskValue }, x) => notEqual(x, maskValue).any({ axis: -1 }),
});
