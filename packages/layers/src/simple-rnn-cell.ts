import type { Tensor } from '@gradus/tensor';
import { expectFeatures, featuresOf, timesKernel } from './cell-kernel.js';
import { gateProducts } from './gates.js';
import { biasSpec, kernelSpec } from './kernel-options.js';
import type { LayerFactory, ParameterSpec } from './layer.js';
import { expectInteger, layerLabel } from './layer-errors.js';
import type { CellParts, CellRun, RecurrentCell } from './recurrent-cell.js';
import { defineCell } from './recurrent-cell.js';
import { cellNoise } from './recurrent-noise.js';
import type { RecurrentKernelConfig, RecurrentKernelOptions } from './recurrent-options.js';
import { recurrentNullOptions, resolveRecurrentKernel } from './recurrent-options.js';
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

/** The parts of a simple recurrent cell, for the cell and for the layer. */
export function simpleRNNParts(className: string): CellParts<
  SimpleRNNCellOptions,
  SimpleRNNCellConfig,
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
      return { units: options.units, ...resolveRecurrentKernel(label, options) };
    },
    build(options, stepShape) {
      const { units } = options;
      const features = featuresOf(layerLabel(className, options), stepShape);
      return {
        kernel: kernelSpec(options, [features, units]),
        recurrentKernel: weightSpec('recurrent', options, [units, units]),
        bias: biasSpec(options, [units]),
      };
    },
    stateShapes: ({ units }) => [[units]],
    begin({ kernel, recurrentKernel, bias }, inputs, [h], options, context): CellRun {
      expectFeatures(layerLabel(className, options), inputs, kernel);
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
}

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
  defineCell(simpleRNNParts('SimpleRNNCell'));
