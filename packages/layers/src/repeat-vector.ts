import type { LayerFactory, LayerOptions } from './layer.js';
import { defineLayer } from './layer.js';
import { expectInteger, expectRank, layerLabel } from './layer-errors.js';
import { sameDType } from './same-dtype.js';

/** Options of {@link repeatVector}. */
export interface RepeatVectorOptions extends LayerOptions {
  /** How often. */
  readonly n: number;
}

/**
 * Makes a series of n equal steps out of each vector: `[batch, features]` becomes `[batch, n, features]`.
 *
 * @throws ValueError for an impossible n, ShapeError for an input with other axes.
 * @example
 * repeatVector({ n: 3 }).outputShape([null, 32]); // => [null, 3, 32]
 */
export const repeatVector: LayerFactory<readonly [options: RepeatVectorOptions]> = defineLayer({
  className: 'RepeatVector',
  outputDType: sameDType,
  resolve(options: RepeatVectorOptions): { readonly n: number } {
    expectInteger(layerLabel('RepeatVector', options), 'n', options.n);
    return { n: options.n };
  },
  build(options, inputShape) {
    expectRank(layerLabel('RepeatVector', options), inputShape, ['batch', 'features']);
    return {};
  },
  call(_params, x, { n }) {
    const [batch, features] = x.shape as readonly [number, number];
    return x.expandDims(1).broadcastTo([batch, n, features]);
  },
  outputShape: ({ n }, [batch, features]) => [batch ?? null, n, features ?? null],
});
