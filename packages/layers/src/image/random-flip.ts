import { flip, where } from '@gradus/tensor';
import type { LayerFactory } from '../layer.js';
import { defineLayer } from '../layer.js';
import { expectOneOf, layerLabel } from '../layer-errors.js';
import type { RandomImageConfig, RandomImageOptions } from './image-layer.js';
import { drawForEach, randomImageSteps, resolveRandomImage } from './image-layer.js';

/** Options of {@link randomFlip}. */
export interface RandomFlipOptions extends RandomImageOptions {
  /** Left and right, up and down, or (default) both at once. */
  readonly mode?: 'horizontal' | 'vertical' | 'horizontalAndVertical';
}

interface RandomFlipConfig extends RandomImageConfig {
  readonly mode: 'horizontal' | 'vertical' | 'horizontalAndVertical';
}

/**
 * In training, turns every second image around, by chance; with both directions, both at once, as Keras does. Otherwise it
 * leaves images as they are.
 *
 * @throws ValueError for an unknown mode, ShapeError for an input with other axes.
 * @example
 * randomFlip({ mode: 'horizontal' }).outputShape([null, 32, 32, 3]); // => [null, 32, 32, 3]
 */
export const randomFlip: LayerFactory<readonly [options?: RandomFlipOptions]> = defineLayer({
  className: 'RandomFlip',
  resolve(options: RandomFlipOptions = {}): RandomFlipConfig {
    const label = layerLabel('RandomFlip', options);
    const { mode = 'horizontalAndVertical' } = options;
    expectOneOf(label, 'mode', mode, ['horizontal', 'vertical', 'horizontalAndVertical']);
    return { ...resolveRandomImage(label, options), mode };
  },
  ...randomImageSteps<RandomFlipConfig>('RandomFlip', (images, { mode, seed }, context) => {
    const axis = mode === 'horizontal' ? [2] : mode === 'vertical' ? [1] : [1, 2];
    const draw = drawForEach(images, context, 'flip', seed, [0, 1]);
    return where(draw.lessEqual(0.5), flip(images, { axis }), images);
  }),
});
