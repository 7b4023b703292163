import { where } from '@gradus/tensor';
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
import { bytes, moveRange, resolveValueRange } from './value-range.js';

/** Options of {@link solarization}. */
export interface SolarizationOptions extends RandomImageOptions {
  /** Up to which share of 255 pixels get brighter first. Default 0. */
  readonly additionFactor?: FactorOption;
  /** Up to which share of 255 pixels are left as they are. Default 0. */
  readonly thresholdFactor?: FactorOption;
  /** The numbers between which pixels lie. Default [0, 255]. */
  readonly valueRange?: ValueRange;
}

interface SolarizationConfig extends RandomImageConfig {
  readonly additionFactor: FactorRange;
  readonly thresholdFactor: FactorRange;
  readonly valueRange: ValueRange;
}

/** From the smaller number, which Keras takes as it is, to the larger one times 255. */
const ofBytes = ([low, high]: FactorRange): FactorRange => [low, high * 255];

/**
 * In training, turns pixels that are not below a threshold into their negatives. Otherwise it leaves images as they are.
 *
 * @throws ValueError for factors outside of 0..1, ShapeError for an input with other axes.
 * @example
 * solarization().call({}, full([1, 1, 1, 1], 55), { ...context, training: true }).item(); // => 200
 */
export const solarization: LayerFactory<readonly [options?: SolarizationOptions]> = defineLayer({
  className: 'Solarization',
  resolve(options: SolarizationOptions = {}): SolarizationConfig {
    const label = layerLabel('Solarization', options);
    const range = (option: 'additionFactor' | 'thresholdFactor'): FactorRange => {
      const [low, high] = factorRange(label, option, options[option] ?? 0, 0);
      return [low + 0, high];
    };
    return {
      ...resolveRandomImage(label, options),
      additionFactor: range('additionFactor'),
      thresholdFactor: range('thresholdFactor'),
      valueRange: resolveValueRange(label, options.valueRange),
    };
  },
  ...randomImageSteps<SolarizationConfig>('Solarization', (images, options, context) => {
    const { seed, valueRange } = options;
    const more = drawForEach(images, context, 'addition', seed, ofBytes(options.additionFactor));
    const limit = drawForEach(images, context, 'limit', seed, ofBytes(options.thresholdFactor));
    const pixels = moveRange(images, valueRange, bytes)
      .add(more)
      .clip(...bytes);
    const changed = where(pixels.less(limit), pixels, pixels.neg().add(255));
    return moveRange(changed, bytes, valueRange);
  }),
});
