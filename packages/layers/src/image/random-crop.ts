import { arange, randomInt, resizeImages, take } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import type { CallContext, LayerFactory } from '../layer.js';
import { defineLayer } from '../layer.js';
import { layerLabel } from '../layer-errors.js';
import { noiseKey } from '../random-noise.js';
import { cutOut, fittedBox } from './fitted-crop.js';
import type { RandomImageConfig, RandomImageOptions } from './image-layer.js';
import { randomImageSteps, resizedShape, resolveRandomImage, resolveSize } from './image-layer.js';

/** Options of {@link randomCrop}. */
export interface RandomCropOptions extends RandomImageOptions {
  /** Pixels from top to bottom. */
  readonly height: number;
  /** Pixels from left to right. */
  readonly width: number;
}

interface RandomCropConfig extends RandomImageConfig {
  readonly height: number;
  readonly width: number;
}

/** So many pixels along an axis, from a place that is drawn. */
function cutAlong(
  images: Tensor,
  axis: number,
  length: number,
  seed: number | null,
  context: CallContext,
): Tensor {
  const key = noiseKey(context, `crop/${axis}`, seed);
  const start = randomInt(key, [], { low: 0, high: (images.shape[axis] as number) - length + 1 });
  return take(images, arange(length, undefined, 1, { dtype: 'int32' }).add(start), { axis });
}

/**
 * In training, a part of the images at a place that is drawn, the same for the whole batch; images that are too small
 * are enlarged. Otherwise images pass unchanged, in their own size, as in Keras 3.15: put `resizing` or `centerCrop` behind
 * it when what follows needs one size.
 *
 * @throws ValueError for an impossible size, ShapeError for an input with other axes.
 * @example
 * randomCrop({ height: 24, width: 24 }).outputShape([null, 32, 32, 3]); // => [null, 24, 24, 3]
 */
export const randomCrop: LayerFactory<readonly [options: RandomCropOptions]> = defineLayer({
  className: 'RandomCrop',
  resolve(options: RandomCropOptions): RandomCropConfig {
    const label = layerLabel('RandomCrop', options);
    return { ...resolveSize(label, options), ...resolveRandomImage(label, options) };
  },
  ...randomImageSteps<RandomCropConfig>('RandomCrop', (images, options, context) => {
    const { height, width, seed } = options;
    const [, high, wide] = images.shape as readonly [number, number, number];
    if (high > height && wide > width)
      return cutAlong(cutAlong(images, 1, height, seed, context), 2, width, seed, context);
    const { top, left } = fittedBox([high, wide], options);
    return resizeImages(cutOut(images, { top, left, height, width }), [height, width]);
  }),
  outputShape: resizedShape,
});
