import type { DType, TypedArray } from '@gradus/tensor';
import { FormatError } from '@gradus/tensor';
import type { ArrayValue } from '../array-value.js';
import { checkArrayValue, elementCount, showShape } from '../array-value.js';
import { readFileBytes } from '../files/read-file.js';
import { writeFileAtomic } from '../files/write-file-atomic.js';
import { decodeNumbers, encodeNumbers, storedNumbers } from '../stored-number.js';
import { readNpyHeader } from './npy-header.js';

const descrOf: Readonly<Record<DType, string>> = {
  float32: '<f4',
  float64: '<f8',
  int32: '<i4',
  bool: '|b1',
};

/**
 * Reads one array from the bytes of an NPY file (what `numpy.save` writes).
 *
 * float16 becomes float32; 8, 16 and 64-bit and unsigned integers become int32. Big-endian files and files in Fortran
 * order are rearranged, so that the result is always row-major.
 *
 * @param bytes the whole file.
 * @param name what errors call it; `'the NPY data'` by default.
 * @returns the array, in memory of its own.
 * @throws FormatError when the bytes are no NPY file, are cut short or too long, hold another type, or an integer
 *   does not fit into int32.
 * @example
 * import { formatNpy, parseNpy } from '@gradus/io';
 * const bytes = formatNpy({ shape: [2], dtype: 'float32', data: Float32Array.of(1, 2) });
 * parseNpy(bytes).shape; // => [2]
 *
 * Source: NumPy Enhancement Proposal 1 and numpy.lib.format.
 */
export function parseNpy(bytes: Uint8Array, name = 'the NPY data'): ArrayValue {
  const { type, littleEndian, fortranOrder, shape, dataOffset } = readNpyHeader(bytes, name);
  const { sizeBytes, dtype } = storedNumbers[type];
  const needed = elementCount(shape) * sizeBytes;
  if (bytes.length - dataOffset !== needed) {
    throw new FormatError('npy/length', `${name} has the wrong length for its shape.`, {
      got: `${bytes.length - dataOffset} bytes of elements`,
      expected: `${needed} bytes for ${showShape(shape)} of ${type}`,
      fix: 'the file was cut or altered: copy or download it again',
    });
  }
  const data = decodeNumbers(bytes.subarray(dataOffset), type, littleEndian, name);
  return { shape, dtype, data: fortranOrder ? toRowMajor(data, shape) : data };
}

/**
 * The bytes of an NPY file (version 1.0, little-endian, row-major) that `numpy.load` and {@link parseNpy} read.
 *
 * @throws FormatError when shape, dtype and data do not belong together.
 */
export function formatNpy(value: ArrayValue): Uint8Array<ArrayBuffer> {
  checkArrayValue(value, 'the array');
  // Python writes a tuple of one with a comma: (3,)
  const shape = value.shape.length === 1 ? `${value.shape[0]},` : value.shape.join(', ');
  const dictionary = `{'descr': '${descrOf[value.dtype]}', 'fortran_order': False, 'shape': (${shape}), }`;
  // NumPy aligns the elements to 64 bytes, so that the file can be mapped into memory.
  const padding = 64 - ((10 + dictionary.length + 1) % 64);
  const header = new TextEncoder().encode(`${dictionary}${' '.repeat(padding % 64)}\n`);
  const bytes = new Uint8Array(10 + header.length + value.data.byteLength);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 0xff, header.length >> 8]);
  bytes.set(header, 10);
  bytes.set(encodeNumbers(value.data), 10 + header.length);
  return bytes;
}

/** Reads an NPY file: {@link parseNpy} of its bytes. */
export async function readNpy(path: string): Promise<ArrayValue> {
  return parseNpy(await readFileBytes(path), path);
}

/** Writes an NPY file, whole or not at all: {@link formatNpy} to the disk. */
export async function writeNpy(path: string, value: ArrayValue): Promise<void> {
  await writeFileAtomic(path, formatNpy(value));
}

/** Elements in Fortran order (first axis fastest) to row-major order (last axis fastest). */
function toRowMajor(data: TypedArray, shape: readonly number[]): TypedArray {
  const result = data.slice();
  const index = shape.map(() => 0);
  const strides: number[] = [];
  shape.reduce((stride, length) => {
    strides.push(stride);
    return stride * length;
  }, 1);
  let source = 0;
  for (let target = 0; target < data.length; target++) {
    result[target] = data[source] as number;
    // Counts up like an odometer, the last axis first.
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const next = (index[axis] as number) + 1;
      source += strides[axis] as number;
      if (next < (shape[axis] as number)) {
        index[axis] = next;
        break;
      }
      source -= next * (strides[axis] as number);
      index[axis] = 0;
    }
  }
  return result;
}
