import type { Shape } from '@gradus/tensor';
import { sizeOf } from '../access.js';

/** An axis in the middle of a row-major tensor: [outer, length, inner]. */
export interface AxisSplit {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

/** The tensor as it is to work along one of its axes. */
export function splitAt(shape: Shape, axis: number): AxisSplit {
  return {
    outer: sizeOf(shape.slice(0, axis)),
    length: shape[axis] as number,
    inner: sizeOf(shape.slice(axis + 1)),
  };
}
