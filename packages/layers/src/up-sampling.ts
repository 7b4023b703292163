import type { Tensor } from '@gradus/tensor';
import { repeat } from '@gradus/tensor';
import type { DataFormat } from './data-format.js';
import { spaceAxesOf } from './data-format.js';
import type { SymbolicShape } from './symbolic.js';

/** What layers that make images larger know of it. */
export interface UpSamplingConfig {
  readonly size: readonly number[];
  readonly dataFormat: DataFormat;
}

/** Every pixel repeated `size` times along each axis of space. */
export function repeatPixels(x: Tensor, { size, dataFormat }: UpSamplingConfig): Tensor {
  const axes = spaceAxesOf(x.rank, dataFormat);
  return axes.reduce((y, axis, i) => repeat(y, size[i] as number, { axis }), x);
}

/** The shape with axes of space `size` times as long. */
export function enlargedShape(
  { size, dataFormat }: UpSamplingConfig,
  inputShape: SymbolicShape,
): SymbolicShape {
  const axes = spaceAxesOf(inputShape.length, dataFormat);
  return inputShape.map((length, axis) => {
    const at = axes.indexOf(axis);
    return length === null || at < 0 ? length : length * (size[at] as number);
  });
}
