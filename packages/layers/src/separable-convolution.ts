import type { Tensor } from '@gradus/tensor';
import { matmul } from '@gradus/tensor';
import { withChannelsLast } from './data-format.js';
import type { DepthwiseConfig, DepthwiseOptions } from './depthwise-convolution.js';
import {
  channelsFor,
  resolveDepthwise,
  slidShape,
  slideOverChannels,
} from './depthwise-convolution.js';
import type { CommonConfig, ParameterSpec } from './layer.js';
import { expectInteger, expectLastAxis, layerLabel } from './layer-errors.js';
import type { SymbolicShape } from './symbolic.js';
import type { WeightConfig, WeightOptions } from './weight-options.js';
import { resolveWeight, weightSpec } from './weight-options.js';

/** Options of separable convolution layers. A single number stands for every axis. */
export interface SeparableOptions extends DepthwiseOptions, WeightOptions<'pointwise'> {
  /** How many channels come out. */
  readonly filters: number;
}

/** {@link SeparableOptions} with defaults filled in. */
export interface SeparableConfig extends DepthwiseConfig, WeightConfig<'pointwise'> {
  readonly filters: number;
}

interface SeparableWeights<Weight, Bias> {
  readonly depthwiseKernel: Weight;
  readonly pointwiseKernel: Weight;
  readonly bias: Bias;
}

/** The four parts of a separable convolution layer over `rank` axes of space. */
export function separableConvolution(
  className: string,
  rank: 1 | 2,
): {
  resolve(options: SeparableOptions): SeparableConfig;
  build(
    options: SeparableConfig & CommonConfig,
    shape: SymbolicShape,
  ): SeparableWeights<ParameterSpec, ParameterSpec | null> & {
    readonly [name: string]: ParameterSpec | null;
  };
  call(
    params: SeparableWeights<Tensor, Tensor | undefined>,
    x: Tensor,
    options: SeparableConfig & CommonConfig,
  ): Tensor;
  outputShape(options: SeparableConfig & CommonConfig, shape: SymbolicShape): SymbolicShape;
} {
  return {
    resolve(options) {
      const label = layerLabel(className, options);
      expectInteger(label, 'filters', options.filters);
      return {
        filters: options.filters,
        ...resolveDepthwise(label, rank, options),
        ...resolveWeight('pointwise', options),
      };
    },
    build(options, inputShape) {
      const channels = channelsFor(layerLabel(className, options), rank, options, inputShape);
      const { depthMultiplier, kernelSize, filters } = options;
      const ones = kernelSize.map(() => 1);
      return {
        depthwiseKernel: weightSpec('depthwise', options, [
          ...kernelSize,
          channels,
          depthMultiplier,
        ]),
        pointwiseKernel: weightSpec('pointwise', options, [
          ...ones,
          channels * depthMultiplier,
          filters,
        ]),
        bias: options.useBias ? weightSpec('bias', options, [filters]) : null,
      };
    },
    call({ depthwiseKernel, pointwiseKernel, bias }, x, options) {
      return withChannelsLast(x, options.dataFormat, (image) => {
        const label = layerLabel(className, options);
        expectLastAxis(label, image.shape, depthwiseKernel.shape.at(-2) as number);
        const alone = slideOverChannels(image, depthwiseKernel, options);
        // A window of one place is a product with a matrix.
        const y = matmul(alone, pointwiseKernel.reshape([...pointwiseKernel.shape.slice(-2)]));
        return options.activation(bias === undefined ? y : y.add(bias));
      });
    },
    outputShape: (options, inputShape) => slidShape(options, inputShape, options.filters),
  };
}
