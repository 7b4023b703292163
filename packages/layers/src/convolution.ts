import type { Tensor } from '@gradus/tensor';
import { ShapeError, ValueError, conv1d, conv2d, conv3d } from '@gradus/tensor';
import type { DataFormat, DataFormatOption } from './data-format.js';
import { resolveDataFormat, shapeFromLast, shapeToLast, withChannelsLast } from './data-format.js';
import type { KernelConfig, KernelOptions } from './kernel-options.js';
import { biasSpec, kernelSpec, resolveKernel } from './kernel-options.js';
import type { CommonConfig, ParameterSpec } from './layer.js';
import {
  expectInteger,
  expectLastAxis,
  expectOneOf,
  expectRank,
  formatSymbolic,
  knownLength,
  layerLabel,
} from './layer-errors.js';
import type { SymbolicShape } from './symbolic.js';
import type { PerAxisOption, WindowPadding } from './window.js';
import { expectWindowFits, lengthsPerAxis, spaceAxes, windowShape } from './window.js';

/** Options of everything that slides a window of weights. A single number stands for every axis. */
export interface KernelWindowOptions extends DataFormatOption {
  /** Size of the window. */
  readonly kernelSize: PerAxisOption;
  /** Steps between windows. Default 1. */
  readonly strides?: PerAxisOption;
  /** 'valid' (default): windows stay inside; 'same': zeros around, output length ⌈n / stride⌉. */
  readonly padding?: 'valid' | 'same';
  /** Distance between the places a window looks at. Default 1. */
  readonly dilationRate?: PerAxisOption;
}

/** {@link KernelWindowOptions} with defaults filled in. */
export interface KernelWindowConfig {
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly padding: 'valid' | 'same';
  readonly dataFormat: DataFormat;
  readonly dilationRate: readonly number[];
}

/**
 * The window that options describe.
 *
 * @throws ValueError for lengths that are not whole numbers of at least 1, and for unknown words.
 */
export function resolveKernelWindow(
  label: string,
  rank: number,
  options: KernelWindowOptions,
): KernelWindowConfig {
  const { padding = 'valid' } = options;
  expectOneOf(label, 'padding', padding, ['valid', 'same']);
  return {
    kernelSize: lengthsPerAxis(label, 'kernelSize', options.kernelSize, rank),
    strides: lengthsPerAxis(label, 'strides', options.strides ?? 1, rank),
    padding,
    dataFormat: resolveDataFormat(label, options),
    dilationRate: lengthsPerAxis(label, 'dilationRate', options.dilationRate ?? 1, rank),
  };
}

/**
 * Refuses windows that both jump and have holes, which Keras refuses too.
 *
 * @throws ValueError that names the layer.
 */
export function expectOneOfStridesAndDilation(
  label: string,
  { strides, dilationRate }: Pick<KernelWindowConfig, 'strides' | 'dilationRate'>,
): void {
  if (strides.every((n) => n === 1) || dilationRate.every((n) => n === 1)) return;
  throw new ValueError(
    'convolution/dilation',
    `${label}: strides and dilationRate cannot both be above 1.`,
    {
      got: `strides: [${strides.join(', ')}], dilationRate: [${dilationRate.join(', ')}]`,
      expected: 'one of them 1',
      fix: 'put a pooling layer behind it instead of strides',
    },
  );
}

/** Options of all convolution layers. A single number stands for every axis. */
export interface ConvolutionOptions extends KernelOptions, Omit<KernelWindowOptions, 'padding'> {
  /** How many channels come out. */
  readonly filters: number;
  /** 'valid' (default): windows stay inside; 'same': zeros around, output length ⌈n / stride⌉; 'causal' (one axis): zeros before. */
  readonly padding?: WindowPadding;
  /** Channels are split into so many independent groups. Default 1. */
  readonly groups?: number;
}

/** {@link ConvolutionOptions} with defaults filled in. */
export interface ConvolutionConfig extends KernelConfig, Omit<KernelWindowConfig, 'padding'> {
  readonly filters: number;
  readonly padding: WindowPadding;
  readonly groups: number;
}

const operations = [conv1d, conv2d, conv3d] as const;

/** The four parts of a convolution layer over `rank` axes of space; conv1d, conv2d and conv3d differ in nothing else. */
export function convolution(
  className: string,
  rank: 1 | 2 | 3,
): {
  resolve(options: ConvolutionOptions): ConvolutionConfig;
  build(
    options: ConvolutionConfig & CommonConfig,
    shape: SymbolicShape,
  ): { readonly kernel: ParameterSpec; readonly bias: ParameterSpec | null };
  call(
    params: { readonly kernel: Tensor; readonly bias: Tensor | undefined },
    x: Tensor,
    options: ConvolutionConfig & CommonConfig,
  ): Tensor;
  outputShape(options: ConvolutionConfig & CommonConfig, shape: SymbolicShape): SymbolicShape;
} {
  return {
    resolve(options) {
      const label = layerLabel(className, options);
      const { filters, groups = 1, padding = 'valid' } = options;
      expectInteger(label, 'filters', filters);
      expectInteger(label, 'groups', groups);
      expectOneOf(
        label,
        'padding',
        padding,
        rank === 1 ? ['valid', 'same', 'causal'] : ['valid', 'same'],
      );
      const window = resolveKernelWindow(label, rank, { ...options, padding: 'valid' });
      if (filters % groups !== 0)
        throw new ValueError(
          'convolution/groups',
          `${label}: filters must be a multiple of groups.`,
          {
            got: `filters: ${filters}, groups: ${groups}`,
            expected: 'filters that the groups share evenly',
            fix: `for example filters: ${Math.ceil(filters / groups) * groups}`,
          },
        );
      expectOneOfStridesAndDilation(label, window);
      return { filters, ...window, padding, groups, ...resolveKernel(options) };
    },
    build(options, inputShape) {
      const label = layerLabel(className, options);
      expectRank(label, inputShape, spaceAxes(rank, options.dataFormat));
      const shape = shapeToLast(inputShape, options.dataFormat);
      const channels = knownLength(label, shape);
      if (channels % options.groups !== 0)
        throw new ShapeError(
          'convolution/groups',
          `${label}: the channels of the input must be a multiple of groups.`,
          {
            got: `${formatSymbolic(inputShape)}: ${channels} channels, groups: ${options.groups}`,
            expected: 'channels that the groups share evenly',
          },
        );
      expectWindowFits(label, shape, { ...options, windowSize: options.kernelSize });
      const kernelShape = [...options.kernelSize, channels / options.groups, options.filters];
      return {
        kernel: kernelSpec(options, kernelShape),
        bias: biasSpec(options, [options.filters]),
      };
    },
    call({ kernel, bias }, x, options) {
      const { strides, padding, dilationRate: dilations, groups } = options;
      return withChannelsLast(x, options.dataFormat, (image) => {
        expectLastAxis(
          layerLabel(className, options),
          image.shape,
          (kernel.shape.at(-2) as number) * groups,
        );
        const y = operations[rank - 1]?.(image, kernel, {
          strides,
          padding,
          dilations,
          groups,
        }) as Tensor;
        return options.activation(bias === undefined ? y : y.add(bias));
      });
    },
    outputShape(options, inputShape) {
      const last = shapeToLast(inputShape, options.dataFormat);
      const space = windowShape(last, { ...options, windowSize: options.kernelSize });
      return shapeFromLast([last[0] ?? null, ...space, options.filters], options.dataFormat);
    },
  };
}
