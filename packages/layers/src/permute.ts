import { ValueError } from '@gradus/tensor';
import type { LayerFactory, LayerOptions } from './layer.js';
import { defineLayer } from './layer.js';
import { expectRank, layerLabel } from './layer-errors.js';
import { sameDType } from './same-dtype.js';

/** Options of {@link permute}. */
export interface PermuteOptions extends LayerOptions {
  /** The axes of a sample in their new order; the first axis behind the batch is 1. */
  readonly dims: readonly number[];
}

/**
 * Puts the axes of samples into another order; the batch stays first. Axis i of the output is axis `dims[i - 1]` of the
 * input.
 *
 * @throws ValueError unless `dims` names every axis once, ShapeError for an input with other axes.
 * @example
 * permute({ dims: [2, 1] }).outputShape([null, 10, 64]); // => [null, 64, 10]
 */
export const permute: LayerFactory<readonly [options: PermuteOptions]> = defineLayer({
  className: 'Permute',
  outputDType: sameDType,
  resolve(options: PermuteOptions): { readonly dims: readonly number[] } {
    const { dims } = options;
    const isOrder =
      Array.isArray(dims) && [...dims].sort((a, b) => a - b).every((axis, i) => axis === i + 1);
    if (!isOrder)
      throw new ValueError(
        'permute/dims',
        `${layerLabel('Permute', options)}: dims must name every axis of a sample once.`,
        {
          got: `dims: ${JSON.stringify(dims)}`,
          expected: 'the numbers from 1 to the number of axes, in any order',
          fix: 'count from 1: the batch is axis 0 and stays, as in dims: [2, 1]',
        },
      );
    return { dims };
  },
  build(options, inputShape) {
    const axes = ['batch', ...options.dims.map((_, i) => `axis ${i + 1}`)];
    expectRank(layerLabel('Permute', options), inputShape, axes);
    return {};
  },
  call: (_params, x, { dims }) => x.transpose([0, ...dims]),
  outputShape: ({ dims }, inputShape) => [0, ...dims].map((axis) => inputShape[axis] ?? null),
});
