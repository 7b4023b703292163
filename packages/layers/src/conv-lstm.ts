import type { Shape, Tensor } from '@gradus/tensor';
import { ShapeError } from '@gradus/tensor';
import { getActivation } from './activations.js';
import type { ConvolutionConfig, KernelWindowConfig, KernelWindowOptions } from './convolution.js';
import { convolution, expectOneOfStridesAndDilation, resolveKernelWindow } from './convolution.js';
import { gateProducts, overSteps } from './gates.js';
import type { ParameterSpec } from './layer.js';
import { expectInteger, formatSymbolic, layerLabel } from './layer-errors.js';
import type { MemoryConfig, MemoryOptions } from './lstm-cell.js';
import { memoryBias, memoryStep, resolveMemory } from './lstm-cell.js';
import type { CellParts, CellRun } from './recurrent-cell.js';
import type { RecurrentFactory, RecurrentLayerOptions } from './recurrent-layer.js';
import { defineRecurrent, layerOfCell } from './recurrent-layer.js';
import { gateNoise } from './recurrent-noise.js';
import { recurrentNullOptions } from './recurrent-options.js';
import type { SymbolicShape } from './symbolic.js';
import { weightSpec } from './weight-options.js';
import { spaceAxes } from './window.js';

interface ConvLstmCellOptions extends MemoryOptions, KernelWindowOptions {
  /** How many channels the output and the memory have. */
  readonly filters: number;
}

interface ConvLstmConfig extends MemoryConfig, KernelWindowConfig {
  readonly filters: number;
}

/** Options of the convolutional LSTMs. */
export interface ConvLstmOptions extends ConvLstmCellOptions, RecurrentLayerOptions {}

const noActivation = getActivation(null);

/** The parts of a cell that slides its kernels over images instead of multiplying by them. */
function convLstmParts(
  className: string,
  rank: 1 | 2 | 3,
): CellParts<
  ConvLstmCellOptions,
  ConvLstmConfig,
  {
    readonly kernel: ParameterSpec;
    readonly recurrentKernel: ParameterSpec;
    readonly bias: ParameterSpec | null;
  }
> {
  const layer = convolution(className, rank);

  /** The convolution that makes the sums of all gates from the input. */
  function inputConvolution(
    options: ConvLstmConfig & { readonly name: string | undefined },
  ): ConvolutionConfig & { readonly name: string | undefined; readonly trainable: boolean } {
    return {
      ...options,
      filters: 4 * options.filters,
      groups: 1,
      activation: noActivation,
      trainable: true,
    };
  }

  /** The space of the states: what a window leaves of that of the input. */
  function stateShape(
    options: ConvLstmConfig & { readonly name: string | undefined },
    stepShape: SymbolicShape,
  ): Shape {
    const config = { ...inputConvolution(options), filters: options.filters };
    const [, ...shape] = layer.outputShape(config, stepShape);
    if (shape.every((length): length is number => length !== null)) return shape;
    throw new ShapeError(
      'recurrent/space',
      `${layerLabel(className, options)} must know the size of its images.`,
      {
        got: formatSymbolic(stepShape),
        expected: 'numbers for all axes but batch and steps',
        fix: 'give the size in input({ shape })',
      },
    );
  }

  return {
    className,
    nullOptions: recurrentNullOptions,
    resolve(options, label = layerLabel(className, options)) {
      expectInteger(label, 'filters', options.filters);
      const window = resolveKernelWindow(label, rank, options);
      expectOneOfStridesAndDilation(label, window);
      return { filters: options.filters, ...window, ...resolveMemory(label, options) };
    },
    build(options, stepShape) {
      const { filters, kernelSize } = options;
      const { kernel } = layer.build(inputConvolution(options), stepShape);
      stateShape(options, stepShape);
      return {
        kernel,
        recurrentKernel: weightSpec('recurrent', options, [...kernelSize, filters, 4 * filters]),
        bias: memoryBias(options, 4 * filters),
      };
    },
    stateShapes(options, stepShape) {
      const shape = stateShape(options, stepShape);
      return [shape, shape];
    },
    begin({ kernel, recurrentKernel, bias }, inputs, [start], options, context): CellRun {
      const first = options.dataFormat === 'channelsFirst';
      const ones = new Array<number>(rank).fill(1);
      const shapes = { input: inputs.shape.slice(1), state: (start as Tensor).shape };
      const noise = gateNoise(options, context, shapes, 4);
      const forInput = inputConvolution(options);
      // The state has its size already: its windows neither jump nor have holes, and leave the size alone.
      const forState = { ...forInput, padding: 'same', strides: ones, dilationRate: ones } as const;
      const convolve = (config: ConvolutionConfig & typeof forInput) => (x: Tensor, own: Tensor) =>
        layer.call({ kernel: own, bias: undefined }, x, config);
      const projected = gateProducts(
        inputs,
        kernel,
        noise.input,
        (x, own) => overSteps(x, (flat) => convolve(forInput)(flat, own)),
        first ? 2 : -1,
      );
      const shift = first ? bias?.reshape([bias.size, ...ones]) : bias;
      const axis = first ? 1 : -1;
      return {
        inputs: shift === undefined ? projected : projected.add(shift),
        step(x, [h, c]) {
          const seen = gateProducts(
            h as Tensor,
            recurrentKernel,
            noise.recurrent,
            convolve(forState),
            axis,
          );
          return memoryStep(x.add(seen), c as Tensor, options, axis);
        },
      };
    },
  };
}

/** A convolutional LSTM over images with `rank` axes of space; the three differ in nothing else. */
export function convLstm(className: string, rank: 1 | 2 | 3): RecurrentFactory<ConvLstmOptions> {
  return defineRecurrent(
    layerOfCell(convLstmParts(className, rank), ({ dataFormat }) => {
      const [batch, ...image] = spaceAxes(rank, dataFormat) as [string, ...string[]];
      return [batch, 'steps', ...image.map((axis) => (axis === 'steps' ? 'length' : axis))];
    }),
  );
}
