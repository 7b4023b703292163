import type { DType } from '@gradus/tensor';
import { FormatError } from '@gradus/tensor';
import type { ArrayValue } from '../array-value.js';
import { checkArrayValue } from '../array-value.js';
import { readFileBytes } from '../files/read-file.js';
import { writeFileAtomic } from '../files/write-file-atomic.js';
import { decodeNumbers, encodeNumbers, storedNumbers } from '../stored-number.js';
import { readSafetensorsHeader } from './safetensors-header.js';

/** What a safetensors file holds. */
export interface Safetensors {
  /** The arrays by name, in the order of the header. */
  readonly tensors: Record<string, ArrayValue>;
  /** Free texts about the file; `{}` when it has none. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** What is written beside the arrays. */
export interface SafetensorsOptions {
  /** Free texts about the file; none by default. */
  readonly metadata?: Readonly<Record<string, string>>;
}

const typeOf: Readonly<Record<DType, string>> = {
  float64: 'F64',
  float32: 'F32',
  int32: 'I32',
  bool: 'BOOL',
};

/**
 * Reads the arrays of a safetensors file, after checking all that its header says: a hostile or damaged file gives an
 * error, never a wrong array. F16 and BF16 become float32; 8, 16 and 64-bit and unsigned integers become int32.
 *
 * @param bytes the whole file.
 * @param name what errors call it; `'the safetensors data'` by default.
 * @returns the arrays, each in memory of its own, and the metadata.
 * @throws FormatError when the file is cut or too long, its header is no JSON, too large or has a key twice, a dtype is
 *   unknown, offsets overlap, leave a gap or do not fit a shape, or an integer does not fit into int32.
 * @example
 * import { formatSafetensors, parseSafetensors } from '@gradus/io';
 * const bytes = formatSafetensors({ bias: { shape: [2], dtype: 'float32', data: Float32Array.of(0, 1) } });
 * parseSafetensors(bytes).tensors.bias?.shape; // => [2]
 *
 * Source: the format section of the safetensors documentation.
 */
export function parseSafetensors(bytes: Uint8Array, name = 'the safetensors data'): Safetensors {
  const { entries, metadata } = readSafetensorsHeader(bytes, name);
  const tensors = entries.map((entry): [string, ArrayValue] => {
    const content = bytes.subarray(entry.begin, entry.end);
    const data = decodeNumbers(content, entry.type, true, `'${entry.name}' in ${name}`);
    return [entry.name, { shape: entry.shape, dtype: storedNumbers[entry.type].dtype, data }];
  });
  return { tensors: Object.fromEntries(tensors), metadata };
}

/**
 * The bytes of a safetensors file. The same arrays in the same order give the same bytes.
 *
 * @param tensors the arrays by name.
 * @throws FormatError for the reserved name `__metadata__`, or an array whose shape, dtype and data do not belong
 *   together.
 */
export function formatSafetensors(
  tensors: Readonly<Record<string, ArrayValue>>,
  { metadata }: SafetensorsOptions = {},
): Uint8Array<ArrayBuffer> {
  const values = Object.entries(tensors);
  for (const [name, value] of values) {
    checkArrayValue(value, `'${name}'`);
    if (name !== '__metadata__') continue;
    throw new FormatError('safetensors/name', 'An array cannot be called __metadata__.', {
      got: `'${name}'`,
      expected: 'any other name',
      fix: 'rename it; texts about the file go into the option metadata',
    });
  }
  // Wide elements first: then every array starts at a multiple of its element's size, as readers that map files need.
  const placed = values.toSorted(
    ([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT,
  );
  const offsets = new Map<string, [number, number]>();
  let dataLength = 0;
  for (const [name, { data }] of placed) {
    offsets.set(name, [dataLength, dataLength + data.byteLength]);
    dataLength += data.byteLength;
  }
  const described = values.map(([name, { dtype, shape }]): [string, unknown] => [
    name,
    { dtype: typeOf[dtype], shape, data_offsets: offsets.get(name) },
  ]);
  if (metadata !== undefined) described.unshift(['__metadata__', metadata]);
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(described)));
  const headerLength = Math.ceil(json.length / 8) * 8;

  const bytes = new Uint8Array(8 + headerLength + dataLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.fill(0x20, 8, 8 + headerLength).set(json, 8);
  for (const [name, { data }] of placed) {
    bytes.set(encodeNumbers(data), 8 + headerLength + (offsets.get(name)?.[0] ?? 0));
  }
  return bytes;
}

/** Reads a safetensors file: {@link parseSafetensors} of its bytes. */
export async function readSafetensors(path: string): Promise<Safetensors> {
  return parseSafetensors(await readFileBytes(path), path);
}

/** Writes a safetensors file, whole or not at all: {@link formatSafetensors} to the disk. */
export async function writeSafetensors(
  path: string,
  tensors: Readonly<Record<string, ArrayValue>>,
  options: SafetensorsOptions = {},
): Promise<void> {
  await writeFileAtomic(path, formatSafetensors(tensors, options));
}
