import type { DType, TypedArray } from '@gradus/tensor';
import { FormatError } from '@gradus/tensor';

/**
 * A dense row-major array as a plain value: what every codec of this package reads and writes. A `Tensor` has these
 * fields too, so it can be passed as it is, and `tensor(value.data, { shape: value.shape })` makes one.
 */
export interface ArrayValue {
  /** Sizes of the axes, outermost first; `[]` for a single number. */
  readonly shape: readonly number[];
  readonly dtype: DType;
  /** `product(shape)` elements, last axis fastest; `bool` is a `Uint8Array` of 0 and 1. */
  readonly data: TypedArray;
}

/** How many elements an array of this shape has; 1 for the shape `[]`. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** The shape as a reader of an error sees it: `[2, 3]`. */
export function showShape(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}

/** The dtype that a typed array holds; a `Uint8Array` holds booleans. */
export function dtypeOf(data: TypedArray): DType {
  if (data instanceof Float32Array) return 'float32';
  if (data instanceof Float64Array) return 'float64';
  return data instanceof Int32Array ? 'int32' : 'bool';
}

/** Stops a value whose shape, dtype and data contradict each other before it becomes an unreadable file. */
export function checkArrayValue(value: ArrayValue, name: string): void {
  const held = dtypeOf(value.data);
  if (held !== value.dtype) {
    throw new FormatError(
      'array/dtype',
      `${name} says it is ${value.dtype}, but its data hold ${held}.`,
      {
        got: `data of type ${value.data.constructor.name}`,
        expected: value.dtype,
        fix: `set dtype to '${held}', or convert the data`,
      },
    );
  }
  if (value.shape.every((length) => Number.isSafeInteger(length) && length >= 0)) {
    if (elementCount(value.shape) === value.data.length) return;
  }
  throw new FormatError('array/shape', `${name} has a shape that does not fit its data.`, {
    got: `shape ${showShape(value.shape)}`,
    expected: `a shape of ${value.data.length} elements`,
    fix: 'correct the shape, or pass all of the data',
  });
}
