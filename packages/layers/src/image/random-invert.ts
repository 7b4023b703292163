import { where } from '@gradus/tensor';
import type { LayerFactory } from '../layer.js';
import { defineLayer } from '../layer.js';
import { layerLabel } from '../layer-errors.js';
import { chosen, randomImageSteps } from './image-layer.js';
import type { RelightingConfig, RelightingOptions } from './relighting.js';
import { resolveRelighting } from './relighting.js';

/** Options of {@link randomInvert}: `factor` is up to how likely an image is inverted. Default 1. */
export interface RandomInvertOptions extends Partial<RelightingOptions> {}

/**
 * In training, turns images into their negatives, each with a probability that is drawn between the two numbers of
 * `factor`. Otherwise it leaves images as they are.
 *
 * @throws ValueError for a factor outside of 0..1, ShapeError for an input with other axes.
 * @example
 * randomInvert({ factor: 0.5 }).options.factor; // => [0, 0.5]
 */
export const randomInvert: LayerFactory<readonly [options?: RandomInvertOptions]> = defineLayer({
  className: 'RandomInvert',
  resolve: (options: RandomInvertOptions = {}): RelightingConfig =>
    resolveRelighting(layerLabel('RandomInvert', options), { factor: 1, ...options }, 0),
  ...randomImageSteps<RelightingConfig>('RandomInvert', (images, options, context) => {
    const negative = images.neg().add(options.valueRange[1]);
    return where(chosen(images, context, options.seed, options.factor), negative, images);
  }),
});
