import { where } from '@gradus/tensor';
import type { LayerFactory } from '../layer.js';
import { defineLayer } from '../layer.js';
import { expectFraction, layerLabel } from '../layer-errors.js';
import { greyOf } from './colours.js';
import type { RandomImageConfig, RandomImageOptions } from './image-layer.js';
import { chosen, randomImageSteps, resolveRandomImage } from './image-layer.js';

/** Options of {@link randomGrayscale}. */
export interface RandomGrayscaleOptions extends RandomImageOptions {
  /** How likely an image becomes grey. Default 0.5. */
  readonly factor?: number;
}

interface RandomGrayscaleConfig extends RandomImageConfig {
  readonly factor: number;
}

/**
 * In training, takes the colours out of some images; they keep three channels, which are equal. Otherwise it leaves images
 * as they are.
 *
 * @throws ValueError for a factor outside of 0..1, ShapeError for images that are neither grey nor in colour.
 * @example
 * randomGrayscale({ factor: 0.2 }).outputShape([null, 32, 32, 3]); // => [null, 32, 32, 3]
 */
export const randomGrayscale: LayerFactory<readonly [options?: RandomGrayscaleOptions]> =
  defineLayer({
    className: 'RandomGrayscale',
    resolve(options: RandomGrayscaleOptions = {}): RandomGrayscaleConfig {
      const label = layerLabel('RandomGrayscale', options);
      const { factor = 0.5 } = options;
      expectFraction(label, 'factor', factor);
      return { ...resolveRandomImage(label, options), factor };
    },
    ...randomImageSteps<RandomGrayscaleConfig>('RandomGrayscale', (images, options, context) => {
      const grey = greyOf(layerLabel('RandomGrayscale', options), images);
      const which = chosen(images, context, options.seed, [options.factor, options.factor]);
      return where(which, grey.broadcastTo(images.shape), images);
    }),
  });
