import { expandDims, matmul, squeeze } from '@gradus/tensor';
import { expectNoAdapters } from './expect-no-adapters.js';
import type { KernelConfig, KernelOptions } from './kernel-options.js';
import { biasSpec, kernelSpec, resolveKernel } from './kernel-options.js';
import type { LayerFactory } from './layer.js';
import { defineLayer } from './layer.js';
import { expectInteger, expectLastAxis, knownLength, layerLabel } from './layer-errors.js';

/** Options of {@link dense}. */
export interface DenseOptions extends KernelOptions {
  /** How many numbers come out per sample. */
  readonly units: number;
}

/**
 * A fully connected layer: every output looks at every input.
 *
 * y = activation(x · kernel + bias), where x is `[..., inputs]`, kernel `[inputs, units]`, bias `[units]`, y `[..., units]`.
 *
 * @throws ValueError for impossible units, ShapeError for an input whose last axis is unknown or does not fit.
 * @example
 * const hidden = dense({ units: 2, activation: 'relu', name: 'hidden' });
 * hidden.build([null, 3]).kernel.shape; // => [3, 2]
 */
export const dense: LayerFactory<readonly [options: DenseOptions]> = defineLayer({
  className: 'Dense',
  supportsMask: true,
  resolve(options: DenseOptions): KernelConfig & { readonly units: number } {
    const label = layerLabel('Dense', options);
    expectNoAdapters(label, options);
    expectInteger(label, 'units', options.units);
    return { units: options.units, ...resolveKernel(options) };
  },
  build(options, inputShape) {
    const inputs = knownLength(layerLabel('Dense', options), inputShape);
    return {
      kernel: kernelSpec(options, [inputs, options.units]),
      bias: biasSpec(options, [options.units]),
    };
  },
  call({ kernel, bias }, x, options) {
    expectLastAxis(layerLabel('Dense', options), x.shape, kernel.shape[0] as number);
    const y = x.rank === 1 ? squeeze(matmul(expandDims(x, 0), kernel), 0) : matmul(x, kernel);
    return options.activation(bias === undefined ? y : y.add(bias));
  },
  outputShape: (options, inputShape) => [...inputShape.slice(0, -1), options.units],
});
