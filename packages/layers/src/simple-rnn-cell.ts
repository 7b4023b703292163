import type { Tensor } from '@gradus/tensor';
import { matmul } from '@gradus/tensor';
import { gateProducts, overSteps } from './gates.js';
import { biasSpec, kernelSpec } from './kernel-options.js';
import type { LayerFactory, ParameterSpec } from './layer.js';
import {
  expectInteger,
  expectLastAxis,
  expectRank,
  knownLength,
  layerLabel,
} from './layer-errors.js';
import type { CellParts, CellRun, RecurrentCell } from './recurrent-cell.js';
import { defineCell } from './recurrent-cell.js';
import { cellNoise } from './recurrent-noise.js';
import type { RecurrentKernelConfig, RecurrentKernelOptions } from './recurrent-options.js';
import { recurrentNullOptions, resolveRecurrentKernel } from './recurrent-options.js';
import type { SymbolicShape } from './symbolic.js';
import { weightSpec } from './weight-options.js';

/** Options of {@link simpleRNNCell}. */
export interface SimpleRNNCellOptions extends RecurrentKernelOptions {
  /** Length of the state, which is the output too. */
  readonly units: number;
}

/** {@link SimpleRNNCellOptions} with defaults filled in. */
export interface SimpleRNNCellConfig extends RecurrentKernelConfig {
  readonly units: number;
}

/** The features of one step's input, `[batch, features]`. */
export function featuresOf(label: string, stepShape: SymbolicShape): number {
  expectRank(label, stepShape, ['batch', 'features']);
  return knownLength(label, stepShape);
}

/** One input or state times a kernel, for one step or for all. */
export function timesKernel(x: Tensor, kernel: Tensor): Tensor {
  return x.rank > 2 ? overSteps(x, (flat) => matmul(flat, kernel)) : matmul(x, kernel);
}

/** The parts of a simple recurrent cell, for the cell and for the layer. */
export const simpleRNNParts: CellParts<
  SimpleRNNCellOptions,
  SimpleRNNCellConfig,
  {
    readonly kernel: ParameterSpec;
    readonly recurrentKernel: ParameterSpec;
    readonly bias: ParameterSpec | null;
  }
> = {
  className: 'SimpleRNNCell',
  nullOptions: recurrentNullOptions,
  resolve(options, label = layerLabel('SimpleRNNCell', options)) {
    expectInteger(label, 'units', options.units);
    return { units: options.units, ...resolveRecurrentKernel(label, options) };
  },
  build(options, stepShape) {
    const { units } = options;
    const features = featuresOf(layerLabel('SimpleRNNCell', options), stepShape);
    return {
      kernel: kernelSpec(options, [features, units]),
      recurrentKernel: weightSpec('recurrent', options, [units, units]),
      bias: biasSpec(options, [units]),
    };
  },
  stateShapes: ({ units }) => [[units]],
  begin({ kernel, recurrentKernel, bias }, inputs, [h], options, context): CellRun {
    expectLastAxis(layerLabel('SimpleRNNCell', options), inputs.shape, kernel.shape[0] as number);
    const shapes = { input: inputs.shape.slice(1), state: (h as Tensor).shape };
    const noise = cellNoise(options, context, shapes);
    const projected = gateProducts(inputs, kernel, noise.input, timesKernel);
    return {
      inputs: bias === undefined ? projected : projected.add(bias),
      step(x, [previous]) {
        const seen = gateProducts(
          previous as Tensor,
          recurrentKernel,
          noise.recurrent,
          timesKernel,
        );
        const output = options.activation(x.add(seen));
        return { output, states: [output] };
      },
    };
  },
};

/**
 * One step of the plainest recurrence: the last output is an input too.
 *
 * h = activation(x · kernel + h · recurrentKernel + bias), where x is `[batch, features]`, h `[batch, units]`, kernel
 * `[features, units]`, recurrentKernel `[units, units]`, bias `[units]`. Called on `[x, h]` it gives `[h, h]`.
 *
 * @throws ValueError for impossible options, ShapeError for inputs and states of other shapes.
 * @example
 * simpleRNNCell({ units: 4 }).outputShape([[null, 3], [null, 4]])[0]; // => [null, 4]
 *
 * Source: Elman 1990.
 */
export const simpleRNNCell: LayerFactory<readonly [options: SimpleRNNCellOptions], RecurrentCell> =
  defineCell(simpleRNNParts);
