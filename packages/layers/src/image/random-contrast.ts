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

/** Options of {@link randomContrast}. */
export interface RandomContrastOptions extends RandomImageOptions {
  /** Up to how much more contrast there is; two numbers also say how much less. From 0 to 1. */
  readonly factor: FactorOption;
  /** The numbers between which pixels lie. Default [0, 255]. */
  readonly valueRange?: ValueRange;
}

interface RandomContrastConfig extends RandomImageConfig {
  readonly factor: FactorRange;
  readonly valueRange: ValueRange;
}

/**
 * In training, moves pixels away from the mean of their channel, or towards it: x → (x - mean) c + mean, c drawn for each
 * image from 1 - low to 1 + high and the result cut off at the value range. One number x as factor stands for low 0 and
 * high x, as in Keras 3.15. Otherwise it leaves images as they are.
 *
 * @throws ValueError for a factor outside of 0..1, ShapeError for an input with other axes.
 * @example
 * randomContrast({ factor: 0.3 }).options.factor; // => [0, 0.3]
 */
export const randomContrast: LayerFactory<readonly [options: RandomContrastOptions]> = defineLayer({
  className: 'RandomContrast',
  resolve(options: RandomContrastOptions): RandomContrastConfig {
    const label = layerLabel('RandomContrast', options);
    const [low, high] = factorRange(label, 'factor', options.factor, 0);
    return {
      ...resolveRandomImage(label, options),
      factor: [low + 0, high],
      valueRange: resolveValueRange(label, options.valueRange),
    };
  },
  ...randomImageSteps<RandomContrastConfig>('RandomContrast', (images, options, context) => {
    const { factor, valueRange, seed } = options;
    const range: FactorRange = [1 - factor[0], 1 + factor[1]];
    const contrast = drawForEach(images, context, 'contrast', seed, range);
    const mean = images.mean({ axis: [1, 2], keepDims: true });
    return images
      .sub(mean)
      .mul(contrast)
      .add(mean)
      .clip(...valueRange);
  }),
});
