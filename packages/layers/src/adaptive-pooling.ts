import type { Tensor } from '@gradus/tensor';
import type { DataFormat, DataFormatOption } from './data-format.js';
import { resolveDataFormat, shapeFromLast, shapeToLast, withChannelsLast } from './data-format.js';
import type { CommonConfig, LayerOptions } from './layer.js';
import { expectRank, layerLabel } from './layer-errors.js';
import type { SymbolicShape } from './symbolic.js';
import type { PerAxisOption } from './window.js';
import { lengthsPerAxis, spaceAxes } from './window.js';

/** Options of layers that pool to a size. A single number stands for every axis. */
export interface AdaptivePoolingOptions extends LayerOptions, DataFormatOption {
  /** How many windows there are on each axis of space. */
  readonly outputSize: PerAxisOption;
}

/** {@link AdaptivePoolingOptions} with defaults filled in. */
export interface AdaptivePoolingConfig {
  readonly outputSize: readonly number[];
  readonly dataFormat: DataFormat;
}

/** The parts of a layer that pools `rank` axes of space to a size; `pool` is written for channels last. */
export function adaptivePooling(
  className: string,
  rank: 1 | 2 | 3,
  pool: (x: Tensor, outputSize: readonly number[]) => Tensor,
): {
  resolve(options: AdaptivePoolingOptions): AdaptivePoolingConfig;
  build(options: AdaptivePoolingConfig & CommonConfig, shape: SymbolicShape): Record<never, never>;
  call(params: object, x: Tensor, options: AdaptivePoolingConfig & CommonConfig): Tensor;
  outputShape(options: AdaptivePoolingConfig & CommonConfig, shape: SymbolicShape): SymbolicShape;
  outputDType: 'float32';
} {
  return {
    outputDType: 'float32',
    resolve(options) {
      const label = layerLabel(className, options);
      return {
        outputSize: lengthsPerAxis(label, 'outputSize', options.outputSize, rank),
        dataFormat: resolveDataFormat(label, options),
      };
    },
    build(options, inputShape) {
      expectRank(layerLabel(className, options), inputShape, spaceAxes(rank, options.dataFormat));
      return {};
    },
    call: (_params, x, { outputSize, dataFormat }) =>
      withChannelsLast(x, dataFormat, (image) => pool(image, outputSize)),
    outputShape(options, inputShape) {
      const last = shapeToLast(inputShape, options.dataFormat);
      return shapeFromLast(
        [last[0] ?? null, ...options.outputSize, last.at(-1) ?? null],
        options.dataFormat,
      );
    },
  };
}
