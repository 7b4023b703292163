import type { DType, TypedArray } from '@gradus/tensor';
import { FormatError } from '@gradus/tensor';
import { brainToNumber, halfToNumber } from './half.js';

/** A number type that files hold. `bf2` is bfloat16; the others are NumPy's letters with their size in bytes. */
export type StoredType =
  | 'f2'
  | 'bf2'
  | 'f4'
  | 'f8'
  | 'i1'
  | 'i2'
  | 'i4'
  | 'i8'
  | 'u1'
  | 'u2'
  | 'u4'
  | 'u8'
  | 'b1';

interface StoredNumber {
  readonly sizeBytes: number;
  /** The dtype in memory; the smallest of ours that holds the stored type, or int32 where only a check can tell. */
  readonly dtype: DType;
  /** A bigint only where a number could be wrong by rounding before its range is checked. */
  read(view: DataView, offset: number, littleEndian: boolean): number | bigint;
}

/** Every stored type that the readers know: its size, our dtype for it, and how to read one element. */
export const storedNumbers: Readonly<Record<StoredType, StoredNumber>> = {
  f2: {
    sizeBytes: 2,
    dtype: 'float32',
    read: (v, at, little) => halfToNumber(v.getUint16(at, little)),
  },
  bf2: {
    sizeBytes: 2,
    dtype: 'float32',
    read: (v, at, little) => brainToNumber(v.getUint16(at, little)),
  },
  f4: { sizeBytes: 4, dtype: 'float32', read: (v, at, little) => v.getFloat32(at, little) },
  f8: { sizeBytes: 8, dtype: 'float64', read: (v, at, little) => v.getFloat64(at, little) },
  i1: { sizeBytes: 1, dtype: 'int32', read: (v, at) => v.getInt8(at) },
  i2: { sizeBytes: 2, dtype: 'int32', read: (v, at, little) => v.getInt16(at, little) },
  i4: { sizeBytes: 4, dtype: 'int32', read: (v, at, little) => v.getInt32(at, little) },
  i8: { sizeBytes: 8, dtype: 'int32', read: (v, at, little) => v.getBigInt64(at, little) },
  u1: { sizeBytes: 1, dtype: 'int32', read: (v, at) => v.getUint8(at) },
  u2: { sizeBytes: 2, dtype: 'int32', read: (v, at, little) => v.getUint16(at, little) },
  u4: { sizeBytes: 4, dtype: 'int32', read: (v, at, little) => v.getUint32(at, little) },
  u8: { sizeBytes: 8, dtype: 'int32', read: (v, at, little) => v.getBigUint64(at, little) },
  b1: { sizeBytes: 1, dtype: 'bool', read: (v, at) => (v.getUint8(at) === 0 ? 0 : 1) },
};

const arrayOf = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  bool: Uint8Array,
} as const;
const hostIsLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
// Types whose bytes in a file are the bytes in memory, on a machine of the file's byte order.
const sameInMemory: ReadonlySet<StoredType> = new Set<StoredType>(['f4', 'f8', 'i4']);

/**
 * The elements that lie in `bytes`, as a typed array of their own (no view into the file). 64-bit and unsigned
 * integers become int32 when every one of them fits.
 *
 * @throws FormatError when an integer does not fit into int32; `where` names the array in its text.
 */
export function decodeNumbers(
  bytes: Uint8Array,
  type: StoredType,
  littleEndian: boolean,
  where: string,
): TypedArray {
  const { sizeBytes, dtype, read } = storedNumbers[type];
  const length = bytes.byteLength / sizeBytes;
  if (sameInMemory.has(type) && littleEndian === hostIsLittleEndian) {
    return new arrayOf[dtype](bytes.slice().buffer);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data = new arrayOf[dtype](length);
  for (let i = 0; i < length; i++) {
    const value = read(view, i * sizeBytes, littleEndian);
    if (dtype === 'int32' && (value > 2147483647 || value < -2147483648)) {
      throw new FormatError(
        'array/int32-range',
        `Element ${i} of ${where} does not fit into int32.`,
        {
          got: String(value),
          expected: 'integers from -2147483648 to 2147483647',
          fix: 'save the array as 64-bit floats, which hold integers exactly up to 2^53',
        },
      );
    }
    data[i] = Number(value);
  }
  return data;
}

/** The bytes of an array in little-endian order, for writing: a copy, so that later changes do not reach it. */
export function encodeNumbers(data: TypedArray): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(data.byteLength);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  if (hostIsLittleEndian) return bytes;
  const size = data.BYTES_PER_ELEMENT;
  for (let at = 0; at < bytes.length; at += size) bytes.subarray(at, at + size).reverse();
  return bytes;
}
