import { relu } from '@gradus/tensor';
import type { LayerFactory, LayerOptions } from './layer.js';
import { defineLayer } from './layer.js';
import { layerLabel } from './layer-errors.js';
import { expectNumber } from './number-options.js';

/** Options of {@link reLU}. */
export interface ReLUOptions extends LayerOptions {
  /** The largest number that comes out. Default null: no limit. */
  readonly maxValue?: number | null;
  /** Slope below the threshold. Default 0. */
  readonly negativeSlope?: number;
  /** Numbers up to it count as negative. Default 0. */
  readonly threshold?: number;
}

interface ReLUConfig {
  readonly maxValue: number | null;
  readonly negativeSlope: number;
  readonly threshold: number;
}

/**
 * The rectifier as a layer, with all its options: x from the threshold up to maxValue, negativeSlope (x - threshold)
 * below. The shape stays.
 *
 * @throws ValueError for a negative option.
 * @example
 * reLU({ maxValue: 6 }).call({}, tensor([-1, 2, 9]), context).toArray(); // => [0, 2, 6]
 */
export const reLU: LayerFactory<readonly [options?: ReLUOptions]> = defineLayer({
  className: 'ReLU',
  outputDType: 'float32',
  supportsMask: true,
  resolve(options: ReLUOptions = {}): ReLUConfig {
    const label = layerLabel('ReLU', options);
    const { maxValue = null, negativeSlope = 0, threshold = 0 } = options;
    if (maxValue !== null) expectNumber(label, 'maxValue', maxValue, { least: 0 });
    expectNumber(label, 'negativeSlope', negativeSlope, { least: 0 });
    expectNumber(label, 'threshold', threshold, { least: 0 });
    return { maxValue, negativeSlope, threshold };
  },
  call: (_params, x, { maxValue, negativeSlope, threshold }) =>
    relu(x, { maxValue, negativeSlope, threshold }),
});
