import { transpose } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { expectOneOf } from './layer-errors.js';
import type { SymbolicShape } from './symbolic.js';

/** Where an image keeps its channels: `[batch, ...space, channels]` or `[batch, channels, ...space]`. */
export type DataFormat = 'channelsLast' | 'channelsFirst';

/** The option of layers that look at images. */
export interface DataFormatOption {
  /** Default 'channelsLast'. */
  readonly dataFormat?: DataFormat | null;
}

/**
 * The option with its default.
 *
 * @throws ValueError for another word.
 */
export function resolveDataFormat(label: string, { dataFormat }: DataFormatOption): DataFormat {
  const format = dataFormat ?? 'channelsLast';
  expectOneOf(label, 'dataFormat', format, ['channelsLast', 'channelsFirst']);
  return format;
}

/** The shape with channels last. */
export function shapeToLast<T>(shape: readonly T[], format: DataFormat): readonly T[] {
  return format === 'channelsLast'
    ? shape
    : [...shape.slice(0, 1), ...shape.slice(2), ...shape.slice(1, 2)];
}

/** The shape with channels where `format` wants them. */
export function shapeFromLast(shape: SymbolicShape, format: DataFormat): SymbolicShape {
  return format === 'channelsLast'
    ? shape
    : [...shape.slice(0, 1), ...shape.slice(-1), ...shape.slice(1, -1)];
}

/** Runs a computation that is written for channels last on either layout. */
export function withChannelsLast(
  x: Tensor,
  format: DataFormat,
  compute: (x: Tensor) => Tensor,
): Tensor {
  if (format === 'channelsLast') return compute(x);
  const axes = x.shape.map((_, axis) => axis);
  const y = compute(transpose(x, [...shapeToLast(axes, format)]));
  if (y.rank < 3) return y;
  return transpose(y, [0, y.rank - 1, ...y.shape.slice(1, -1).map((_, i) => i + 1)]);
}

/** The numbers of the axes that are neither batch nor channels. */
export function spaceAxesOf(rank: number, format: DataFormat): readonly number[] {
  const first = format === 'channelsLast' ? 1 : 2;
  return Array.from({ length: rank - 2 }, (_, i) => first + i);
}
