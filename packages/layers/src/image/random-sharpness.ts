import { depthwiseConv2d, tensor } from '@gradus/tensor';
import type { LayerFactory } from '../layer.js';
import { defineLayer } from '../layer.js';
import { layerLabel } from '../layer-errors.js';
import { drawForEach, randomImageSteps } from './image-layer.js';
import type { RelightingConfig, RelightingOptions } from './relighting.js';
import { resolveRelighting } from './relighting.js';

/** A mean of a pixel and its eight neighbours. */
const around = [1, 1, 1, 1, 5, 1, 1, 1, 1].map((weight) => weight / 13);

/**
 * In training, makes each image softer or sharper: x + (1 - 2 f)(soft - x), f drawn from `factor` (a number x is 0 to x). 0 is
 * the mean of neighbours, 0.5 leaves the image, 1 is as much sharper. Otherwise it leaves images as they are.
 *
 * @throws ValueError for a factor outside of 0..1, ShapeError for an input with other axes.
 * @example
 * randomSharpness({ factor: 0.8 }).options.factor; // => [0, 0.8]
 */
export const randomSharpness: LayerFactory<readonly [options: RelightingOptions]> = defineLayer({
  className: 'RandomSharpness',
  resolve: (options: RelightingOptions): RelightingConfig =>
    resolveRelighting(layerLabel('RandomSharpness', options), options, 0),
  ...randomImageSteps<RelightingConfig>('RandomSharpness', (images, options, context) => {
    const channels = images.shape[3] as number;
    const kernel = tensor(around).reshape([3, 3, 1, 1]).broadcastTo([3, 3, channels, 1]);
    const soft = depthwiseConv2d(images, kernel, { padding: 'same' });
    const draw = drawForEach(images, context, 'sharpness', options.seed, options.factor);
    const share = draw.mul(-2).add(1);
    return images.add(share.mul(soft.sub(images))).clip(...options.valueRange);
  }),
});
