import { where } from '@gradus/tensor';
import type { DataFormat } from '../data-format.js';
import { resolveDataFormat } from '../data-format.js';
import type { LayerFactory } from '../layer.js';
import { defineLayer } from '../layer.js';
import { layerLabel } from '../layer-errors.js';
import type { ImageOptions } from './image-layer.js';
import { imageSteps } from './image-layer.js';
import type { ValueRange } from './value-range.js';
import { resolveValueRange } from './value-range.js';

/** Options of {@link autoContrast}. */
export interface AutoContrastOptions extends ImageOptions {
  /** The numbers between which pixels lie. Default [0, 255]. */
  readonly valueRange?: ValueRange;
}

interface AutoContrastConfig {
  readonly valueRange: ValueRange;
  readonly dataFormat: DataFormat;
}

/**
 * Stretches each channel of each image over the whole value range: its darkest pixel becomes the lowest number, its
 * brightest the highest. A channel of one colour stays. It does so in training and outside of it.
 *
 * @throws ValueError for an impossible value range, ShapeError for an input with other axes.
 * @example
 * autoContrast({ valueRange: [0, 1] }).outputShape([null, 32, 32, 3]); // => [null, 32, 32, 3]
 */
export const autoContrast: LayerFactory<readonly [options?: AutoContrastOptions]> = defineLayer({
  className: 'AutoContrast',
  resolve(options: AutoContrastOptions = {}): AutoContrastConfig {
    const label = layerLabel('AutoContrast', options);
    return {
      valueRange: resolveValueRange(label, options.valueRange),
      dataFormat: resolveDataFormat(label, options),
    };
  },
  ...imageSteps<AutoContrastConfig>('AutoContrast', (images, { valueRange: [low, high] }) => {
    const darkest = images.min({ axis: [1, 2], keepDims: true });
    const width = images.max({ axis: [1, 2], keepDims: true }).sub(darkest);
    const isFlat = width.equal(0);
    const stretched = images
      .sub(darkest)
      .div(where(isFlat, 1, width))
      .clip(0, 1)
      .mul(high - low)
      .add(low);
    return where(isFlat, images, stretched);
  }),
});
