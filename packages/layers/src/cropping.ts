import type { Tensor } from '@gradus/tensor';
import { ShapeError } from '@gradus/tensor';
import type { Border, BordersOption, CroppingConfig, CroppingOptions } from './borders.js';
import { borderedShape, bordersOfAxes, resolveBorders } from './borders.js';
import type { DataFormat } from './data-format.js';
import { resolveDataFormat } from './data-format.js';
import type { CommonConfig } from './layer.js';
import { expectRank, formatSymbolic, layerLabel } from './layer-errors.js';
import { sameDType } from './same-dtype.js';
import type { SymbolicShape } from './symbolic.js';
import { spaceAxes } from './window.js';

/** What cropping layers do once they know the borders. */
export function croppingSteps<Config>(
  className: string,
  rank: 1 | 2 | 3,
  bordersOf: (options: Config) => readonly Border[],
  formatOf: (options: Config) => DataFormat,
): {
  outputDType: typeof sameDType;
  build(options: Config & CommonConfig, shape: SymbolicShape): Record<never, never>;
  call(params: object, x: Tensor, options: Config & CommonConfig): Tensor;
  outputShape(options: Config & CommonConfig, shape: SymbolicShape): SymbolicShape;
} {
  const all = (options: Config): readonly Border[] =>
    bordersOfAxes(bordersOf(options), formatOf(options));
  const expectRest = (options: Config & CommonConfig, shape: SymbolicShape): void => {
    if (borderedShape(shape, all(options), -1).every((length) => length === null || length > 0))
      return;
    const borders = bordersOf(options);
    throw new ShapeError(
      'cropping/nothing-left',
      `${layerLabel(className, options)}: nothing would be left of the input.`,
      {
        got: `${formatSymbolic(shape)} with cropping ${JSON.stringify(borders)}`,
        expected: `more than [${borders.map(([before, after]) => before + after).join(', ')}] on the axes of space`,
        fix: 'cut off less, or give it a larger input',
      },
    );
  };
  return {
    outputDType: sameDType,
    build(options, inputShape) {
      const axes = spaceAxes(rank, formatOf(options));
      expectRank(layerLabel(className, options), inputShape, axes);
      expectRest(options, inputShape);
      return {};
    },
    call(_params, x, options) {
      expectRest(options, x.shape);
      const borders = all(options);
      return x.slice(
        borders.map(([before]) => before),
        x.shape.map((length, axis) => {
          const [before, after] = borders[axis] as Border;
          return length - before - after;
        }),
      );
    },
    outputShape: (options, inputShape) => borderedShape(inputShape, all(options), -1),
  };
}

/** The parts of a cropping layer over two or three axes of space. */
export function cropping(
  className: string,
  rank: 2 | 3,
  byDefault: BordersOption,
): { resolve(options?: CroppingOptions): CroppingConfig } & ReturnType<
  typeof croppingSteps<CroppingConfig>
> {
  return {
    resolve(options = {}) {
      const label = layerLabel(className, options);
      return {
        cropping: resolveBorders(label, 'cropping', options.cropping ?? byDefault, rank),
        dataFormat: resolveDataFormat(label, options),
      };
    },
    ...croppingSteps<CroppingConfig>(
      className,
      rank,
      (options) => options.cropping,
      ({ dataFormat }) => dataFormat,
    ),
  };
}
