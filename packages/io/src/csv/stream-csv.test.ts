import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseCsv } from './read-csv.js';
import type { StreamCsvOptions } from './stream-csv.js';
import { streamCsv } from './stream-csv.js';
import type { Table } from './table.js';

async function* from<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

async function tables(
  pieces: readonly (string | Uint8Array)[] | string,
  options?: StreamCsvOptions,
): Promise<Table[]> {
  const found: Table[] = [];
  for await (const table of streamCsv(typeof pieces === 'string' ? pieces : from(pieces), options))
    found.push(table);
  return found;
}

describe('streamCsv', () => {
  it('gives tables of chunkRows rows, wherever the pieces are cut', async () => {
    const found = await tables(['x', ',t\n1,', 'a\n2,"b', '\n"\n3,c'], { chunkRows: 2 });
    expect(found.map((table) => [...table.numbers('x')])).toEqual([[1, 2], [3]]);
    expect(found.map((table) => table.texts('t'))).toEqual([['a', 'b\n'], ['c']]);
    expect(found[1]?.line(0)).toBe(5);
  });

  it('reads the same as parseCsv for any cut of any text', async () => {
    const unit = fc.constantFrom(
      'a',
      '1',
      ',',
      '"',
      '""',
      '\n',
      '\r\n',
      '\r',
      '"\n',
      '"\r\n',
      ',"',
      '",',
    );
    await fc.assert(
      fc.asyncProperty(fc.string({ unit }), fc.array(fc.nat(40)), async (text, cuts) => {
        const options = {
          header: ['x', 'y'],
          delimiter: ',',
          dtypes: { x: 'text', y: 'text' },
        } as const;
        const edges = [
          0,
          ...cuts.map((cut) => Math.min(cut, text.length)).toSorted((a, b) => a - b),
          text.length,
        ];
        const pieces = edges.slice(1).map((end, i) => text.slice(edges[i], end));
        expect(pieces.join('')).toBe(text);
        const whole = await outcome(() => Promise.resolve([parseCsv(text, options)]));
        expect(await outcome(() => tables(pieces, options))).toEqual(whole);
      }),
      { numRuns: 1000 },
    );
  });

  it('decodes bytes whose characters are cut, and refuses another encoding', async () => {
    const bytes = new TextEncoder().encode('x\né\n');
    const [table] = await tables([bytes.subarray(0, 3), bytes.subarray(3)]);
    expect(table?.texts('x')).toEqual(['é']);
    await expect(tables([Uint8Array.of(0x78, 0x0a, 0xe9, 0x0a)])).rejects
      .toThrowErrorMatchingInlineSnapshot(`
      [FormatError: [csv/encoding] the CSV data is not text in the encoding utf-8.
        got       bytes that utf-8 does not use
        expected  text in utf-8
        fix       save the file as UTF-8, or pass the option encoding, such as 'windows-1252' or 'utf-16le']
    `);
    const [latin] = await tables([Uint8Array.of(0x78, 0x0a, 0xe9, 0x0a)], {
      encoding: 'windows-1252',
    });
    expect(latin?.texts('x')).toEqual(['é']);
  });

  it('holds on to the types of the first table', async () => {
    const failing = tables(['x\n1\n2\n', 'three\n'], { chunkRows: 2 });
    await expect(failing).rejects.toThrow('line 4: column "x" is float64');
  });

  it('gives one table for a header alone, and an error for nothing', async () => {
    expect((await tables(['a,b\n'])).map((table) => table.rowCount)).toEqual([0]);
    await expect(tables([])).rejects.toThrow('csv/empty');
  });

  it('reads a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gradus-io-'));
    try {
      const path = join(folder, 'long.csv');
      await writeFile(path, `n\n${Array.from({ length: 100_000 }, (_, i) => i).join('\r\n')}\n`);
      const found = await tables(path);
      expect(found.reduce((rows, table) => rows + table.rowCount, 0)).toBe(100_000);
      expect(found.at(-1)?.numbers('n').at(-1)).toBe(99_999);
    } finally {
      await rm(folder, { recursive: true });
    }
    await expect(tables('no-such.csv')).rejects.toThrow('file/missing');
  });
});

/** The texts of the tables, or that there was an error: of two faults, the pieces decide which one is met first. */
async function outcome(read: () => Promise<Table[]>): Promise<unknown> {
  try {
    const found = await read();
    return {
      x: found.flatMap((table) => table.texts('x')),
      y: found.flatMap((table) => table.texts('y')),
    };
  } catch (error) {
    expect(String(error)).toMatch(/csv\/(empty|ragged|quote|open-quote)/);
    return 'error';
  }
}
