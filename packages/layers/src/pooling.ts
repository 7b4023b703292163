import type { Tensor } from '@gradus/tensor';
import type { DataFormat, DataFormatOption } from './data-format.js';
import { resolveDataFormat, shapeFromLast, shapeToLast, withChannelsLast } from './data-format.js';
import type { CommonConfig, LayerOptions } from './layer.js';
import { expectOneOf, expectRank, layerLabel } from './layer-errors.js';
import type { SymbolicShape } from './symbolic.js';
import type { PerAxisOption } from './window.js';
import { expectWindowFits, lengthsPerAxis, spaceAxes, windowShape } from './window.js';

/** Options of all pooling layers. A single number stands for every axis. */
export interface PoolingOptions extends LayerOptions, DataFormatOption {
  /** Size of the window. Default 2. */
  readonly poolSize?: PerAxisOption;
  /** Steps between windows. Default null: the size of the window, so that windows do not overlap. */
  readonly strides?: PerAxisOption | null;
  /** 'valid' (default): windows stay inside; 'same': they may reach over the border, where nothing counts. */
  readonly padding?: 'valid' | 'same';
}

/** {@link PoolingOptions} with defaults filled in. */
export interface PoolingConfig {
  readonly poolSize: readonly number[];
  readonly strides: readonly number[];
  readonly padding: 'valid' | 'same';
  readonly dataFormat: DataFormat;
}

interface PoolWindow {
  readonly poolSize: readonly number[];
  readonly strides: readonly number[];
  readonly padding: 'valid' | 'same';
}

/** The parts of a pooling layer over `rank` axes of space; `pool` is written for channels last. */
export function pooling(
  className: string,
  rank: 1 | 2 | 3,
  pool: (x: Tensor, window: PoolWindow) => Tensor,
): {
  resolve(options?: PoolingOptions): PoolingConfig;
  build(options: PoolingConfig & CommonConfig, shape: SymbolicShape): Record<never, never>;
  call(params: object, x: Tensor, options: PoolingConfig & CommonConfig): Tensor;
  outputShape(options: PoolingConfig & CommonConfig, shape: SymbolicShape): SymbolicShape;
  outputDType: 'float32';
} {
  return {
    outputDType: 'float32',
    resolve(options = {}) {
      const label = layerLabel(className, options);
      const { padding = 'valid' } = options;
      expectOneOf(label, 'padding', padding, ['valid', 'same']);
      const poolSize = lengthsPerAxis(label, 'poolSize', options.poolSize ?? 2, rank);
      const strides = lengthsPerAxis(label, 'strides', options.strides ?? poolSize, rank);
      return { poolSize, strides, padding, dataFormat: resolveDataFormat(label, options) };
    },
    build(options, inputShape) {
      const label = layerLabel(className, options);
      expectRank(label, inputShape, spaceAxes(rank, options.dataFormat));
      expectWindowFits(label, shapeToLast(inputShape, options.dataFormat), {
        ...options,
        windowSize: options.poolSize,
      });
      return {};
    },
    call: (_params, x, { poolSize, strides, padding, dataFormat }) =>
      withChannelsLast(x, dataFormat, (image) => pool(image, { poolSize, strides, padding })),
    outputShape(options, inputShape) {
      const last = shapeToLast(inputShape, options.dataFormat);
      const space = windowShape(last, { ...options, windowSize: options.poolSize });
      return shapeFromLast([last[0] ?? null, ...space, last.at(-1) ?? null], options.dataFormat);
    },
  };
}
