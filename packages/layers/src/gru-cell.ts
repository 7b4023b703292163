import type { Tensor } from '@gradus/tensor';
import { split } from '@gradus/tensor';
import type { Activation } from './activations.js';
import { expectFeatures, featuresOf, timesKernel } from './cell-kernel.js';
import { gateProducts } from './gates.js';
import { biasSpec, kernelSpec } from './kernel-options.js';
import type { LayerFactory, ParameterSpec } from './layer.js';
import { expectInteger, layerLabel } from './layer-errors.js';
import type { CellParts, CellRun, RecurrentCell } from './recurrent-cell.js';
import { defineCell } from './recurrent-cell.js';
import { gateNoise } from './recurrent-noise.js';
import type {
  GateOptions,
  RecurrentKernelConfig,
  RecurrentKernelOptions,
} from './recurrent-options.js';
import { recurrentNullOptions, resolveGates, resolveRecurrentKernel } from './recurrent-options.js';
import { weightSpec } from './weight-options.js';

/** Options of {@link gruCell}. */
export interface GruCellOptions extends RecurrentKernelOptions, GateOptions {
  /** Length of the state, which is the output too. */
  readonly units: number;
  /** Whether the reset gate acts after the product with the recurrent kernel, as on GPUs, or before it. Default true. */
  readonly resetAfter?: boolean;
}

/** {@link GruCellOptions} with defaults filled in. */
export interface GruCellConfig extends RecurrentKernelConfig {
  readonly units: number;
  readonly recurrentActivation: Activation;
  readonly resetAfter: boolean;
}

/** The parts of a GRU cell, for the cell and for the layer. */
export function gruParts(className: string): CellParts<
  GruCellOptions,
  GruCellConfig,
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
      return {
        units: options.units,
        ...resolveRecurrentKernel(label, options),
        ...resolveGates(options),
        resetAfter: options.resetAfter ?? true,
      };
    },
    build(options, stepShape) {
      const { units, resetAfter } = options;
      const features = featuresOf(layerLabel(className, options), stepShape);
      return {
        kernel: kernelSpec(options, [features, 3 * units]),
        recurrentKernel: weightSpec('recurrent', options, [units, 3 * units]),
        bias: biasSpec(options, resetAfter ? [2, 3 * units] : [3 * units]),
      };
    },
    stateShapes: ({ units }) => [[units]],
    begin({ kernel, recurrentKernel, bias }, inputs, [start], options, context): CellRun {
      const { units, resetAfter, activation, recurrentActivation } = options;
      expectFeatures(layerLabel(className, options), inputs, kernel);
      const shapes = { input: inputs.shape.slice(1), state: (start as Tensor).shape };
      const noise = gateNoise(options, context, shapes, 3);
      const [inputBias, recurrentBias] =
        bias !== undefined && resetAfter
          ? split(bias, 2, { axis: 0 }).map((row) => row.reshape([3 * units]))
          : [bias, undefined];
      const projected = gateProducts(inputs, kernel, noise.input, timesKernel);
      const [gateKernel, newKernel] = split(recurrentKernel, [2 * units, units], { axis: -1 }) as [
        Tensor,
        Tensor,
      ];
      // Without noise of their own the gates share one factor, or have none.
      const gateFactors = noise.recurrent.slice(0, 2);
      const newFactors = noise.recurrent.slice(-1);

      /** The share of the state in the sums of z and r, and in that of the new state, which knows r only in one case. */
      function fromState(h: Tensor): { gates: Tensor; added(r: Tensor): Tensor } {
        if (resetAfter) {
          const product = gateProducts(h, recurrentKernel, noise.recurrent, timesKernel);
          const sums = recurrentBias === undefined ? product : product.add(recurrentBias);
          const [gates, added] = split(sums, [2 * units, units], { axis: -1 }) as [Tensor, Tensor];
          return { gates, added: (r) => r.mul(added) };
        }
        return {
          gates: gateProducts(h, gateKernel, gateFactors, timesKernel),
          added: (r) => gateProducts(r.mul(h), newKernel, newFactors, timesKernel),
        };
      }

      return {
        inputs: inputBias === undefined ? projected : projected.add(inputBias),
        step(x, [previous]) {
          const h = previous as Tensor;
          const [xGates, xNew] = split(x, [2 * units, units], { axis: -1 }) as [Tensor, Tensor];
          const { gates, added } = fromState(h);
          // Gate by gate: an activation such as softmax looks at a whole row.
          const [z, r] = split(xGates.add(gates), 2, { axis: -1 }).map(recurrentActivation) as [
            Tensor,
            Tensor,
          ];
          const candidate = activation(xNew.add(added(r)));
          const output = z.mul(h).add(z.neg().add(1).mul(candidate));
          return { output, states: [output] };
        },
      };
    },
  };
}

/**
 * One step of a recurrence whose state is its output: gate z says how much of it stays, gate r how much of it the new one
 * looks at.
 *
 * z, r = recurrentActivation(x · kernel + h · recurrentKernel + bias), columns in the order z, r, h;
 * ĥ = activation(x · kernel + r·(h · recurrentKernel + bias) + bias) with `resetAfter`, else activation(x · kernel +
 * (r·h) · recurrentKernel + bias); h = z·h + (1 - z)·ĥ. x is `[batch, features]`, h `[batch, units]`, kernel
 * `[features, 3 units]`, recurrentKernel `[units, 3 units]`, bias `[2, 3 units]` with `resetAfter`, else `[3 units]`.
 * Called on `[x, h]` it gives `[h, h]`.
 *
 * @throws ValueError for impossible options, ShapeError for inputs and states of other shapes.
 * @example
 * gruCell({ units: 4 }).build([null, 3]).bias.shape; // => [2, 12]
 *
 * Source: Cho et al. 2014.
 */
export const gruCell: LayerFactory<readonly [options: GruCellOptions], RecurrentCell> = defineCell(
  gruParts('GRUCell'),
);
