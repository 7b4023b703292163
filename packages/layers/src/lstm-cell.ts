import type { Tensor } from '@gradus/tensor';
import { split } from '@gradus/tensor';
import type { Activation } from './activations.js';
import { expectFeatures, featuresOf, timesKernel } from './cell-kernel.js';
import { gateProducts } from './gates.js';
import { biasSpec, kernelSpec } from './kernel-options.js';
import type { LayerFactory, ParameterSpec } from './layer.js';
import { expectInteger, layerLabel } from './layer-errors.js';
import type { CellParts, CellRun, CellStep, RecurrentCell } from './recurrent-cell.js';
import { defineCell } from './recurrent-cell.js';
import { gateNoise } from './recurrent-noise.js';
import type {
  GateOptions,
  RecurrentKernelConfig,
  RecurrentKernelOptions,
} from './recurrent-options.js';
import {
  forgetBias,
  recurrentNullOptions,
  resolveGates,
  resolveRecurrentKernel,
} from './recurrent-options.js';
import { weightSpec } from './weight-options.js';

/** Options that all cells with a memory share. */
export interface MemoryOptions extends RecurrentKernelOptions, GateOptions {
  /** Whether the bias of the forget gate starts at 1. Default true. */
  readonly unitForgetBias?: boolean;
}

/** {@link MemoryOptions} with defaults filled in. */
export interface MemoryConfig extends RecurrentKernelConfig {
  readonly recurrentActivation: Activation;
  readonly unitForgetBias: boolean;
}

/** Options of {@link lstmCell}. */
export interface LstmCellOptions extends MemoryOptions {
  /** Length of the output and of the memory. */
  readonly units: number;
}

/** {@link LstmCellOptions} with defaults filled in. */
export interface LstmCellConfig extends MemoryConfig {
  readonly units: number;
}

/** Looks up names and fills in defaults. */
export function resolveMemory(label: string, options: MemoryOptions): MemoryConfig {
  return {
    ...resolveRecurrentKernel(label, options),
    ...resolveGates(options),
    unitForgetBias: options.unitForgetBias ?? true,
  };
}

/** The bias of the four gates; the forget gate may start at 1. */
export function memoryBias(options: MemoryConfig, length: number): ParameterSpec | null {
  const spec = biasSpec(options, [length]);
  if (spec === null || !options.unitForgetBias) return spec;
  return { ...spec, initializer: forgetBias(options.biasInitializer) };
}

/** What the gates do with the memory, from their sums `z` side by side on an axis. */
export function memoryStep(
  z: Tensor,
  memory: Tensor,
  { activation, recurrentActivation }: MemoryConfig,
  axis = -1,
): CellStep {
  const [zi, zf, zc, zo] = split(z, 4, { axis }) as [Tensor, Tensor, Tensor, Tensor];
  const kept = recurrentActivation(zf).mul(memory);
  const c = kept.add(recurrentActivation(zi).mul(activation(zc)));
  const h = recurrentActivation(zo).mul(activation(c));
  return { output: h, states: [h, c] };
}

/** The parts of an LSTM cell, for the cell and for the layer. */
export function lstmParts(className: string): CellParts<
  LstmCellOptions,
  LstmCellConfig,
  {
    readonly kernel: ParameterSpec;
    readonly recurrentKernel: ParameterSpec;
    readonly bias: ParameterSpec | null;
  }
> {
  return {
    className,
    nullOptions: recurrentNullOptions,
    resolve(options, label = layerLabel(className, options)) {
      expectInteger(label, 'units', options.units);
      return { units: options.units, ...resolveMemory(label, options) };
    },
    build(options, stepShape) {
      const { units } = options;
      const features = featuresOf(layerLabel(className, options), stepShape);
      return {
        kernel: kernelSpec(options, [features, 4 * units]),
        recurrentKernel: weightSpec('recurrent', options, [units, 4 * units]),
        bias: memoryBias(options, 4 * units),
      };
    },
    stateShapes: ({ units }) => [[units], [units]],
    begin({ kernel, recurrentKernel, bias }, inputs, [start], options, context): CellRun {
      expectFeatures(layerLabel(className, options), inputs, kernel);
      const shapes = { input: inputs.shape.slice(1), state: (start as Tensor).shape };
      const noise = gateNoise(options, context, shapes, 4);
      const projected = gateProducts(inputs, kernel, noise.input, timesKernel);
      return {
        inputs: bias === undefined ? projected : projected.add(bias),
        step(x, [h, c]) {
          const seen = gateProducts(h as Tensor, recurrentKernel, noise.recurrent, timesKernel);
          return memoryStep(x.add(seen), c as Tensor, options);
        },
      };
    },
  };
}

/**
 * One step of a recurrence with a memory c that gates guard, so that it can hold something over many steps.
 *
 * i, f, o = recurrentActivation(x · kernel + h · recurrentKernel + bias), each with its own columns, in the order i, f, c, o;
 * c = f·c + i·activation(...); h = o·activation(c). x is `[batch, features]`, h and c `[batch, units]`, kernel
 * `[features, 4 units]`, recurrentKernel `[units, 4 units]`, bias `[4 units]`. Called on `[x, h, c]` it gives `[h, h, c]`.
 *
 * @throws ValueError for impossible options, ShapeError for inputs and states of other shapes.
 * @example
 * lstmCell({ units: 4 }).build([null, 3]).kernel.shape; // => [3, 16]
 *
 * Source: Hochreiter & Schmidhuber 1997.
 */
export const lstmCell: LayerFactory<readonly [options: LstmCellOptions], RecurrentCell> =
  defineCell(lstmParts('LSTMCell'));
