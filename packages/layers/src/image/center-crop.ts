import { resizeImages } from '@gradus/tensor';
import type { DataFormat } from '../data-format.js';
import { resolveDataFormat } from '../data-format.js';
import type { LayerFactory } from '../layer.js';
import { defineLayer } from '../layer.js';
import { layerLabel } from '../layer-errors.js';
import { cutOut, fittedBox } from './fitted-crop.js';
import type { ImageOptions } from './image-layer.js';
import { imageSteps, resizedShape, resolveSize } from './image-layer.js';

/** Options of {@link centerCrop}. */
export interface CenterCropOptions extends ImageOptions {
  /** Pixels from top to bottom. */
  readonly height: number;
  /** Pixels from left to right. */
  readonly width: number;
}

interface CenterCropConfig {
  readonly height: number;
  readonly width: number;
  readonly dataFormat: DataFormat;
}

/**
 * The middle of images: `[batch, height, width, channels]`. An image that is too small is enlarged first, without changing
 * its proportions.
 *
 * @throws ValueError for an impossible size, ShapeError for an input with other axes.
 * @example
 * centerCrop({ height: 24, width: 24 }).outputShape([null, 32, 32, 3]); // => [null, 24, 24, 3]
 */
export const centerCrop: LayerFactory<readonly [options: CenterCropOptions]> = defineLayer({
  className: 'CenterCrop',
  resolve(options: CenterCropOptions): CenterCropConfig {
    const label = layerLabel('CenterCrop', options);
    return { ...resolveSize(label, options), dataFormat: resolveDataFormat(label, options) };
  },
  ...imageSteps<CenterCropConfig>('CenterCrop', (images, options) => {
    const { height, width } = options;
    const [, high, wide] = images.shape as readonly [number, number, number];
    if (high < height || wide < width)
      return resizeImages(cutOut(images, fittedBox([high, wide], options)), [height, width]);
    const top = Math.floor((high - height) / 2);
    const left = Math.floor((wide - width) / 2);
    return cutOut(images, { top, left, height, width });
  }),
  outputShape: resizedShape,
});
