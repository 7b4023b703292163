import type { LayerFactory, LayerOptions } from './layer.js';
import { defineLayer } from './layer.js';
import { layerLabel } from './layer-errors.js';
import type { NestedNumbers, NumbersLike } from './nested-numbers.js';
import { asTensor, plainNumbers } from './nested-numbers.js';
import { expectNumber } from './number-options.js';

/** Options of {@link rescaling}. */
export interface RescalingOptions extends LayerOptions {
  /** What numbers are multiplied with; a list has one for each channel. */
  readonly scale: NumbersLike;
  /** What is added then. Default 0. */
  readonly offset?: NumbersLike;
}

interface RescalingConfig {
  readonly scale: NestedNumbers;
  readonly offset: NestedNumbers;
}

/**
 * y = x scale + offset: pixels from 0..255 to 0..1 with `rescaling({ scale: 1 / 255 })`, to -1..1 with scale 1 / 127.5 and
 * offset -1. Whole numbers become float32.
 *
 * @example
 * rescaling({ scale: 1 / 127.5, offset: -1 }).call({}, tensor([0, 255]), context).toArray(); // => [-1, 1]
 */
export const rescaling: LayerFactory<readonly [options: RescalingOptions]> = defineLayer({
  className: 'Rescaling',
  supportsMask: true,
  outputDType: 'float32',
  resolve(options: RescalingOptions): RescalingConfig {
    const { scale, offset = 0 } = options;
    const label = layerLabel('Rescaling', options);
    // Lists are checked where they become tensors.
    if (typeof scale !== 'object') expectNumber(label, 'scale', scale);
    if (typeof offset !== 'object') expectNumber(label, 'offset', offset);
    return { scale: plainNumbers(scale), offset: plainNumbers(offset ?? 0) };
  },
  call: (_params, x, { scale, offset }) =>
    x.cast('float32').mul(asTensor(scale)).add(asTensor(offset)),
});
