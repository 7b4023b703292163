import type { DataFormatOption } from './data-format.js';
import { resolveDataFormat } from './data-format.js';
import type { LayerFactory, LayerOptions } from './layer.js';
import { defineLayer } from './layer.js';
import { expectRank, layerLabel } from './layer-errors.js';
import type { UpSamplingConfig } from './up-sampling.js';
import { enlargedShape, repeatPixels } from './up-sampling.js';
import type { PerAxisOption } from './window.js';
import { lengthsPerAxis, spaceAxes } from './window.js';
import { sameDType } from './same-dtype.js';

/** Options of {@link upSampling3d}. */
export interface UpSampling3dOptions extends LayerOptions, DataFormatOption {
  /** How many times as deep, high and wide. Default 2. */
  readonly size?: PerAxisOption;
}

/**
 * Makes volumes larger by repeating: `[batch, depth, height, width, channels]`.
 *
 * @throws ValueError for an impossible size, ShapeError for an input with other axes.
 * @example
 * upSampling3d({ size: [1, 2, 2] }).outputShape([null, 4, 7, 7, 8]); // => [null, 4, 14, 14, 8]
 */
export const upSampling3d: LayerFactory<readonly [options?: UpSampling3dOptions]> = defineLayer({
  className: 'UpSampling3D',
  outputDType: sameDType,
  resolve(options: UpSampling3dOptions = {}): UpSamplingConfig {
    const label = layerLabel('UpSampling3D', options);
    return {
      size: lengthsPerAxis(label, 'size', options.size ?? 2, 3),
      dataFormat: resolveDataFormat(label, options),
    };
  },
  build(options, inputShape) {
    expectRank(layerLabel('UpSampling3D', options), inputShape, spaceAxes(3, options.dataFormat));
    return {};
  },
  call: (_params, x, options) => repeatPixels(x, options),
  outputShape: enlargedShape,
});
