import { ShapeError, ValueError } from './errors.js';

/** Lengths of the axes of a tensor, outermost first. `[]` is a scalar. */
export type Shape = readonly number[];

export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const length of shape) size *= length;
  return size;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((length, i) => length === b[i]);
}

export function formatShape(shape: readonly (number | null)[]): string {
  return `[${shape.map((length) => length ?? 'batch').join(', ')}]`;
}

/** Row-major strides, in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = stride;
    stride *= shape[i] as number;
  }
  return strides;
}

/** NumPy broadcasting: align at the last axis; lengths are equal, or one of them is 1. */
export function broadcastShapes(operation: string, ...shapes: readonly Shape[]): number[] {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  const result = new Array<number>(rank).fill(1);
  for (const shape of shapes)
    for (let i = 0; i < shape.length; i++) {
      const axis = rank - shape.length + i;
      const length = shape[i] as number;
      if (length === 1 || length === result[axis]) continue;
      if (result[axis] !== 1)
        throw new ShapeError(
          'op/broadcast',
          `${operation}: the shapes do not broadcast together.`,
          {
            got: shapes.map(formatShape).join(' and '),
            expected: 'for each axis, counted from the last: equal lengths, or a 1',
            fix: 'reshape or transpose one operand, or use expandDims to add an axis of length 1',
          },
        );
      result[axis] = length;
    }
  return result;
}

/** Strides that read a tensor as if it had been broadcast to `target`: an axis that is repeated has stride 0. */
export function broadcastStrides(shape: Shape, target: Shape): number[] {
  const strides = stridesOf(shape);
  const offset = target.length - shape.length;
  return target.map((_, i) =>
    i < offset || shape[i - offset] === 1 ? 0 : (strides[i - offset] as number),
  );
}

/** An axis as 0..rank-1; negative axes count from the end. */
export function normalizeAxis(operation: string, axis: number, rank: number): number {
  const result = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || result < 0 || result >= rank)
    throw new ShapeError('op/axis', `${operation}: there is no axis ${axis}.`, {
      got: `axis ${axis} for a tensor of rank ${rank}`,
      expected:
        rank === 0 ? 'no axis: the tensor is a scalar' : `an integer from ${-rank} to ${rank - 1}`,
      fix: 'count axes from 0, or from -1 for the last',
    });
  return result;
}

/** Axes as a sorted list without repetition; undefined or null means all. */
export function normalizeAxes(
  operation: string,
  axis: number | readonly number[] | null | undefined,
  rank: number,
): number[] {
  if (axis === undefined || axis === null) return Array.from({ length: rank }, (_, i) => i);
  const list = (typeof axis === 'number' ? [axis] : axis).map((a) =>
    normalizeAxis(operation, a, rank),
  );
  if (new Set(list).size !== list.length)
    throw new ShapeError('op/axis', `${operation}: an axis is named twice.`, {
      got: `[${list.join(', ')}]`,
      expected: 'different axes',
    });
  return list.sort((a, b) => a - b);
}

/** Throws unless every length is a whole number of at least 0. */
export function checkShape(operation: string, shape: Shape): void {
  for (const length of shape)
    if (!Number.isInteger(length) || length < 0)
      throw new ValueError(
        'op/shape',
        `${operation}: a shape is made of whole numbers, 0 or more.`,
        {
          got: formatShape(shape),
          expected: 'for example [32, 10]',
        },
      );
}
