import type { Tensor } from '@gradus/tensor';
import type { DataFormat, DataFormatOption } from './data-format.js';
import { resolveDataFormat, spaceAxesOf } from './data-format.js';
import type { CallContext, CommonConfig, LayerOptions } from './layer.js';
import { expectRank, layerLabel } from './layer-errors.js';
import type { SymbolicShape } from './symbolic.js';
import { spaceAxes } from './window.js';

/** Options of layers that pool over the whole space. */
export interface GlobalPoolingOptions extends LayerOptions, DataFormatOption {
  /** Keep the axes of space, with length 1. Default false. */
  readonly keepDims?: boolean;
}

/** {@link GlobalPoolingOptions} with defaults filled in. */
export interface GlobalPoolingConfig {
  readonly dataFormat: DataFormat;
  readonly keepDims: boolean;
}

/** How the axes of space become one number; the mask of the input is there for who can use it. */
export type GlobalReduction = (
  x: Tensor,
  options: { readonly axis: readonly number[]; readonly keepDims: boolean },
  context: CallContext,
) => Tensor;

/** The parts of a layer that reduces all `rank` axes of space; the six layers differ in nothing else. */
export function globalPooling(
  className: string,
  rank: 1 | 2 | 3,
  reduce: GlobalReduction,
): {
  resolve(options?: GlobalPoolingOptions): GlobalPoolingConfig;
  build(options: GlobalPoolingConfig & CommonConfig, shape: SymbolicShape): Record<never, never>;
  call(
    params: object,
    x: Tensor,
    options: GlobalPoolingConfig & CommonConfig,
    context: CallContext,
  ): Tensor;
  outputShape(options: GlobalPoolingConfig & CommonConfig, shape: SymbolicShape): SymbolicShape;
  outputDType: 'float32';
} {
  return {
    outputDType: 'float32',
    resolve: (options = {}) => ({
      dataFormat: resolveDataFormat(layerLabel(className, options), options),
      keepDims: options.keepDims ?? false,
    }),
    build(options, inputShape) {
      expectRank(layerLabel(className, options), inputShape, spaceAxes(rank, options.dataFormat));
      return {};
    },
    call: (_params, x, { dataFormat, keepDims }, context) =>
      reduce(x, { axis: spaceAxesOf(x.rank, dataFormat), keepDims }, context),
    outputShape(options, inputShape) {
      const space = spaceAxesOf(inputShape.length, options.dataFormat);
      if (options.keepDims)
        return inputShape.map((length, axis) => (space.includes(axis) ? 1 : length));
      return inputShape.filter((_, axis) => !space.includes(axis));
    },
  };
}
