import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrayValue } from '../array-value.arbitrary.js';
import {
  formatSafetensors,
  parseSafetensors,
  readSafetensors,
  writeSafetensors,
} from './safetensors.js';

/** A file of this header and these bytes, true to the format or not. */
function file(
  header: string | object,
  elements: readonly number[] = [],
  announced?: number,
): Uint8Array {
  const json = new TextEncoder().encode(
    typeof header === 'string' ? header : JSON.stringify(header),
  );
  const bytes = new Uint8Array(8 + json.length + elements.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(announced ?? json.length), true);
  bytes.set(json, 8);
  bytes.set(elements, 8 + json.length);
  return bytes;
}

function entry(dtype: unknown, shape: unknown, begin: unknown, end: unknown): object {
  return { dtype, shape, data_offsets: [begin, end] };
}

function errorOf(bytes: Uint8Array): string {
  try {
    parseSafetensors(bytes, 'x.safetensors');
  } catch (error) {
    return String(error);
  }
  throw new Error('nothing was thrown');
}

const value = { shape: [2], dtype: 'float32', data: Float32Array.of(1, 2) } as const;

describe('parseSafetensors', () => {
  it('reads every type', () => {
    const header = {
      half: entry('F16', [1], 0, 2),
      brain: entry('BF16', [1], 2, 4),
      long: entry('I64', [1], 4, 12),
      flags: entry('BOOL', [2], 12, 14),
      byte: entry('U8', [], 14, 15),
      none: entry('F32', [0, 3], 15, 15),
    };
    const elements = [0, 0x3e, 0xc0, 0x3f, 0xfe, 255, 255, 255, 255, 255, 255, 255, 1, 0, 200];
    expect(parseSafetensors(file(header, elements)).tensors).toEqual({
      half: { shape: [1], dtype: 'float32', data: Float32Array.of(1.5) },
      brain: { shape: [1], dtype: 'float32', data: Float32Array.of(1.5) },
      long: { shape: [1], dtype: 'int32', data: Int32Array.of(-2) },
      flags: { shape: [2], dtype: 'bool', data: Uint8Array.of(1, 0) },
      byte: { shape: [], dtype: 'int32', data: Int32Array.of(200) },
      none: { shape: [0, 3], dtype: 'float32', data: new Float32Array(0) },
    });
  });

  it('throws for a cut file and for one that goes on', () => {
    const good = formatSafetensors({ w: value });
    expect(errorOf(good.subarray(0, 5))).toMatchInlineSnapshot(`
      "FormatError: [safetensors/truncated] x.safetensors ends inside its header.
        got       a file of 5 bytes
        expected  at least 8 bytes
        fix       the file was cut: copy or download it again"
    `);
    expect(errorOf(good.subarray(0, 30))).toMatchInlineSnapshot(`
      "FormatError: [safetensors/truncated] x.safetensors ends inside its header.
        got       a file of 30 bytes
        expected  8 bytes and a header of 56 bytes
        fix       the file was cut: copy or download it again"
    `);
    expect(errorOf(good.subarray(0, -1))).toMatchInlineSnapshot(`
      "FormatError: [safetensors/file-length] x.safetensors has the wrong length.
        got       71 bytes
        expected  72 bytes, where the last array ends
        fix       the file was cut: copy or download it again"
    `);
    expect(errorOf(Uint8Array.of(...good, 0))).toMatchInlineSnapshot(`
      "FormatError: [safetensors/file-length] x.safetensors has the wrong length.
        got       73 bytes
        expected  72 bytes, where the last array ends
        fix       remove what was appended to it"
    `);
  });

  it('throws for a header that is too large, no JSON, or has a key twice', () => {
    expect(errorOf(file('{}', [], 2 ** 40))).toMatchInlineSnapshot(`
      "FormatError: [safetensors/header-size] x.safetensors announces a header that is too large.
        got       1099511627776 bytes
        expected  at most 100000000 bytes
        fix       check that this is a safetensors file: its first 8 bytes are the length of the header"
    `);
    expect(errorOf(file('[1]'))).toMatchInlineSnapshot(`
      "FormatError: [safetensors/header] The header of x.safetensors is not a JSON object.
        got       "[1]"
        expected  {"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}}
        fix       check that this is a safetensors file, and copy or download it again"
    `);
    expect(errorOf(file('{"w":'))).toContain('safetensors/header');
    expect(errorOf(file(' {}'))).toContain('safetensors/header');
    const twice =
      '{"w":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"\\u0077":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}';
    expect(errorOf(file(twice, [0, 0, 0, 0]))).toMatchInlineSnapshot(`
      "FormatError: [safetensors/duplicate-key] The header of x.safetensors has the key 'w' twice.
        got       'w' twice in one object
        expected  every key once
        fix       save the file again under distinct names"
    `);
  });

  it('throws for offsets that overlap, leave a gap or do not fit', () => {
    const overlap = { a: entry('F32', [2], 0, 8), b: entry('F32', [1], 4, 8) };
    expect(errorOf(file(overlap, Array(8).fill(0)))).toMatchInlineSnapshot(`
      "FormatError: [safetensors/offsets] 'b' in x.safetensors does not begin where 'a' ends.
        got       an overlap of 4 bytes
        expected  data_offsets that begin at 8
        fix       the file was altered or its writer has a fault: save it again, or download it again"
    `);
    const gap = { a: entry('U8', [1], 0, 1), b: entry('U8', [1], 2, 3) };
    expect(errorOf(file(gap, [0, 0, 0]))).toMatchInlineSnapshot(`
      "FormatError: [safetensors/offsets] 'b' in x.safetensors does not begin where 'a' ends.
        got       a gap of 1 bytes
        expected  data_offsets that begin at 1
        fix       the file was altered or its writer has a fault: save it again, or download it again"
    `);
    expect(errorOf(file({ a: entry('F32', [2], 0, 4) }, [0, 0, 0, 0]))).toMatchInlineSnapshot(`
      "FormatError: [safetensors/length] 'a' in x.safetensors has offsets that do not fit its shape.
        got       [0,4]
        expected  8 bytes for [2] of F32
        fix       the file was altered or its writer has a fault: save it again, or download it again"
    `);
    expect(errorOf(file({ a: entry('U8', [1], 1, 0) }))).toContain('safetensors/length');
    expect(errorOf(file({ a: entry('U8', [0], -1, -1) }))).toContain('safetensors/offsets');
    expect(errorOf(file({ a: entry('U8', [0], 0.5, 0.5) }))).toContain('safetensors/offsets');
    expect(errorOf(file({ a: entry('U8', [2 ** 40, 2 ** 40], 0, 0) }))).toContain(
      'safetensors/length',
    );
  });

  it('throws for an unknown type, a wrong shape, further fields and wrong metadata', () => {
    expect(errorOf(file({ a: entry('F8_E4M3', [1], 0, 1) }, [0]))).toMatchInlineSnapshot(`
      "FormatError: [safetensors/dtype] 'a' in x.safetensors has a dtype that is not read.
        got       "F8_E4M3"
        expected  one of F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8, BOOL
        fix       convert the array to float32 in the program that writes the file"
    `);
    expect(errorOf(file({ a: entry('constructor', [1], 0, 1) }, [0]))).toContain(
      'safetensors/dtype',
    );
    expect(errorOf(file({ a: entry('U8', [-1], 0, 1) }, [0]))).toContain('safetensors/shape');
    expect(errorOf(file({ a: entry('U8', 1, 0, 1) }, [0]))).toContain('safetensors/shape');
    expect(errorOf(file({ a: null }))).toContain('safetensors/entry');
    expect(errorOf(file({ a: { ...entry('U8', [1], 0, 1), x: 1 } }, [0]))).toContain(
      'safetensors/entry',
    );
    expect(errorOf(file({ __metadata__: { epoch: 3 } }))).toMatchInlineSnapshot(`
      "FormatError: [safetensors/metadata] The __metadata__ of x.safetensors is not a table of texts.
        got       {"epoch":3}
        expected  {"key": "text"}
        fix       write numbers and objects as JSON text"
    `);
  });

  it('throws for an integer that int32 cannot hold', () => {
    expect(errorOf(file({ id: entry('U32', [1], 0, 4) }, [255, 255, 255, 255])))
      .toMatchInlineSnapshot(`
      "FormatError: [array/int32-range] Element 0 of 'id' in x.safetensors does not fit into int32.
        got       4294967295
        expected  integers from -2147483648 to 2147483647
        fix       save the array as 64-bit floats, which hold integers exactly up to 2^53"
    `);
  });

  it('throws a FormatError for any cut, and never crashes on any altered byte', () => {
    const good = formatSafetensors({ w: value, b: value }, { metadata: { by: 'test' } });
    for (let length = 0; length < good.length; length++) {
      expect(errorOf(good.subarray(0, length))).toMatch(/^FormatError: \[safetensors\//);
    }
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), (position, byte) => {
        const altered = good.slice();
        altered[position] = byte;
        try {
          parseSafetensors(altered);
        } catch (error) {
          expect(String(error)).toMatch(/^FormatError: \[(safetensors|array)\//);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('formatSafetensors', () => {
  it('round-trips any arrays under any names, and metadata', () => {
    const names = fc.string().filter((name) => name !== '__metadata__');
    fc.assert(
      fc.property(
        fc.dictionary(names, arrayValue),
        fc.dictionary(fc.string(), fc.string()),
        (tensors, metadata) => {
          const read = parseSafetensors(formatSafetensors(tensors, { metadata }));
          expect(Object.entries(read.tensors)).toEqual(Object.entries(tensors));
          expect(Object.entries(read.metadata)).toEqual(Object.entries(metadata));
        },
      ),
    );
  });

  it('aligns every array to the size of its elements', () => {
    const flag = { shape: [3], dtype: 'bool', data: Uint8Array.of(1, 0, 1) } as const;
    const wide = { shape: [1], dtype: 'float64', data: Float64Array.of(1) } as const;
    const bytes = formatSafetensors({ flag, value, wide });
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<
      string,
      { data_offsets: number[] }
    >;
    expect(Object.entries(header).map(([name, { data_offsets }]) => [name, data_offsets])).toEqual([
      ['flag', [16, 19]],
      ['value', [8, 16]],
      ['wide', [0, 8]],
    ]);
  });

  it('refuses the reserved name', () => {
    expect(() => formatSafetensors({ __metadata__: value })).toThrowErrorMatchingInlineSnapshot(`
      [FormatError: [safetensors/name] An array cannot be called __metadata__.
        got       '__metadata__'
        expected  any other name
        fix       rename it; texts about the file go into the option metadata]
    `);
  });
});

describe('writeSafetensors and readSafetensors', () => {
  it('keep arrays and metadata', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gradus-io-'));
    try {
      const path = join(folder, 'weights.safetensors');
      await writeSafetensors(path, { w: value }, { metadata: { format: 'gradus' } });
      expect(await readSafetensors(path)).toEqual({
        tensors: { w: value },
        metadata: { format: 'gradus' },
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
