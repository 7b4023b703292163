import type { Tensor } from '@gradus/tensor';
import type { DataFormat, DataFormatOption } from './data-format.js';
import { resolveDataFormat, spaceAxesOf } from './data-format.js';
import type { CallContext, CommonConfig, LayerOptions } from './layer.js';
import { expectFraction, expectRank, layerLabel } from './layer-errors.js';
import { dropNumbers, noiseKey } from './random-noise.js';
import type { SymbolicShape } from './symbolic.js';
import { spaceAxes } from './window.js';

/** Options of dropout of whole channels of a series. */
export interface SpatialDropout1dOptions extends LayerOptions {
  /** Share of the channels that become 0 in training. */
  readonly rate: number;
  /** Makes this layer's draws differ from those of a layer with another seed. Default null. */
  readonly seed?: number | null;
}

/** Options of dropout of whole channels of images and volumes. */
export interface SpatialDropoutOptions extends SpatialDropout1dOptions, DataFormatOption {}

/** {@link SpatialDropout1dOptions} with defaults filled in. */
export interface SpatialDropout1dConfig {
  readonly rate: number;
  readonly seed: number | null;
}

/** {@link SpatialDropoutOptions} with defaults filled in. */
export interface SpatialDropoutConfig extends SpatialDropout1dConfig {
  readonly dataFormat: DataFormat;
}

/** Checks what all three layers share. */
export function resolveSpatialDropout(
  className: string,
  options: SpatialDropout1dOptions,
): SpatialDropout1dConfig {
  expectFraction(layerLabel(className, options), 'rate', options.rate);
  return { rate: options.rate, seed: options.seed ?? null };
}

/** What dropout of whole channels does, once it knows where they are. */
export function spatialSteps<Config extends SpatialDropout1dConfig>(
  className: string,
  rank: 1 | 2 | 3,
  formatOf: (options: Config) => DataFormat,
): {
  supportsMask: true;
  build(options: Config & CommonConfig, shape: SymbolicShape): Record<never, never>;
  call(params: object, x: Tensor, options: Config & CommonConfig, context: CallContext): Tensor;
} {
  return {
    supportsMask: true,
    build(options, inputShape) {
      expectRank(layerLabel(className, options), inputShape, spaceAxes(rank, formatOf(options)));
      return {};
    },
    call(_params, x, options, context) {
      if (!context.training || options.rate === 0) return x;
      const space = spaceAxesOf(x.rank, formatOf(options));
      const shape = x.shape.map((length, axis) => (space.includes(axis) ? 1 : length));
      return dropNumbers(x, options.rate, shape, noiseKey(context, 'dropout', options.seed));
    },
  };
}

/** The parts of a dropout of whole channels over two or three axes of space. */
export function spatialDropout(
  className: string,
  rank: 2 | 3,
): { resolve(options: SpatialDropoutOptions): SpatialDropoutConfig } & ReturnType<
  typeof spatialSteps<SpatialDropoutConfig>
> {
  return {
    resolve: (options) => ({
      ...resolveSpatialDropout(className, options),
      dataFormat: resolveDataFormat(layerLabel(className, options), options),
    }),
    ...spatialSteps<SpatialDropoutConfig>(className, rank, ({ dataFormat }) => dataFormat),
  };
}
