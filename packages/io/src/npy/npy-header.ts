import { FormatError } from '@gradus/tensor';
import type { StoredType } from '../stored-number.js';

/** What the header of an NPY file says about the bytes behind it. */
export interface NpyHeader {
  readonly type: StoredType;
  readonly littleEndian: boolean;
  /** True when the first axis runs fastest in the file, as in Fortran. */
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Where the elements begin. */
  readonly dataOffset: number;
}

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY

/**
 * Reads the header: magic, version, length, and a Python dictionary such as
 * `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }`.
 *
 * @throws FormatError when any of it is not so.
 */
export function readNpyHeader(bytes: Uint8Array, name: string): NpyHeader {
  if (bytes.length < 10 || magic.some((byte, i) => bytes[i] !== byte)) {
    const start = Array.from(bytes.subarray(0, 6), (byte) => byte.toString(16).padStart(2, '0'));
    throw new FormatError('npy/magic', `${name} is not an NPY file.`, {
      got:
        start.length === 0
          ? 'an empty file'
          : `${bytes.length} bytes that begin with ${start.join(' ')}`,
      expected: 'a file that begins with 93 4e 55 4d 50 59 (\\x93NUMPY)',
      fix: 'write it with numpy.save or writeNpy; a file of several arrays (.npz) is read by readNpz',
    });
  }
  const version = bytes[6];
  if (version !== 1 && version !== 2 && version !== 3) {
    throw new FormatError('npy/version', `${name} has an unknown version of the NPY format.`, {
      got: `version ${bytes[6]}.${bytes[7]}`,
      expected: 'version 1.0, 2.0 or 3.0',
      fix: 'save the array again with numpy.save',
    });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerOffset = version === 1 ? 10 : 12;
  const headerLength =
    version === 1
      ? view.getUint16(8, true)
      : bytes.length < 12
        ? Infinity
        : view.getUint32(8, true);
  const dataOffset = headerOffset + headerLength;
  if (dataOffset > bytes.length) {
    throw new FormatError('npy/truncated', `${name} ends inside its header.`, {
      got: `a file of ${bytes.length} bytes`,
      expected: `a header of ${headerLength} bytes behind the first ${headerOffset}`,
      fix: 'copy or download the file again',
    });
  }
  const text = new TextDecoder('utf-8').decode(bytes.subarray(headerOffset, dataOffset)).trim();
  return { ...parseDictionary(text, name), dataOffset };
}

// The three entries are found one by one because the order is free; nothing else may be there.
const entries = {
  descr: /'descr'\s*:\s*'([^']*)'/,
  order: /'fortran_order'\s*:\s*(True|False)/,
  shape: /'shape'\s*:\s*\(([\d\s,]*)\)/,
};
const types: Readonly<Record<string, StoredType>> = {
  f2: 'f2',
  f4: 'f4',
  f8: 'f8',
  i1: 'i1',
  i2: 'i2',
  i4: 'i4',
  i8: 'i8',
  u1: 'u1',
  u2: 'u2',
  u4: 'u4',
  u8: 'u8',
  b1: 'b1',
};

function parseDictionary(text: string, name: string): Omit<NpyHeader, 'dataOffset'> {
  const order = entries.order.exec(text);
  const shape = entries.shape.exec(text);
  if (!/^\{.*\}$/s.test(text) || order === null || shape === null || !text.includes("'descr'")) {
    throw new FormatError('npy/header', `${name} has a header that cannot be understood.`, {
      got: text.slice(0, 200),
      expected: "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }",
      fix: 'save the array again with numpy.save',
    });
  }
  const descr = entries.descr.exec(text)?.[1];
  const type = descr === undefined ? undefined : types[descr.slice(1)];
  if (descr === undefined || type === undefined || !'<>|='.includes(descr.charAt(0))) {
    throw new FormatError('npy/dtype', `${name} holds elements of a type that is not read.`, {
      got: descr ?? 'a structured type (records with fields)',
      expected: 'floats, integers or booleans (f2 f4 f8, i1 to i8, u1 to u8, b1)',
      fix: "convert it in Python before saving: numpy.save(path, array.astype('float32'))",
    });
  }
  return {
    type,
    littleEndian: descr.charAt(0) !== '>',
    fortranOrder: order[1] === 'True',
    shape: (shape[1] ?? '')
      .split(',')
      .filter((part) => part.trim() !== '')
      .map(Number),
  };
}
