import type { Tensor } from '@gradus/tensor';
import { depthwiseConv1d, depthwiseConv2d } from '@gradus/tensor';
import type { Activation, ActivationLike } from './activations.js';
import { getActivation } from './activations.js';
import type { KernelWindowConfig, KernelWindowOptions } from './convolution.js';
import { resolveKernelWindow } from './convolution.js';
import { shapeFromLast, shapeToLast, withChannelsLast } from './data-format.js';
import type { CommonConfig, LayerOptions, ParameterSpec } from './layer.js';
import {
  expectInteger,
  expectLastAxis,
  expectRank,
  knownLength,
  layerLabel,
} from './layer-errors.js';
import type { SymbolicShape } from './symbolic.js';
import type { WeightConfig, WeightOptions } from './weight-options.js';
import { resolveWeight, weightSpec } from './weight-options.js';
import { expectWindowFits, spaceAxes, windowShape } from './window.js';

/** What depthwise and separable convolutions share. A single number stands for every axis. */
export interface DepthwiseOptions
  extends LayerOptions, KernelWindowOptions, WeightOptions<'depthwise'>, WeightOptions<'bias'> {
  /** How many results each channel gives. Default 1. */
  readonly depthMultiplier?: number;
  /** Applied to the output. Default null: none. */
  readonly activation?: ActivationLike;
  /** Whether a bias is added. Default true. */
  readonly useBias?: boolean;
}

/** {@link DepthwiseOptions} with defaults filled in. */
export interface DepthwiseConfig
  extends KernelWindowConfig, WeightConfig<'depthwise'>, WeightConfig<'bias'> {
  readonly depthMultiplier: number;
  readonly activation: Activation;
  readonly useBias: boolean;
}

/** Each channel by itself, over one axis or over two. */
export function slideOverChannels(
  x: Tensor,
  kernel: Tensor,
  { kernelSize, strides, padding, dilationRate: dilations }: KernelWindowConfig,
): Tensor {
  const slide = kernelSize.length === 1 ? depthwiseConv1d : depthwiseConv2d;
  return slide(x, kernel, { strides, padding, dilations });
}

/** Checks what the layers share and fills in Keras' defaults. */
export function resolveDepthwise(
  label: string,
  rank: 1 | 2,
  options: DepthwiseOptions,
): DepthwiseConfig {
  const { depthMultiplier = 1 } = options;
  expectInteger(label, 'depthMultiplier', depthMultiplier);
  return {
    depthMultiplier,
    ...resolveKernelWindow(label, rank, options),
    activation: getActivation(options.activation ?? null),
    useBias: options.useBias ?? true,
    ...resolveWeight('depthwise', options),
    ...resolveWeight('bias', options, 'zeros'),
  };
}

/**
 * The channels of an input that the window fits into.
 *
 * @throws ShapeError for an input with other axes, unknown channels, or smaller than the window.
 */
export function channelsFor(
  label: string,
  rank: 1 | 2,
  options: KernelWindowConfig,
  inputShape: SymbolicShape,
): number {
  expectRank(label, inputShape, spaceAxes(rank, options.dataFormat));
  const shape = shapeToLast(inputShape, options.dataFormat);
  expectWindowFits(label, shape, { ...options, windowSize: options.kernelSize });
  return knownLength(label, shape);
}

/** The shape that comes out with so many channels. */
export function slidShape(
  options: KernelWindowConfig,
  inputShape: SymbolicShape,
  channels: number | null,
): SymbolicShape {
  const last = shapeToLast(inputShape, options.dataFormat);
  const space = windowShape(last, { ...options, windowSize: options.kernelSize });
  return shapeFromLast([last[0] ?? null, ...space, channels], options.dataFormat);
}

/** The four parts of a depthwise convolution layer over `rank` axes of space. */
export function depthwiseConvolution(
  className: string,
  rank: 1 | 2,
): {
  resolve(options: DepthwiseOptions): DepthwiseConfig;
  build(
    options: DepthwiseConfig & CommonConfig,
    shape: SymbolicShape,
  ): { readonly kernel: ParameterSpec; readonly bias: ParameterSpec | null };
  call(
    params: { readonly kernel: Tensor; readonly bias: Tensor | undefined },
    x: Tensor,
    options: DepthwiseConfig & CommonConfig,
  ): Tensor;
  outputShape(options: DepthwiseConfig & CommonConfig, shape: SymbolicShape): SymbolicShape;
} {
  return {
    resolve: (options) => resolveDepthwise(layerLabel(className, options), rank, options),
    build(options, inputShape) {
      const channels = channelsFor(layerLabel(className, options), rank, options, inputShape);
      const shape = [...options.kernelSize, channels, options.depthMultiplier];
      return {
        kernel: weightSpec('depthwise', options, shape),
        bias: options.useBias
          ? weightSpec('bias', options, [channels * options.depthMultiplier])
          : null,
      };
    },
    call({ kernel, bias }, x, options) {
      return withChannelsLast(x, options.dataFormat, (image) => {
        const label = layerLabel(className, options);
        expectLastAxis(label, image.shape, kernel.shape.at(-2) as number);
        const y = slideOverChannels(image, kernel, options);
        return options.activation(bias === undefined ? y : y.add(bias));
      });
    },
    outputShape(options, inputShape) {
      const channels = shapeToLast(inputShape, options.dataFormat).at(-1) ?? null;
      return slidShape(
        options,
        inputShape,
        channels === null ? null : channels * options.depthMultiplier,
      );
    },
  };
}
