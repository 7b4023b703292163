import { floor, randomInt, take, tensor } from '@gradus/tensor';
import type { LayerFactory } from '../layer.js';
import { defineLayer } from '../layer.js';
import { layerLabel } from '../layer-errors.js';
import { noiseKey } from '../random-noise.js';
import { randomImageSteps } from './image-layer.js';
import type { RelightingConfig, RelightingOptions } from './relighting.js';
import { resolveRelighting } from './relighting.js';
import { bytes, moveRange } from './value-range.js';

/** 2 to the power of 8 less the bits that are kept, under the number of those bits. */
const steps = tensor([256, 128, 64, 32, 16, 8, 4, 2, 1]);

/**
 * In training, keeps only so many of the 8 bits of each pixel: a number from 1 to `factor`, drawn for each image, without the
 * last; two equal numbers are that number. Otherwise it leaves images as they are.
 *
 * @throws ValueError for a factor outside of 1..8, ShapeError for an input with other axes.
 * @example
 * randomPosterization({ factor: 4 }).options.factor; // => [1, 4]
 */
export const randomPosterization: LayerFactory<readonly [options: RelightingOptions]> = defineLayer(
  {
    className: 'RandomPosterization',
    resolve: (options: RelightingOptions): RelightingConfig =>
      resolveRelighting(layerLabel('RandomPosterization', options), options, 1, 8),
    ...randomImageSteps<RelightingConfig>('RandomPosterization', (images, options, context) => {
      const { seed, valueRange } = options;
      const [low, high] = options.factor;
      const key = noiseKey(context, 'posterization', seed);
      const shape = [images.shape[0] as number, 1, 1, 1];
      const bits = randomInt(key, shape, { low, high: Math.max(high, low + 1) });
      const step = take(steps, bits, { axis: 0 });
      const pixels = floor(moveRange(images, valueRange, bytes));
      return moveRange(floor(pixels.div(step)).mul(step), bytes, valueRange);
    }),
  },
);
