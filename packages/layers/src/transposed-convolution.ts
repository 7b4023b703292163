import type { Tensor } from '@gradus/tensor';
import {
  ValueError,
  conv1dTranspose,
  conv2dTranspose,
  conv3dTranspose,
  transposedAxis,
} from '@gradus/tensor';
import type { KernelWindowConfig, KernelWindowOptions } from './convolution.js';
import { expectOneOfStridesAndDilation, resolveKernelWindow } from './convolution.js';
import { shapeFromLast, shapeToLast, withChannelsLast } from './data-format.js';
import type { KernelConfig, KernelOptions } from './kernel-options.js';
import { biasSpec, kernelSpec, resolveKernel } from './kernel-options.js';
import type { CommonConfig, ParameterSpec } from './layer.js';
import {
  expectInteger,
  expectLastAxis,
  expectRank,
  knownLength,
  layerLabel,
} from './layer-errors.js';
import type { SymbolicShape } from './symbolic.js';
import type { PerAxisOption } from './window.js';
import { lengthsPerAxis, spaceAxes } from './window.js';

/** Options of all transposed convolution layers. A single number stands for every axis. */
export interface TransposedConvolutionOptions extends KernelOptions, KernelWindowOptions {
  /** How many channels come out. */
  readonly filters: number;
  /** How much longer the output is than the shortest that fits; below the stride. Default null: chosen by the padding. */
  readonly outputPadding?: PerAxisOption | null;
}

/** {@link TransposedConvolutionOptions} with defaults filled in. */
export interface TransposedConvolutionConfig extends KernelConfig, KernelWindowConfig {
  readonly filters: number;
  readonly outputPadding: readonly number[] | null;
}

const operations = [conv1dTranspose, conv2dTranspose, conv3dTranspose] as const;

function resolveOutputPadding(
  label: string,
  rank: number,
  value: PerAxisOption | null | undefined,
  strides: readonly number[],
): readonly number[] | null {
  if (value === null || value === undefined) return null;
  const outputPadding = lengthsPerAxis(label, 'outputPadding', value, rank, 0);
  if (outputPadding.every((n, axis) => n < (strides[axis] as number))) return outputPadding;
  throw new ValueError(
    'convolution/output-padding',
    `${label}: outputPadding must be below strides on every axis.`,
    {
      got: `outputPadding: [${outputPadding.join(', ')}], strides: [${strides.join(', ')}]`,
      expected: `at most [${strides.map((n) => n - 1).join(', ')}]`,
      fix: `for example outputPadding: [${strides.map((n) => n - 1).join(', ')}]`,
    },
  );
}

/** The four parts of a transposed convolution layer over `rank` axes of space. */
export function transposedConvolution(
  className: string,
  rank: 1 | 2 | 3,
): {
  resolve(options: TransposedConvolutionOptions): TransposedConvolutionConfig;
  build(
    options: TransposedConvolutionConfig & CommonConfig,
    shape: SymbolicShape,
  ): { readonly kernel: ParameterSpec; readonly bias: ParameterSpec | null };
  call(
    params: { readonly kernel: Tensor; readonly bias: Tensor | undefined },
    x: Tensor,
    options: TransposedConvolutionConfig & CommonConfig,
  ): Tensor;
  outputShape(
    options: TransposedConvolutionConfig & CommonConfig,
    shape: SymbolicShape,
  ): SymbolicShape;
} {
  return {
    resolve(options) {
      const label = layerLabel(className, options);
      expectInteger(label, 'filters', options.filters);
      const window = resolveKernelWindow(label, rank, options);
      expectOneOfStridesAndDilation(label, window);
      const outputPadding = resolveOutputPadding(
        label,
        rank,
        options.outputPadding,
        window.strides,
      );
      return { filters: options.filters, ...window, outputPadding, ...resolveKernel(options) };
    },
    build(options, inputShape) {
      const label = layerLabel(className, options);
      expectRank(label, inputShape, spaceAxes(rank, options.dataFormat));
      const channels = knownLength(label, shapeToLast(inputShape, options.dataFormat));
      return {
        kernel: kernelSpec(options, [...options.kernelSize, options.filters, channels]),
        bias: biasSpec(options, [options.filters]),
      };
    },
    call({ kernel, bias }, x, options) {
      const { strides, padding, outputPadding, dilationRate: dilations } = options;
      return withChannelsLast(x, options.dataFormat, (image) => {
        expectLastAxis(layerLabel(className, options), image.shape, kernel.shape.at(-1) as number);
        const y = operations[rank - 1]?.(image, kernel, {
          strides,
          padding,
          outputPadding,
          dilations,
        }) as Tensor;
        return options.activation(bias === undefined ? y : y.add(bias));
      });
    },
    outputShape(options, inputShape) {
      const last = shapeToLast(inputShape, options.dataFormat);
      const space = options.kernelSize.map((size, axis) => {
        const length = last[axis + 1] ?? null;
        if (length === null) return null;
        const { padding, strides, dilationRate, outputPadding } = options;
        return transposedAxis(
          padding,
          length,
          size,
          strides[axis] as number,
          dilationRate[axis] as number,
          outputPadding?.[axis] ?? null,
        ).length;
      });
      return shapeFromLast([last[0] ?? null, ...space, options.filters], options.dataFormat);
    },
  };
}
