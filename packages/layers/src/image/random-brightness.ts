import type { LayerFactory } from '../layer.js';
import { defineLayer } from '../layer.js';
import { layerLabel } from '../layer-errors.js';
import { drawForEach, randomImageSteps } from './image-layer.js';
import type { RelightingConfig, RelightingOptions } from './relighting.js';
import { resolveRelighting } from './relighting.js';

/**
 * In training, makes each image brighter or darker by one number that is drawn, and cuts off what leaves the value range.
 * Otherwise it leaves images as they are.
 *
 * @throws ValueError for a factor outside of -1..1, ShapeError for an input with other axes.
 * @example
 * randomBrightness({ factor: 0.2 }).options.factor; // => [-0.2, 0.2]
 */
export const randomBrightness: LayerFactory<readonly [options: RelightingOptions]> = defineLayer({
  className: 'RandomBrightness',
  resolve: (options: RelightingOptions): RelightingConfig =>
    resolveRelighting(layerLabel('RandomBrightness', options), options),
  ...randomImageSteps<RelightingConfig>('RandomBrightness', (images, options, context) => {
    const { factor, valueRange, seed } = options;
    const [low, high] = valueRange;
    const change = drawForEach(images, context, 'brightness', seed, factor).mul(high - low);
    return images.add(change).clip(low, high);
  }),
});
