import type { Border } from './borders.js';
import { resolveBorder } from './borders.js';
import type { DataFormat, DataFormatOption } from './data-format.js';
import { resolveDataFormat } from './data-format.js';
import type { LayerFactory, LayerOptions } from './layer.js';
import { defineLayer } from './layer.js';
import { layerLabel } from './layer-errors.js';
import { paddingSteps } from './zero-padding.js';

/** Options of {@link zeroPadding1d}. */
export interface ZeroPadding1dOptions extends LayerOptions, DataFormatOption {
  /** Zeros on both ends: one number, or `[before, after]`. Default 1. */
  readonly padding?: number | Border;
}

interface ZeroPadding1dConfig {
  readonly padding: Border;
  readonly dataFormat: DataFormat;
}

/**
 * Puts zeros before and after a series: `[batch, steps, channels]`.
 *
 * @throws ValueError for an impossible padding, ShapeError for an input with other axes.
 * @example
 * zeroPadding1d({ padding: [2, 0] }).outputShape([null, 10, 3]); // => [null, 12, 3]
 */
export const zeroPadding1d: LayerFactory<readonly [options?: ZeroPadding1dOptions]> = defineLayer({
  className: 'ZeroPadding1D',
  resolve(options: ZeroPadding1dOptions = {}): ZeroPadding1dConfig {
    const label = layerLabel('ZeroPadding1D', options);
    return {
      padding: resolveBorder(label, 'padding', options.padding ?? 1),
      dataFormat: resolveDataFormat(label, options),
    };
  },
  ...paddingSteps<ZeroPadding1dConfig>('ZeroPadding1D', 1, ({ padding }) => [padding]),
});
