import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCsv, readCsv } from './read-csv.js';
import { formatCsv, writeCsv } from './write-csv.js';

describe('formatCsv', () => {
  it('quotes what needs quotes and writes nothing for a missing value', () => {
    const text = formatCsv({ name: ['a,b', 'say "x"', null], n: [1, NaN, -0] });
    expect(text).toBe('name,n\n"a,b",1\n"say ""x""",\n,-0\n');
  });

  it('writes singles with the digits they need', () => {
    expect(formatCsv({ x: Float32Array.of(0.1, 1 / 3, 16777216) })).toBe(
      'x\n0.1\n0.33333334\n16777216\n',
    );
  });

  it('refuses columns of different lengths', () => {
    expect(() => formatCsv({ a: [1, 2], b: [1] })).toThrowErrorMatchingInlineSnapshot(`
      [FormatError: [csv/lengths] Columns of different lengths make no table.
        got       "a" has 2 values, "b" has 1
        expected  columns of one length
        fix       cut the longer one, or fill the shorter one with null]
    `);
  });

  it('round-trips any numbers bit for bit', () => {
    const columns = fc.integer({ min: 0, max: 20 }).chain((length) =>
      fc.record({
        double: fc.float64Array({ minLength: length, maxLength: length }),
        single: fc.float32Array({ minLength: length, maxLength: length }),
        int: fc.int32Array({ minLength: length, maxLength: length }),
      }),
    );
    fc.assert(
      fc.property(columns, (values) => {
        const table = parseCsv(formatCsv(values), {
          dtypes: { double: 'float64', single: 'float32', int: 'int32' },
        });
        expect(table.column('double')).toEqual(values.double);
        expect(table.column('single')).toEqual(values.single);
        expect(table.column('int')).toEqual(values.int);
      }),
    );
  });

  it('round-trips any texts with any usual delimiter', () => {
    const cell = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom('"', ',', ';', '\n', '\r', ' ', 'a', '\t', '|') }),
    );
    const rows = fc
      .integer({ min: 1, max: 3 })
      .chain((width) =>
        fc.array(fc.array(cell, { minLength: width, maxLength: width }), { maxLength: 8 }),
      );
    fc.assert(
      fc.property(rows, fc.constantFrom(',', ';', '\t', '|', ':'), (cells, delimiter) => {
        const names = ['t', 'u', 'v'].slice(0, cells[0]?.length ?? 1);
        const columns = Object.fromEntries(
          names.map((name, i) => [name, cells.map((row) => row[i] ?? '')]),
        );
        const dtypes = Object.fromEntries(names.map((name) => [name, 'text' as const]));
        const table = parseCsv(formatCsv(columns, { delimiter }), { delimiter, dtypes });
        for (const name of names) expect(table.column(name)).toEqual(columns[name]);
      }),
      { numRuns: 500 },
    );
  });
});

describe('writeCsv and readCsv', () => {
  it('keep a table', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gradus-io-'));
    try {
      const path = join(folder, 'table.csv');
      await writeCsv(path, parseCsv('a,b\n1,x\n'));
      expect(await readFile(path, 'utf8')).toBe('a,b\n1,x\n');
      expect((await readCsv(path)).texts('b')).toEqual(['x']);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('tell a missing file', async () => {
    await expect(readCsv('no-such.csv')).rejects.toThrow(
      '[file/missing] There is no file no-such.csv.',
    );
  });
});
