import { FormatError } from '@gradus/tensor';
import type { Zippable } from 'fflate';
import { unzipSync, zipSync } from 'fflate';
import type { ArrayValue } from '../array-value.js';
import { readFileBytes } from '../files/read-file.js';
import { writeFileAtomic } from '../files/write-file-atomic.js';
import { checkZipSums } from '../files/zip-sums.js';
import { formatNpy, parseNpy } from './npy.js';

/** How {@link formatNpz} and {@link writeNpz} pack. */
export interface NpzOptions {
  /** Deflate the arrays, as `numpy.savez_compressed` does; false by default, as `numpy.savez`. */
  readonly compress?: boolean;
}

/**
 * Reads the arrays of an NPZ file (what `numpy.savez` and `numpy.savez_compressed` write): a zip archive of NPY files.
 *
 * @param bytes the whole file.
 * @param name what errors call it; `'the NPZ data'` by default.
 * @returns the arrays by name, in the order of the file.
 * @throws FormatError when the archive is damaged, or an array in it is (see {@link parseNpy}).
 * @example
 * import { formatNpz, parseNpz } from '@gradus/io';
 * const bytes = formatNpz({ x: { shape: [2], dtype: 'float32', data: Float32Array.of(1, 2) } });
 * Object.keys(parseNpz(bytes)); // => ['x']
 */
export function parseNpz(bytes: Uint8Array, name = 'the NPZ data'): Record<string, ArrayValue> {
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes);
  } catch (error) {
    throw new FormatError('npz/archive', `${name} is not a zip archive that can be opened.`, {
      got: `${bytes.length} bytes; ${error instanceof Error ? error.message : String(error)}`,
      expected: 'a file written by numpy.savez or writeNpz',
      fix: 'copy or download it again; a file of a single array (.npy) is read by readNpy',
    });
  }
  checkZipSums(bytes, files, name);
  return Object.fromEntries(
    Object.entries(files).map(([file, content]) => {
      const key = file.endsWith('.npy') ? file.slice(0, -4) : file;
      return [key, parseNpy(content, `'${key}' in ${name}`)];
    }),
  );
}

/**
 * The bytes of an NPZ file that `numpy.load` and {@link parseNpz} read. The same arrays give the same bytes at any time.
 *
 * @throws FormatError when an array's shape, dtype and data do not belong together.
 */
export function formatNpz(
  arrays: Readonly<Record<string, ArrayValue>>,
  { compress = false }: NpzOptions = {},
): Uint8Array<ArrayBuffer> {
  const files: Zippable = Object.fromEntries(
    Object.entries(arrays).map(([name, value]) => [`${name}.npy`, formatNpy(value)]),
  );
  // Zip keeps a date for each file; a fixed one keeps the bytes reproducible.
  return zipSync(files, { level: compress ? 6 : 0, mtime: new Date(1980, 0, 1) });
}

/** Reads an NPZ file: {@link parseNpz} of its bytes. */
export async function readNpz(path: string): Promise<Record<string, ArrayValue>> {
  return parseNpz(await readFileBytes(path), path);
}

/** Writes an NPZ file, whole or not at all: {@link formatNpz} to the disk. */
export async function writeNpz(
  path: string,
  arrays: Readonly<Record<string, ArrayValue>>,
  options: NpzOptions = {},
): Promise<void> {
  await writeFileAtomic(path, formatNpz(arrays, options));
}
