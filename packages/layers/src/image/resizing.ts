import { ValueError, interpolations, pad, resizeImages } from '@gradus/tensor';
import type { Interpolation, Tensor } from '@gradus/tensor';
import type { DataFormat } from '../data-format.js';
import { resolveDataFormat } from '../data-format.js';
import type { LayerFactory } from '../layer.js';
import { defineLayer } from '../layer.js';
import { expectOneOf, layerLabel } from '../layer-errors.js';
import { cutOut, fittedBox } from './fitted-crop.js';
import type { ImageOptions } from './image-layer.js';
import { imageSteps, resizedShape, resolveSize } from './image-layer.js';

/** Options of {@link resizing}. */
export interface ResizingOptions extends ImageOptions {
  /** Pixels from top to bottom. */
  readonly height: number;
  /** Pixels from left to right. */
  readonly width: number;
  /** How new pixels are made up. Default 'bilinear'. */
  readonly interpolation?: Interpolation;
  /** Whether to cut off what does not fit the new proportions, instead of distorting. Default false. */
  readonly cropToAspectRatio?: boolean;
  /** Whether to add borders until the new proportions fit, instead of distorting. Default false. */
  readonly padToAspectRatio?: boolean;
  /** How borders are filled: with fillValue, 'constant'. */
  readonly fillMode?: 'constant';
  /** The number in borders. Default 0. */
  readonly fillValue?: number;
  /** Whether every pixel counts when the image gets smaller. Default false. */
  readonly antialias?: boolean;
}

interface ResizingConfig {
  readonly height: number;
  readonly width: number;
  readonly interpolation: Interpolation;
  readonly cropToAspectRatio: boolean;
  readonly padToAspectRatio: boolean;
  readonly fillMode: 'constant';
  readonly fillValue: number;
  readonly antialias: boolean;
  readonly dataFormat: DataFormat;
}

/** Borders around images until they have the proportions of the target. As in Keras, only the higher or the wider ones. */
function padded(images: Tensor, { height, width, fillValue }: ResizingConfig): Tensor {
  const [, high, wide] = images.shape as readonly [number, number, number];
  const top = Math.trunc((Math.max(high, Math.trunc((wide * height) / width)) - high) / 2);
  const left = Math.trunc((Math.max(wide, Math.trunc((high * width) / height)) - wide) / 2);
  const beside = top > 0 ? 0 : left;
  return pad(
    images,
    [
      [0, 0],
      [top, top],
      [beside, beside],
      [0, 0],
    ],
    { value: fillValue },
  );
}

/**
 * Gives all images one size: `[batch, height, width, channels]`. Pixels are areas, so their centres lie at halves.
 *
 * @throws ValueError for an impossible size or option, ShapeError for an input with other axes.
 * @example
 * resizing({ height: 32, width: 32 }).outputShape([null, null, null, 3]); // => [null, 32, 32, 3]
 */
export const resizing: LayerFactory<readonly [options: ResizingOptions]> = defineLayer({
  className: 'Resizing',
  resolve(options: ResizingOptions): ResizingConfig {
    const label = layerLabel('Resizing', options);
    const { interpolation = 'bilinear', fillMode = 'constant', fillValue = 0 } = options;
    const { cropToAspectRatio = false, padToAspectRatio = false, antialias = false } = options;
    expectOneOf(label, 'interpolation', interpolation, interpolations);
    expectOneOf(label, 'fillMode', fillMode, ['constant']);
    if (cropToAspectRatio && padToAspectRatio)
      throw new ValueError('resizing/aspect', `${label}: images are cropped or padded, not both.`, {
        got: 'cropToAspectRatio and padToAspectRatio',
        expected: 'one of them',
        fix: 'leave one out',
      });
    return {
      ...resolveSize(label, options),
      interpolation,
      cropToAspectRatio,
      padToAspectRatio,
      fillMode,
      fillValue,
      antialias,
      dataFormat: resolveDataFormat(label, options),
    };
  },
  ...imageSteps<ResizingConfig>('Resizing', (images, options) => {
    const { height, width, interpolation, antialias } = options;
    const [, high, wide] = images.shape as readonly [number, number, number];
    const cropped = options.cropToAspectRatio
      ? cutOut(images, fittedBox([high, wide], options))
      : images;
    const framed = options.padToAspectRatio ? padded(images, options) : cropped;
    return resizeImages(framed, [height, width], { interpolation, antialias });
  }),
  outputShape: resizedShape,
});
