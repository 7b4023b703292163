import { interpolations, resizeImages } from '@gradus/tensor';
import type { Interpolation } from '@gradus/tensor';
import type { DataFormatOption } from './data-format.js';
import { resolveDataFormat, withChannelsLast } from './data-format.js';
import type { LayerFactory, LayerOptions } from './layer.js';
import { defineLayer } from './layer.js';
import { expectOneOf, expectRank, layerLabel } from './layer-errors.js';
import type { UpSamplingConfig } from './up-sampling.js';
import { enlargedShape, repeatPixels } from './up-sampling.js';
import type { PerAxisOption } from './window.js';
import { lengthsPerAxis, spaceAxes } from './window.js';

/** Options of {@link upSampling2d}. */
export interface UpSampling2dOptions extends LayerOptions, DataFormatOption {
  /** How many times as high and as wide. Default 2. */
  readonly size?: PerAxisOption;
  /** How new pixels are made up. Default 'nearest': repeated. */
  readonly interpolation?: Interpolation;
}

interface UpSampling2dConfig extends UpSamplingConfig {
  readonly interpolation: Interpolation;
}

/**
 * Makes images larger: `[batch, height, width, channels]` becomes `[batch, height size[0], width size[1], channels]`.
 *
 * @throws ValueError for impossible options, ShapeError for an input with other axes.
 * @example
 * upSampling2d({ size: [2, 3] }).outputShape([null, 7, 7, 8]); // => [null, 14, 21, 8]
 */
export const upSampling2d: LayerFactory<readonly [options?: UpSampling2dOptions]> = defineLayer({
  className: 'UpSampling2D',
  outputDType: 'float32',
  resolve(options: UpSampling2dOptions = {}): UpSampling2dConfig {
    const label = layerLabel('UpSampling2D', options);
    const { interpolation = 'nearest' } = options;
    expectOneOf(label, 'interpolation', interpolation, interpolations);
    return {
      size: lengthsPerAxis(label, 'size', options.size ?? 2, 2),
      dataFormat: resolveDataFormat(label, options),
      interpolation,
    };
  },
  build(options, inputShape) {
    expectRank(layerLabel('UpSampling2D', options), inputShape, spaceAxes(2, options.dataFormat));
    return {};
  },
  call(_params, x, options) {
    const { interpolation, size } = options;
    if (interpolation === 'nearest') return repeatPixels(x, options);
    return withChannelsLast(x, options.dataFormat, (image) => {
      const [, height, width] = image.shape as readonly [number, number, number];
      const [high, wide] = size as readonly [number, number];
      return resizeImages(image, [height * high, width * wide], { interpolation });
    });
  },
  outputShape: enlargedShape,
});
