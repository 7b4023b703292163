import { mean } from '@gradus/tensor';
import type { DataFormat, DataFormatOption } from './data-format.js';
import { resolveDataFormat, spaceAxesOf } from './data-format.js';
import type { LayerFactory, LayerOptions } from './layer.js';
import { defineLayer } from './layer.js';
import { expectRank, layerLabel } from './layer-errors.js';
import { spaceAxes } from './window.js';

/** Options of layers that pool over the whole image. */
export interface GlobalPoolingOptions extends LayerOptions, DataFormatOption {
  /** Keep height and width with length 1. Default false. */
  readonly keepDims?: boolean;
}

interface GlobalPoolingConfig {
  readonly dataFormat: DataFormat;
  readonly keepDims: boolean;
}

/**
 * The mean of each channel over the whole image: `[batch, height, width, channels]` becomes `[batch, channels]`, whatever
 * the size of the image.
 *
 * @throws ShapeError for an input with other axes.
 * @example
 * globalAveragePooling2d().outputShape([null, 7, 7, 64]); // => [null, 64]
 */
export const globalAveragePooling2d: LayerFactory<readonly [options?: GlobalPoolingOptions]> =
  defineLayer({
    className: 'GlobalAveragePooling2D',
    outputDType: 'float32',
    resolve: (options: GlobalPoolingOptions = {}): GlobalPoolingConfig => ({
      dataFormat: resolveDataFormat(layerLabel('GlobalAveragePooling2D', options), options),
      keepDims: options.keepDims ?? false,
    }),
    build(options, inputShape) {
      expectRank(
        layerLabel('GlobalAveragePooling2D', options),
        inputShape,
        spaceAxes(2, options.dataFormat),
      );
      return {};
    },
    call: (_params, x, { dataFormat, keepDims }) =>
      mean(x, { axis: spaceAxesOf(x.rank, dataFormat), keepDims }),
    outputShape(options, inputShape) {
      const space = spaceAxesOf(inputShape.length, options.dataFormat);
      if (options.keepDims)
        return inputShape.map((length, axis) => (space.includes(axis) ? 1 : length));
      return inputShape.filter((_, axis) => !space.includes(axis));
    },
  });
