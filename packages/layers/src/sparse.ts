import type { Tensor } from '@gradus/tensor';
import { ShapeError, formatShape, permutation, key as makeKey, tensor } from '@gradus/tensor';
import type { Initializer } from './initializers/initializer.js';
import { defineInitializer } from './initializers/initializer.js';
import type { KernelConfig, KernelOptions } from './kernel-options.js';
import { biasSpec, kernelSpec, resolveKernel } from './kernel-options.js';
import type { LayerFactory } from './layer.js';
import { defineLayer } from './layer.js';
import {
  expectFraction,
  expectInteger,
  expectLastAxis,
  knownLength,
  layerLabel,
} from './layer-errors.js';

/** Options of {@link sparse}. */
export interface SparseOptions extends KernelOptions {
  /** How many numbers come out per sample. */
  readonly units: number;
  /** Share of the connections that exist. Default 0.5. */
  readonly density?: number;
  /** Chooses which connections exist. Default null: the model's seed chooses. */
  readonly seed?: number | null;
  /** The connections themselves, `[inputs][units]` of 0 and 1, instead of `density` and `seed`. */
  readonly mask?: readonly (readonly (number | boolean)[])[] | null;
}

interface SparseConfig extends KernelConfig {
  readonly units: number;
  readonly density: number;
  readonly seed: number | null;
  readonly mask: readonly (readonly (number | boolean)[])[] | null;
}

function connectionCount(density: number, shape: readonly number[]): number {
  return Math.round(density * shape.reduce((a, b) => a * b, 1));
}

/**
 * Ones in exactly `density` of all places, rounded. Chosen by a shuffle, not by a coin for each place: so the number of
 * connections does not depend on luck.
 */
function connections(density: number, seed: number | null): Initializer {
  return defineInitializer('Connections', { density, seed }, (shape, dtype, key) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const order = permutation(seed === null ? key : makeKey(seed), size).data;
    const mask = new Float32Array(size);
    for (let i = 0; i < connectionCount(density, shape); i++) mask[order[i] as number] = 1;
    return tensor(mask, { shape }).cast(dtype);
  });
}

function givenMask(label: string, mask: readonly (readonly (number | boolean)[])[]): Initializer {
  return defineInitializer('Connections', {}, (shape, dtype) => {
    const ones = tensor(mask.map((row) => row.map((value) => (Number(value) === 0 ? 0 : 1))));
    if (formatShape(ones.shape) !== formatShape(shape))
      throw new ShapeError('sparse/mask', `${label}: the mask does not fit the layer.`, {
        got: `a mask of shape ${formatShape(ones.shape)}`,
        expected: `${formatShape(shape)}: a row per input, a column per unit`,
        fix: 'transpose the mask, or change units',
      });
    return ones.cast(dtype);
  });
}

/**
 * A dense layer in which only some connections exist, as in a brain. The others are cut for good: their weights count
 * as 0 and get no gradient.
 *
 * y = activation(x · (kernel ∘ mask) + bias), with kernel and mask `[inputs, units]`. The mask is a parameter that is not
 * trained, so it is saved with the model.
 *
 * @throws ValueError for impossible units or density, ShapeError for a mask or an input that does not fit.
 * @example
 * sparse({ units: 4, density: 0.25 }).build([null, 8]).mask.trainable; // => false
 */
export const sparse: LayerFactory<readonly [options: SparseOptions]> = defineLayer({
  className: 'Sparse',
  supportsMask: true,
  resolve(options: SparseOptions): SparseConfig {
    const { units, density = 0.5, seed = null, mask = null } = options;
    const label = layerLabel('Sparse', options);
    expectInteger(label, 'units', units);
    expectFraction(label, 'density', density);
    return { units, density, seed, mask, ...resolveKernel(options) };
  },
  build(options, inputShape) {
    const { units, density, seed, mask } = options;
    const label = layerLabel('Sparse', options);
    const shape = [knownLength(label, inputShape), units];
    const existing =
      mask === null
        ? connectionCount(density, shape)
        : mask.flat().filter((value) => Number(value) !== 0).length;
    return {
      kernel: { ...kernelSpec(options, shape), parameterCount: existing },
      bias: biasSpec(options, [units]),
      mask: {
        shape,
        initializer: mask === null ? connections(density, seed) : givenMask(label, mask),
        trainable: false,
        // It says which connections there are; it is not one of them.
        parameterCount: 0,
      },
    };
  },
  call({ kernel, bias, mask }, x, options) {
    expectLastAxis(layerLabel('Sparse', options), x.shape, kernel.shape[0] as number);
    const y = x.matmul(kernel.mul(mask));
    return options.activation(bias === undefined ? y : y.add(bias));
  },
  outputShape: (options, inputShape) => [...inputShape.slice(0, -1), options.units],
});

/**
 * How many numbers of a sparse layer really take part: existing connections and biases.
 *
 * @example
 * countConnections({ mask: tensor([[1, 0], [1, 1]]), bias: zeros([2]) }); // => 5
 */
export function countConnections(params: Readonly<Record<string, Tensor>>): number {
  return (params['mask']?.sum().item() ?? 0) + (params['bias']?.size ?? 0);
}
