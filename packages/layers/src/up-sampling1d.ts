import { repeat } from '@gradus/tensor';
import type { LayerFactory, LayerOptions } from './layer.js';
import { defineLayer } from './layer.js';
import { expectInteger, expectRank, layerLabel } from './layer-errors.js';
import type { SymbolicShape } from './symbolic.js';
import { spaceAxes } from './window.js';
import { sameDType } from './same-dtype.js';

/** Options of {@link upSampling1d}. */
export interface UpSampling1dOptions extends LayerOptions {
  /** How often every step is repeated. Default 2. */
  readonly size?: number;
}

/**
 * Repeats every step of a series: `[batch, steps, channels]` becomes `[batch, steps size, channels]`.
 *
 * @throws ValueError for an impossible size, ShapeError for an input with other axes.
 * @example
 * upSampling1d({ size: 3 }).outputShape([null, 10, 8]); // => [null, 30, 8]
 */
export const upSampling1d: LayerFactory<readonly [options?: UpSampling1dOptions]> = defineLayer({
  className: 'UpSampling1D',
  outputDType: sameDType,
  resolve(options: UpSampling1dOptions = {}): { readonly size: number } {
    const { size = 2 } = options;
    expectInteger(layerLabel('UpSampling1D', options), 'size', size);
    return { size };
  },
  build(options, inputShape) {
    expectRank(layerLabel('UpSampling1D', options), inputShape, spaceAxes(1, 'channelsLast'));
    return {};
  },
  call: (_params, x, { size }) => repeat(x, size, { axis: 1 }),
  outputShape: ({ size }, [batch, steps, channels]): SymbolicShape => [
    batch ?? null,
    steps === null || steps === undefined ? null : steps * size,
    channels ?? null,
  ],
});
