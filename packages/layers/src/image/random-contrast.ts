import type { LayerFactory } from '../layer.js';
import { defineLayer } from '../layer.js';
import { layerLabel } from '../layer-errors.js';
import type { FactorRange } from './image-layer.js';
import { drawForEach, randomImageSteps } from './image-layer.js';
import type { RelightingConfig, RelightingOptions } from './relighting.js';
import { resolveRelighting } from './relighting.js';

/**
 * In training, moves pixels away from the mean of their channel, or towards it: x → (x - mean) c + mean, c drawn for each
 * image from 1 - low to 1 + high and the result cut off at the value range. One number x as factor stands for low 0 and
 * high x, as in Keras 3.15. Otherwise it leaves images as they are.
 *
 * @throws ValueError for a factor outside of 0..1, ShapeError for an input with other axes.
 * @example
 * randomContrast({ factor: 0.3 }).options.factor; // => [0, 0.3]
 */
export const randomContrast: LayerFactory<readonly [options: RelightingOptions]> = defineLayer({
  className: 'RandomContrast',
  resolve: (options: RelightingOptions): RelightingConfig =>
    resolveRelighting(layerLabel('RandomContrast', options), options, 0),
  ...randomImageSteps<RelightingConfig>('RandomContrast', (images, options, context) => {
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
