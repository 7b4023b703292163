import { transpose } from '@gradus/tensor';
import type { DataFormat, DataFormatOption } from './data-format.js';
import { resolveDataFormat } from './data-format.js';
import type { LayerFactory, LayerOptions } from './layer.js';
import { defineLayer } from './layer.js';
import { layerLabel } from './layer-errors.js';
import type { SymbolicShape } from './symbolic.js';

/** Options of {@link flatten}. */
export interface FlattenOptions extends LayerOptions, DataFormatOption {}

function flatShape([batch = null, ...rest]: SymbolicShape): SymbolicShape {
  return [batch, rest.includes(null) ? null : (rest as number[]).reduce((a, b) => a * b, 1)];
}

/**
 * All numbers of a sample in one row: `[batch, a, b, ...]` becomes `[batch, a b ...]`. With channels first, channels move
 * to the end before, so that both layouts of an image flatten to the same row.
 *
 * @example
 * flatten().outputShape([null, 28, 28]); // => [null, 784]
 */
export const flatten: LayerFactory<readonly [options?: FlattenOptions]> = defineLayer({
  className: 'Flatten',
  resolve: (options: FlattenOptions = {}): { readonly dataFormat: DataFormat } => ({
    dataFormat: resolveDataFormat(layerLabel('Flatten', options), options),
  }),
  call(_params, x, options) {
    const last = options.dataFormat === 'channelsLast' || x.rank < 3;
    const ordered = last ? x : transpose(x, [0, ...x.shape.slice(2).map((_, i) => i + 2), 1]);
    return ordered.reshape([x.shape[0] as number, x.shape.slice(1).reduce((a, b) => a * b, 1)]);
  },
  outputShape: (_options, inputShape) => flatShape(inputShape),
});
