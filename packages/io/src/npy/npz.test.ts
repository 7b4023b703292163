import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrayValue } from '../array-value.arbitrary.js';
import { formatNpz, parseNpz, readNpz, writeNpz } from './npz.js';

// numpy.savez_compressed(file, a=numpy.arange(3, dtype='<i4'), b=numpy.array([True, False])) of NumPy 2.4
const fromNumPy =
  'UEsDBC0AAAAIAAAAIQAC7L2p//////////8FABQAYS5ucHkBABAAjAAAAAAAAABMAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TaaKuo6Ce' +
  'll9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GsY6mjoKtQoUAC4GIGAEYiYgBgBQSwMELQAAAAgAAAAhAO4Zu13//////////wUAFABiLm5weQEA' +
  'EACCAAAAAAAAAEYAAAAAAAAAm+wX6hsQychQxlCtnpJanFykbqWgXpNkqK6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkaRjqaOgq1ChQA' +
  'LkYGAFBLAQItAy0AAAAIAAAAIQAC7L2pTAAAAIwAAAAFAAAAAAAAAAAAAACAAQAAAABhLm5weVBLAQItAy0AAAAIAAAAIQDuGbtdRgAAAIIAAAAF' +
  'AAAAAAAAAAAAAACAAYMAAABiLm5weVBLBQYAAAAAAgACAGYAAAAAAQAAAAA=';

const value = { shape: [4], dtype: 'float32', data: Float32Array.of(1, 2, 3, 4) } as const;

describe('parseNpz', () => {
  it('reads what NumPy wrote', () => {
    expect(parseNpz(Uint8Array.from(Buffer.from(fromNumPy, 'base64')))).toEqual({
      a: { shape: [3], dtype: 'int32', data: Int32Array.of(0, 1, 2) },
      b: { shape: [2], dtype: 'bool', data: Uint8Array.of(1, 0) },
    });
  });

  it('notices a single flipped bit in an array', () => {
    const file = formatNpz({ x: value });
    const position = file.indexOf(0x80); // in the bytes of 1.0, behind the local header and the header of the array
    const at = file.indexOf(0x80, Math.max(position, 150));
    file[at] = 0x81;
    expect(() => parseNpz(file, 'x.npz')).toThrowErrorMatchingInlineSnapshot(`
      [FormatError: [zip/damaged] 'x.npy' in x.npz is damaged.
        got       bytes whose CRC-32 differs from the one kept in the archive
        expected  each file once, unaltered
        fix       copy or download the archive again]
    `);
  });

  it('throws for what is no archive', () => {
    const text = new TextEncoder().encode('no archive at all');
    expect(() => parseNpz(text, 'x.npz')).toThrowErrorMatchingInlineSnapshot(`
      [FormatError: [npz/archive] x.npz is not a zip archive that can be opened.
        got       17 bytes; invalid zip data
        expected  a file written by numpy.savez or writeNpz
        fix       copy or download it again; a file of a single array (.npy) is read by readNpy]
    `);
  });

  it('throws a FormatError for any cut', () => {
    const file = formatNpz({ x: value }, { compress: true });
    for (let length = 0; length < file.length; length++) {
      expect(() => parseNpz(file.subarray(0, length))).toThrow(/^\[(npz|npy|zip)\//);
    }
  });
});

describe('formatNpz', () => {
  it('round-trips any arrays under any names', () => {
    const arrays = fc.dictionary(fc.string({ minLength: 1 }), arrayValue, { maxKeys: 5 });
    fc.assert(
      fc.property(arrays, fc.boolean(), (given, compress) => {
        const read = parseNpz(formatNpz(given, { compress }));
        expect(Object.entries(read)).toEqual(Object.entries(given));
      }),
    );
  });

  it('gives the same bytes for the same arrays', () => {
    expect(formatNpz({ x: value }, { compress: true })).toEqual(
      formatNpz({ x: value }, { compress: true }),
    );
  });
});

describe('writeNpz and readNpz', () => {
  it('keep arrays', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gradus-io-'));
    try {
      await writeNpz(join(folder, 'x.npz'), { x: value });
      expect(await readNpz(join(folder, 'x.npz'))).toEqual({ x: value });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
