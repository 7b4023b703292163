import { where } from '@gradus/tensor';
import type { LayerFactory } from '../layer.js';
import { defineLayer } from '../layer.js';
import { layerLabel } from '../layer-errors.js';
import { hueSaturationValue, redGreenBlue } from './colours.js';
import { drawForEach, randomImageSteps } from './image-layer.js';
import type { RelightingConfig, RelightingOptions } from './relighting.js';
import { resolveRelighting } from './relighting.js';
import { moveRange } from './value-range.js';

/**
 * In training, moves the colours of each image along the rainbow, either way, by up to half of `factor` of a full turn.
 * Otherwise it leaves images as they are.
 *
 * @throws ValueError for a factor outside of 0..1, ShapeError for images without 3 channels.
 * @example
 * randomHue({ factor: 0.2 }).outputShape([null, 32, 32, 3]); // => [null, 32, 32, 3]
 */
export const randomHue: LayerFactory<readonly [options: RelightingOptions]> = defineLayer({
  className: 'RandomHue',
  resolve: (options: RelightingOptions): RelightingConfig =>
    resolveRelighting(layerLabel('RandomHue', options), options, 0),
  ...randomImageSteps<RelightingConfig>('RandomHue', (images, options, context) => {
    const { seed, factor, valueRange } = options;
    const isBack = drawForEach(images, context, 'direction', seed, [0, 1]).greater(0.5);
    const turn = drawForEach(images, context, 'hue', seed, factor).mul(where(isBack, -0.5, 0.5));
    const [hue, saturation, value] = hueSaturationValue(
      layerLabel('RandomHue', options),
      moveRange(images, valueRange, [0, 1]),
    );
    const colours = redGreenBlue(hue.add(turn), saturation, value).clip(0, 1);
    return moveRange(colours, [0, 1], valueRange);
  }),
});
