import type { Shape } from '@gradus/tensor';
import { bytesPerElement } from '@gradus/tensor/backend';
import type { TensorType } from '@gradus/tensor/backend';

/** How a value is found in memory: element [i, j, ...] lies at `offset + i * strides[0] + j * strides[1] + ...`. */
export interface StridedView {
  readonly offset: number;
  readonly shape: Shape;
  readonly strides: readonly number[];
}

/** A run of neighbours in the flat order of a loop, and how far apart they are in memory. */
export interface Segment {
  readonly length: number;
  readonly stride: number;
}

/**
 * How a loop over `size` elements in flat order reads or writes a value: segments from the innermost to the outermost
 * whose lengths multiply to `size`. Contiguous memory is one segment of stride 1, a repeated scalar one of stride 0.
 */
export interface Access {
  readonly offset: number;
  readonly segments: readonly Segment[];
}

/** How many elements there are: the product of all lengths. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Bytes of a tensor in memory. */
export function bytesOf({ shape, dtype }: TensorType): number {
  return sizeOf(shape) * bytesPerElement(dtype);
}

/** A value in memory of its own, row-major. */
export function contiguous(shape: Shape): StridedView {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis] as number;
  }
  return { offset: 0, shape, strides };
}

/** The view repeated along axes that are new or have length 1. */
export function broadcastView(view: StridedView, shape: Shape): StridedView {
  const missing = shape.length - view.shape.length;
  return {
    offset: view.offset,
    shape,
    strides: shape.map((length, axis) =>
      axis < missing || (view.shape[axis - missing] === 1 && length !== 1)
        ? 0
        : (view.strides[axis - missing] as number),
    ),
  };
}

/** The same elements in the same order under another shape, or undefined when no strides can say that. */
export function reshapeView(view: StridedView, shape: Shape): StridedView | undefined {
  const { segments } = accessOf(view);
  // Walk the new axes from the last, cutting pieces off the segments.
  const strides = new Array<number>(shape.length).fill(0);
  let at = 0;
  let used = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const length = shape[axis] as number;
    if (length === 1) continue;
    let segment = segments[at];
    if (segment !== undefined && used === segment.length) {
      at++;
      used = 1;
      segment = segments[at];
    }
    if (segment === undefined || segment.length % (used * length) !== 0) return undefined;
    strides[axis] = segment.stride * used;
    used *= length;
  }
  return { offset: view.offset, shape, strides };
}

/** Joins neighbouring axes that one stride describes. */
export function accessOf({ offset, shape, strides }: StridedView): Access {
  const segments: Segment[] = [];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const length = shape[axis] as number;
    const stride = strides[axis] as number;
    if (length === 1) continue;
    const last = segments.at(-1);
    if (last !== undefined && last.stride * last.length === stride)
      segments[segments.length - 1] = { length: last.length * length, stride: last.stride };
    else segments.push({ length, stride });
  }
  return { offset, segments: segments.length === 0 ? [{ length: 1, stride: 1 }] : segments };
}

/** An access of the rows of a loop as an access of all its elements: the same for all `length` elements of a row. */
export function perRow(access: Access, length: number): Access {
  if (length === 1) return access;
  const [first, ...rest] = access.segments as readonly [Segment, ...Segment[]];
  if (first.length === 1) return { offset: access.offset, segments: [{ length, stride: 0 }] };
  if (first.stride === 0)
    return {
      offset: access.offset,
      segments: [{ length: first.length * length, stride: 0 }, ...rest],
    };
  return { offset: access.offset, segments: [{ length, stride: 0 }, ...access.segments] };
}

/** Whether an access reads `size` elements one after the other from the start. */
export function isIdentity({ offset, segments }: Access, size: number): boolean {
  const [first] = segments as readonly [Segment];
  return (
    offset === 0 &&
    segments.length === 1 &&
    first.length === size &&
    (first.stride === 1 || size === 1)
  );
}

/** Whether an access gives row r of `length` elements the value at r. */
export function isPerRow({ offset, segments }: Access, length: number, rows: number): boolean {
  if (offset !== 0) return false;
  const [first, second] = segments as readonly [Segment, Segment?];
  if (rows === 1)
    return segments.length === 1 && first.length === length && (first.stride === 0 || length === 1);
  return (
    segments.length === 2 &&
    first.length === length &&
    first.stride === 0 &&
    second?.length === rows &&
    second.stride === 1
  );
}

/** Flat distances at which the stride changes: the loop has to be cut there. */
export function boundariesOf({ segments }: Access): number[] {
  const result: number[] = [];
  let product = 1;
  for (const { length } of segments.slice(0, -1)) {
    product *= length;
    result.push(product);
  }
  return result;
}

/** Whether loops can be cut at all of these distances at once: each divides the next. */
export function isChain(boundaries: readonly number[], size: number): boolean {
  const sorted = [...boundaries, size];
  return sorted.every((value, i) => i === 0 || value % (sorted[i - 1] as number) === 0);
}

/** The stride of an access along each of the dimensions that `boundaries` (ascending) cut the loop into, innermost first. */
export function stridesAlong({ segments }: Access, boundaries: readonly number[]): number[] {
  return [1, ...boundaries].map((start) => {
    let product = 1;
    for (const { length, stride } of segments) {
      if (start < product * length || length === 1) return stride * (start / product);
      product *= length;
    }
    return 0;
  });
}
