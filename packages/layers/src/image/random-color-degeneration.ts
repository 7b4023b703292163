import type { LayerFactory } from '../layer.js';
import { defineLayer } from '../layer.js';
import { layerLabel } from '../layer-errors.js';
import { greyOf } from './colours.js';
import { drawForEach, randomImageSteps } from './image-layer.js';
import type { RelightingConfig, RelightingOptions } from './relighting.js';
import { resolveRelighting } from './relighting.js';

/**
 * In training, mixes each image with its grey version: x + f (grey - x), f drawn from `factor` (a number x is -x to x), and
 * cuts off what leaves the value range. Otherwise it leaves images as they are.
 *
 * @throws ValueError for a factor outside of -1..1, ShapeError for images that are neither grey nor in colour.
 * @example
 * randomColorDegeneration({ factor: [0, 1] }).outputShape([null, 32, 32, 3]); // => [null, 32, 32, 3]
 */
export const randomColorDegeneration: LayerFactory<readonly [options: RelightingOptions]> =
  defineLayer({
    className: 'RandomColorDegeneration',
    resolve: (options: RelightingOptions): RelightingConfig =>
      resolveRelighting(layerLabel('RandomColorDegeneration', options), options),
    ...randomImageSteps<RelightingConfig>('RandomColorDegeneration', (images, options, context) => {
      const grey = greyOf(layerLabel('RandomColorDegeneration', options), images);
      const share = drawForEach(images, context, 'degeneration', options.seed, options.factor);
      return images.add(share.mul(grey.sub(images))).clip(...options.valueRange);
    }),
  });
