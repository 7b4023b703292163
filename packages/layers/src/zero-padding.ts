import type { Tensor } from '@gradus/tensor';
import { pad } from '@gradus/tensor';
import type { Border, ZeroPaddingConfig, ZeroPaddingOptions } from './borders.js';
import { borderedShape, bordersOfAxes, resolveBorders } from './borders.js';
import type { DataFormat } from './data-format.js';
import { resolveDataFormat } from './data-format.js';
import type { CommonConfig } from './layer.js';
import { expectRank, layerLabel } from './layer-errors.js';
import { sameDType } from './same-dtype.js';
import type { SymbolicShape } from './symbolic.js';
import { spaceAxes } from './window.js';

/** What padding layers do once they know the borders. */
export function paddingSteps<Config extends { readonly dataFormat: DataFormat }>(
  className: string,
  rank: 1 | 2 | 3,
  bordersOf: (options: Config) => readonly Border[],
): {
  outputDType: typeof sameDType;
  build(options: Config & CommonConfig, shape: SymbolicShape): Record<never, never>;
  call(params: object, x: Tensor, options: Config & CommonConfig): Tensor;
  outputShape(options: Config & CommonConfig, shape: SymbolicShape): SymbolicShape;
} {
  const all = (options: Config): readonly Border[] =>
    bordersOfAxes(bordersOf(options), options.dataFormat);
  return {
    outputDType: sameDType,
    build(options, inputShape) {
      expectRank(layerLabel(className, options), inputShape, spaceAxes(rank, options.dataFormat));
      return {};
    },
    call: (_params, x, options) => pad(x, all(options)),
    outputShape: (options, inputShape) => borderedShape(inputShape, all(options), 1),
  };
}

/** The parts of a zero padding layer over two or three axes of space. */
export function zeroPadding(
  className: string,
  rank: 2 | 3,
): { resolve(options?: ZeroPaddingOptions): ZeroPaddingConfig } & ReturnType<
  typeof paddingSteps<ZeroPaddingConfig>
> {
  return {
    resolve(options = {}) {
      const label = layerLabel(className, options);
      return {
        padding: resolveBorders(label, 'padding', options.padding ?? 1, rank),
        dataFormat: resolveDataFormat(label, options),
      };
    },
    ...paddingSteps<ZeroPaddingConfig>(className, rank, ({ padding }) => padding),
  };
}
