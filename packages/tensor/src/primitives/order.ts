import type { TypedArray } from '../dtype.js';
import { noGradient } from '../primitive.js';
import type { Primitive, TensorType } from '../primitive.js';
import { sizeOf } from '../shape.js';
import { radixSorter } from './radix-sort.js';

/** Below this length, merging costs less than counting digits. */
const SHORTEST_RADIX = 256;

export interface SortParams {
  readonly axis: number;
  readonly descending: boolean;
}

/** Merge sort of positions by their keys, bottom up. Stable, and all its memory is taken here. */
function positionSorter(length: number, descending: boolean): (keys: Float64Array) => Int32Array {
  let front = new Int32Array(length);
  let back = new Int32Array(length);
  return (keys) => {
    // Not `a <= b`: a NaN is after everything in both directions, and after it only other NaNs.
    const inOrder = (a: number, b: number): boolean => {
      const left = keys[a] as number;
      const right = keys[b] as number;
      return Number.isNaN(right) || (descending ? left >= right : left <= right);
    };
    for (let i = 0; i < length; i++) front[i] = i;
    for (let width = 1; width < length; width *= 2) {
      for (let start = 0; start < length; start += 2 * width) {
        const middle = Math.min(start + width, length);
        const end = Math.min(start + 2 * width, length);
        let i = start;
        let j = middle;
        for (let at = start; at < end; at++) {
          const left = j >= end || (i < middle && inOrder(front[i] as number, front[j] as number));
          back[at] = (left ? front[i++] : front[j++]) as number;
        }
      }
      [front, back] = [back, front];
    }
    return front;
  };
}

/** The positions that sort an axis. Equal elements keep their order; NaN goes last in both directions. */
export const argSort: Primitive<SortParams> = {
  name: 'argSort',
  traits: { kind: 'order', constant: true },
  infer: ([x]) => [{ shape: (x as TensorType).shape, dtype: 'int32' }],
  vjp: noGradient,
  reference: ({ inputs: [x], params: { axis, descending } }) => {
    const { shape, dtype } = x as TensorType;
    const outer = sizeOf(shape.slice(0, axis));
    const length = shape[axis] as number;
    const inner = sizeOf(shape.slice(axis + 1));
    const keys = new Float64Array(length);
    const sort =
      dtype === 'float64' || length < SHORTEST_RADIX
        ? positionSorter(length, descending)
        : radixSorter(length, dtype, descending);
    return ([input], [output]) => {
      const from = input as TypedArray;
      const to = output as TypedArray;
      for (let o = 0; o < outer; o++)
        for (let i = 0; i < inner; i++) {
          const start = o * length * inner + i;
          for (let k = 0; k < length; k++) keys[k] = from[start + k * inner] as number;
          const positions = sort(keys);
          for (let k = 0; k < length; k++) to[start + k * inner] = positions[k] as number;
        }
    };
  },
};

export const orderPrimitives: { readonly argSort: Primitive<SortParams> } = { argSort };
