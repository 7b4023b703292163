import { ValueError } from '@gradus/tensor';
import type { DataFormat, DataFormatOption } from './data-format.js';
import type { LayerOptions } from './layer.js';
import { expectInteger } from './layer-errors.js';
import type { SymbolicShape } from './symbolic.js';

/** What is added or cut off before and after an axis. */
export type Border = readonly [before: number, after: number];

/** One number for everything, or for each axis of space one number or `[before, after]`. */
export type BordersOption = number | readonly (number | Border)[];

/** Options of zero padding of two and three axes. */
export interface ZeroPaddingOptions extends LayerOptions, DataFormatOption {
  /** Zeros on every side: one number, or for each axis one number or `[before, after]`. Default 1. */
  readonly padding?: BordersOption;
}

/** Options of cropping of two and three axes. */
export interface CroppingOptions extends LayerOptions, DataFormatOption {
  /** What to cut off: one number, or for each axis one number or `[before, after]`. */
  readonly cropping?: BordersOption;
}

/** {@link ZeroPaddingOptions} with defaults filled in. */
export interface ZeroPaddingConfig {
  readonly padding: readonly Border[];
  readonly dataFormat: DataFormat;
}

/** {@link CroppingOptions} with defaults filled in. */
export interface CroppingConfig {
  readonly cropping: readonly Border[];
  readonly dataFormat: DataFormat;
}

/**
 * `[before, after]` for a series.
 *
 * @throws ValueError that names the layer and the option.
 */
export function resolveBorder(label: string, option: string, value: number | Border): Border {
  const border = typeof value === 'number' ? [value, value] : value;
  if (!Array.isArray(border) || border.length !== 2)
    throw new ValueError('layer/option', `${label}: ${option} is impossible.`, {
      got: `${option}: ${JSON.stringify(value)}`,
      expected: 'a whole number, or [before, after]',
      fix: `for example ${option}: [1, 0]`,
    });
  for (const width of border) expectInteger(label, option, width, 0);
  return border as unknown as Border;
}

/**
 * `[before, after]` for each axis of space.
 *
 * @throws ValueError that names the layer and the option.
 */
export function resolveBorders(
  label: string,
  option: string,
  value: BordersOption,
  rank: number,
): readonly Border[] {
  const borders = typeof value === 'number' ? new Array<number | Border>(rank).fill(value) : value;
  if (!Array.isArray(borders) || borders.length !== rank)
    throw new ValueError(
      'layer/option',
      `${label}: ${option} does not have one entry for each axis of space.`,
      {
        got: `${option}: ${JSON.stringify(value)}`,
        expected: `a whole number, or ${rank} numbers or pairs [before, after]`,
        fix: `for example ${option}: ${JSON.stringify(new Array(rank).fill([1, 1]))}`,
      },
    );
  return borders.map((border: number | Border) => resolveBorder(label, option, border));
}

/** Borders of all axes: none for batch and channels. */
export function bordersOfAxes(borders: readonly Border[], format: DataFormat): readonly Border[] {
  const none: Border = [0, 0];
  return format === 'channelsLast' ? [none, ...borders, none] : [none, none, ...borders];
}

/** The shape after adding borders; `sign` -1 takes them off. */
export function borderedShape(
  shape: SymbolicShape,
  borders: readonly Border[],
  sign: 1 | -1,
): SymbolicShape {
  return shape.map((length, axis) => {
    const [before, after] = borders[axis] as Border;
    return length === null ? null : length + sign * (before + after);
  });
}
