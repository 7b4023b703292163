import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrayValue } from '../array-value.arbitrary.js';
import { formatNpy, parseNpy } from './npy.js';

/** A file as NumPy lays it out: a header padded to 128 bytes in all, then these bytes in hexadecimal. */
function npy(dictionary: string, elements: string, version: 1 | 2 = 1): Uint8Array {
  const prefix = version === 1 ? [1, 0, 118, 0] : [2, 0, 116, 0, 0, 0];
  const magic = [0x93, ...new TextEncoder().encode('NUMPY')];
  const header = new TextEncoder().encode(`${dictionary.padEnd(version === 1 ? 117 : 115)}\n`);
  const data = (elements.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16));
  return Uint8Array.from([...magic, ...prefix, ...header, ...data]);
}

function header(descr: string, shape: string, order = 'False'): string {
  return `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${shape}), }`;
}

describe('parseNpy', () => {
  it('reads float16 that NumPy wrote', () => {
    const value = parseNpy(npy(header('<f2', '5,'), '003e0080007c0100ff7b'));
    expect(value).toEqual({
      shape: [5],
      dtype: 'float32',
      data: Float32Array.of(1.5, -0, Infinity, 2 ** -24, 65504),
    });
  });

  it('turns Fortran order into row-major order', () => {
    const value = parseNpy(
      npy(header('<i4', '2, 3', 'True'), '000000000300000001000000040000000200000005000000'),
    );
    expect(value).toEqual({ shape: [2, 3], dtype: 'int32', data: Int32Array.of(0, 1, 2, 3, 4, 5) });
    const cube = npy(header('|u1', '2, 2, 3', 'True'), '000603090107040a0208050b');
    expect([...parseNpy(cube).data]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  it('reads big-endian and 64-bit integers, small integers, booleans, scalars and version 2', () => {
    expect(parseNpy(npy(header('>i8', '2,'), '0000000000000001fffffffffffffffe')).data).toEqual(
      Int32Array.of(1, -2),
    );
    expect(parseNpy(npy(header('>f4', '1,'), '3fc00000')).data).toEqual(Float32Array.of(1.5));
    expect(parseNpy(npy(header('|i1', '2,'), '7f80')).data).toEqual(Int32Array.of(127, -128));
    expect(parseNpy(npy(header('<u2', '1,'), 'ffff')).data).toEqual(Int32Array.of(65535));
    expect(parseNpy(npy(header('|b1', '3,'), '010002'))).toMatchObject({
      dtype: 'bool',
      data: Uint8Array.of(1, 0, 1),
    });
    expect(parseNpy(npy(header('<f8', ''), '0000000000000c40'))).toMatchObject({
      shape: [],
      data: Float64Array.of(3.5),
    });
    expect(parseNpy(npy(header('<u4', '1,'), '07000000', 2)).data).toEqual(Int32Array.of(7));
  });

  it('reads bytes that begin at an odd position in memory, into memory of its own', () => {
    const file = formatNpy({ shape: [2], dtype: 'float64', data: Float64Array.of(1, 2) });
    const moved = new Uint8Array(file.length + 1).subarray(1);
    moved.set(file);
    const value = parseNpy(moved);
    moved.fill(0);
    expect(value.data).toEqual(Float64Array.of(1, 2));
  });

  it('throws for what is no NPY file, or is a damaged one', () => {
    const good = npy(header('<f4', '2,'), '0000803f00000040');
    expect(() => parseNpy(new TextEncoder().encode('PK not an array'), 'x.npy'))
      .toThrowErrorMatchingInlineSnapshot(`
      [FormatError: [npy/magic] x.npy is not an NPY file.
        got       15 bytes that begin with 50 4b 20 6e 6f 74
        expected  a file that begins with 93 4e 55 4d 50 59 (\\x93NUMPY)
        fix       write it with numpy.save or writeNpy; a file of several arrays (.npz) is read by readNpz]
    `);
    expect(() => parseNpy(good.subarray(0, 60), 'x.npy')).toThrowErrorMatchingInlineSnapshot(`
      [FormatError: [npy/truncated] x.npy ends inside its header.
        got       a file of 60 bytes
        expected  a header of 118 bytes behind the first 10
        fix       copy or download the file again]
    `);
    expect(() => parseNpy(good.subarray(0, -1), 'x.npy')).toThrowErrorMatchingInlineSnapshot(`
      [FormatError: [npy/length] x.npy has the wrong length for its shape.
        got       7 bytes of elements
        expected  8 bytes for [2] of f4
        fix       the file was cut or altered: copy or download it again]
    `);
    expect(() => parseNpy(npy(header('|O', '2,'), ''), 'x.npy'))
      .toThrowErrorMatchingInlineSnapshot(`
      [FormatError: [npy/dtype] x.npy holds elements of a type that is not read.
        got       |O
        expected  floats, integers or booleans (f2 f4 f8, i1 to i8, u1 to u8, b1)
        fix       convert it in Python before saving: numpy.save(path, array.astype('float32'))]
    `);
    expect(() =>
      parseNpy(npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", '')),
    ).toThrow('npy/dtype');
    expect(() => parseNpy(npy('{}', ''), 'x.npy')).toThrowErrorMatchingInlineSnapshot(`
      [FormatError: [npy/header] x.npy has a header that cannot be understood.
        got       {}
        expected  {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }
        fix       save the array again with numpy.save]
    `);
    expect(() => parseNpy(npy(header('<i8', '2,'), '01000000000000000000008000000000'), 'x.npy'))
      .toThrowErrorMatchingInlineSnapshot(`
      [FormatError: [array/int32-range] Element 1 of x.npy does not fit into int32.
        got       2147483648
        expected  integers from -2147483648 to 2147483647
        fix       save the array as 64-bit floats, which hold integers exactly up to 2^53]
    `);
    expect(() => parseNpy(good.map((byte, i) => (i === 6 ? 9 : byte)))).toThrow('npy/version');
    expect(() => parseNpy(new Uint8Array(0))).toThrow('an empty file');
  });

  it('throws a FormatError for any cut', () => {
    const file = formatNpy({ shape: [3], dtype: 'int32', data: Int32Array.of(1, 2, 3) });
    for (let length = 0; length < file.length; length++) {
      expect(() => parseNpy(file.subarray(0, length))).toThrow(/^\[npy\//);
    }
  });
});

describe('formatNpy', () => {
  it('writes the bytes that NumPy writes', () => {
    const written = formatNpy({ shape: [2], dtype: 'float32', data: Float32Array.of(1, 2) });
    expect(written).toEqual(npy(header('<f4', '2,'), '0000803f00000040'));
  });

  it('round-trips any array bit for bit', () => {
    fc.assert(
      fc.property(arrayValue, (value) => {
        const file = formatNpy(value);
        expect(parseNpy(file)).toEqual(value);
        expect((file.length - value.data.byteLength) % 64).toBe(0);
      }),
    );
  });

  it('refuses a value that contradicts itself', () => {
    const data = Float32Array.of(1, 2);
    expect(() => formatNpy({ shape: [3], dtype: 'float32', data }))
      .toThrowErrorMatchingInlineSnapshot(`
      [FormatError: [array/shape] the array has a shape that does not fit its data.
        got       shape [3]
        expected  a shape of 2 elements
        fix       correct the shape, or pass all of the data]
    `);
    expect(() => formatNpy({ shape: [2], dtype: 'int32', data }))
      .toThrowErrorMatchingInlineSnapshot(`
      [FormatError: [array/dtype] the array says it is int32, but its data hold float32.
        got       data of type Float32Array
        expected  int32
        fix       set dtype to 'float32', or convert the data]
    `);
  });
});
