import { DTypeError } from './errors.js';

/** Kinds of numbers a tensor can hold. `float64` runs on the reference backend only: it is there to check gradients. */
export type DType = 'float32' | 'int32' | 'bool' | 'float64';

/** Memory of a tensor. A bool is a byte that is 0 or 1. */
export type TypedArray = Float32Array | Int32Array | Uint8Array | Float64Array;

const constructors = {
  float32: Float32Array,
  int32: Int32Array,
  bool: Uint8Array,
  float64: Float64Array,
} as const;

/** Zeros of a dtype. */
export function allocate(dtype: DType, size: number): TypedArray {
  return new constructors[dtype](size);
}

/** Bytes of one number of a dtype. */
export function bytesPerElement(dtype: DType): number {
  return constructors[dtype].BYTES_PER_ELEMENT;
}

export function isFloat(dtype: DType): boolean {
  return dtype === 'float32' || dtype === 'float64';
}

const order: readonly DType[] = ['bool', 'int32', 'float32', 'float64'];

/** The dtype that holds both: bool < int32 < float32 < float64. */
export function promote(a: DType, b: DType): DType {
  return order.indexOf(a) >= order.indexOf(b) ? a : b;
}

/** Copies numbers into a dtype, with the conversions of a cast: floats to ints truncate, anything not 0 is true. */
export function convert(data: ArrayLike<number>, dtype: DType): TypedArray {
  const result = allocate(dtype, data.length);
  if (dtype === 'bool') for (let i = 0; i < data.length; i++) result[i] = data[i] === 0 ? 0 : 1;
  else for (let i = 0; i < data.length; i++) result[i] = data[i] as number;
  return result;
}

/** The dtype whose memory a typed array is. */
export function dtypeOf(data: TypedArray): DType {
  if (data instanceof Float32Array) return 'float32';
  if (data instanceof Int32Array) return 'int32';
  if (data instanceof Float64Array) return 'float64';
  if (data instanceof Uint8Array) return 'bool';
  throw new DTypeError('tensor/array-kind', 'A tensor cannot be made of this array.', {
    got: Object.prototype.toString.call(data),
    expected: 'Float32Array, Int32Array, Uint8Array (bool) or Float64Array',
    fix: 'convert it, for example with Float32Array.from(array)',
  });
}
