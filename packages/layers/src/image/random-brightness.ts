import type { LayerFactory } from '../layer.js';
import { defineLayer } from '../layer.js';
import { layerLabel } from '../layer-errors.js';
import type {
  FactorOption,
  FactorRange,
  RandomImageConfig,
  RandomImageOptions,
} from './image-layer.js';
import { drawForEach, factorRange, randomImageSteps, resolveRandomImage } from './image-layer.js';
import type { ValueRange } from './value-range.js';
import { resolveValueRange } from './value-range.js';

/** Options of {@link randomBrightness}. */
export interface RandomBrightnessOptions extends RandomImageOptions {
  /** Up to which share of the value range pixels get brighter or darker; two numbers from -1 to 1 are the range itself. */
  readonly factor: FactorOption;
  /** The numbers between which pixels lie. Default [0, 255]. */
  readonly valueRange?: ValueRange;
}

interface RandomBrightnessConfig extends RandomImageConfig {
  readonly factor: FactorRange;
  readonly valueRange: ValueRange;
}

/**
 * In training, makes each image brighter or darker by one number that is drawn, and cuts off what leaves the value range.
 * Otherwise it leaves images as they are.
 *
 * @throws ValueError for a factor outside of -1..1, ShapeError for an input with other axes.
 * @example
 * randomBrightness({ factor: 0.2 }).options.factor; // => [-0.2, 0.2]
 */
export const randomBrightness: LayerFactory<readonly [options: RandomBrightnessOptions]> =
  defineLayer({
    className: 'RandomBrightness',
    resolve(options: RandomBrightnessOptions): RandomBrightnessConfig {
      const label = layerLabel('RandomBrightness', options);
      return {
        ...resolveRandomImage(label, options),
        factor: factorRange(label, 'factor', options.factor),
        valueRange: resolveValueRange(label, options.valueRange),
      };
    },
    ...randomImageSteps<RandomBrightnessConfig>('RandomBrightness', (images, options, context) => {
      const { factor, valueRange, seed } = options;
      const [low, high] = valueRange;
      const change = drawForEach(images, context, 'brightness', seed, factor).mul(high - low);
      return images.add(change).clip(low, high);
    }),
  });
