import type { Tensor } from '@gradus/tensor';
import type { Layer, LayerFactory } from '../layer.js';
import { defineLayer } from '../layer.js';
import { layerLabel } from '../layer-errors.js';
import type { FactorOption, RandomImageConfig, RandomImageOptions } from './image-layer.js';
import { randomImageSteps, resolveRandomImage } from './image-layer.js';
import { randomBrightness } from './random-brightness.js';
import { randomContrast } from './random-contrast.js';
import { randomHue } from './random-hue.js';
import { randomSaturation } from './random-saturation.js';
import type { RelightingOptions } from './relighting.js';
import type { ValueRange } from './value-range.js';
import { resolveValueRange } from './value-range.js';

/** Options of {@link randomColorJitter}; a change whose factor is null (default) does not happen. */
export interface RandomColorJitterOptions extends RandomImageOptions {
  /** The numbers between which pixels lie. Default [0, 255]. */
  readonly valueRange?: ValueRange;
  /** As `factor` of randomBrightness. */
  readonly brightnessFactor?: FactorOption | null;
  /** As `factor` of randomContrast. */
  readonly contrastFactor?: FactorOption | null;
  /** As `factor` of randomSaturation. */
  readonly saturationFactor?: FactorOption | null;
  /** As `factor` of randomHue. */
  readonly hueFactor?: FactorOption | null;
}

interface RandomColorJitterConfig extends RandomImageConfig {
  readonly valueRange: ValueRange;
  readonly brightnessFactor: FactorOption | null;
  readonly contrastFactor: FactorOption | null;
  readonly saturationFactor: FactorOption | null;
  readonly hueFactor: FactorOption | null;
}

/** The changes in their order. */
function stepsOf(options: RandomColorJitterConfig, name?: string): readonly Layer[] {
  const { valueRange, seed } = options;
  const step = (
    make: (options: RelightingOptions) => Layer,
    factor: FactorOption | null,
  ): readonly Layer[] =>
    factor === null
      ? []
      : [make({ factor, valueRange, seed, ...(name === undefined ? {} : { name }) })];
  return [
    ...step(randomBrightness, options.brightnessFactor),
    ...step(randomContrast, options.contrastFactor),
    ...step(randomSaturation, options.saturationFactor),
    ...step(randomHue, options.hueFactor),
  ];
}

/**
 * In training, changes brightness, contrast, saturation and hue, one after the other, each as the layer of that name does.
 * Otherwise it leaves images as they are.
 *
 * @throws ValueError for impossible factors, ShapeError for images without the channels that a change needs.
 * @example
 * randomColorJitter({ brightnessFactor: 0.2, hueFactor: 0.1 }).outputShape([null, 32, 32, 3]); // => [null, 32, 32, 3]
 */
export const randomColorJitter: LayerFactory<readonly [options?: RandomColorJitterOptions]> =
  defineLayer({
    className: 'RandomColorJitter',
    resolve(options: RandomColorJitterOptions = {}): RandomColorJitterConfig {
      const label = layerLabel('RandomColorJitter', options);
      const config: RandomColorJitterConfig = {
        ...resolveRandomImage(label, options),
        valueRange: resolveValueRange(label, options.valueRange),
        brightnessFactor: options.brightnessFactor ?? null,
        contrastFactor: options.contrastFactor ?? null,
        saturationFactor: options.saturationFactor ?? null,
        hueFactor: options.hueFactor ?? null,
      };
      // Makes the layers once, so that an impossible factor is told here.
      stepsOf(config, options.name);
      return config;
    },
    ...randomImageSteps<RandomColorJitterConfig>('RandomColorJitter', (images, options, context) =>
      stepsOf(options).reduce((x, layer) => layer.call({}, x, context) as Tensor, images),
    ),
  });
