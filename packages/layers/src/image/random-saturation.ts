import type { LayerFactory } from '../layer.js';
import { defineLayer } from '../layer.js';
import { layerLabel } from '../layer-errors.js';
import { hueSaturationValue, redGreenBlue } from './colours.js';
import { drawForEach, randomImageSteps } from './image-layer.js';
import type { RelightingConfig, RelightingOptions } from './relighting.js';
import { resolveRelighting } from './relighting.js';

/**
 * In training, multiplies how colourful each image is by f / (1 - f), f drawn from `factor`: 0 is grey, 0.5 leaves it, 1 is as
 * colourful as can be. Otherwise it leaves images as they are.
 *
 * @throws ValueError for a factor outside of -1..1, ShapeError for images without 3 channels.
 * @example
 * randomSaturation({ factor: [0.3, 0.7] }).outputShape([null, 32, 32, 3]); // => [null, 32, 32, 3]
 */
export const randomSaturation: LayerFactory<readonly [options: RelightingOptions]> = defineLayer({
  className: 'RandomSaturation',
  resolve: (options: RelightingOptions): RelightingConfig =>
    resolveRelighting(layerLabel('RandomSaturation', options), options),
  ...randomImageSteps<RelightingConfig>('RandomSaturation', (images, options, context) => {
    const draw = drawForEach(images, context, 'saturation', options.seed, options.factor);
    const times = draw.div(draw.neg().add(1).add(1e-7));
    const [hue, saturation, value] = hueSaturationValue(
      layerLabel('RandomSaturation', options),
      images,
    );
    return redGreenBlue(hue, saturation.mul(times).clip(...options.valueRange), value);
  }),
});
