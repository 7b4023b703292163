import { nodeFiles } from '../files/node-modules.js';
import { missingFile } from '../files/read-file.js';
import type { ColumnType, CsvOptions } from './csv-options.js';
import { rowReader } from './csv-rows.js';
import { makeTable, textDecoder } from './read-csv.js';
import type { CsvRecord } from './records.js';
import type { Table } from './table.js';

/** {@link CsvOptions} and the size of the pieces. */
export interface StreamCsvOptions extends CsvOptions {
  /** Rows of each table; the last one can have fewer. 4096 by default. */
  readonly chunkRows?: number;
}

/**
 * Reads CSV piece by piece, so that a file of any size needs the memory of a few thousand rows. Types that are not
 * declared are inferred from the first table and hold for all that follow.
 *
 * @param source a path, or pieces of text or bytes cut anywhere, such as `file.stream()` of a browser's `File`.
 * @param options as for `parseCsv`, and `chunkRows`.
 * @returns tables of `chunkRows` rows; one table of no rows when there is a header alone.
 * @throws FormatError as `parseCsv`, when the faulty piece is reached.
 * @example
 * import { streamCsv } from '@gradus/io';
 * async function* pieces() { yield 'x\n1\n2'; yield '0\n'; }
 * for await (const table of streamCsv(pieces())) console.log(table.numbers('x')); // => Float64Array(2) [ 1, 20 ]
 */
export async function* streamCsv(
  source: AsyncIterable<string | Uint8Array> | string,
  options: StreamCsvOptions = {},
): AsyncGenerator<Table, void, undefined> {
  const { chunkRows = 4096 } = options;
  const named = typeof source === 'string' ? { name: source, ...options } : options;
  const reader = rowReader(named);
  let waiting: CsvRecord[] = [];
  let types: Record<string, ColumnType> | undefined;
  const table = (rows: readonly CsvRecord[]): Table => {
    const made = makeTable(reader.names(), rows, types ?? named.dtypes ?? {}, named);
    types ??= Object.fromEntries(made.columns.map((name) => [name, made.type(name)]));
    return made;
  };
  for await (const piece of pieces(source, named)) {
    for (const row of piece === undefined ? reader.end() : reader.push(piece)) waiting.push(row);
    let from = 0;
    for (; waiting.length - from >= chunkRows; from += chunkRows)
      yield table(waiting.slice(from, from + chunkRows));
    waiting = waiting.slice(from);
  }
  if (waiting.length > 0 || types === undefined) yield table(waiting);
}

/** The source as pieces of text, then undefined for its end. */
async function* pieces(
  source: AsyncIterable<string | Uint8Array> | string,
  options: CsvOptions,
): AsyncGenerator<string | undefined, void, undefined> {
  const decode = textDecoder(options);
  for await (const piece of typeof source === 'string' ? fileBytes(source) : source) {
    yield typeof piece === 'string' ? piece : decode(piece, false);
  }
  yield decode(new Uint8Array(0), true);
  yield undefined;
}

async function* fileBytes(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const { createReadStream } = await nodeFiles();
  try {
    for await (const bytes of createReadStream(path, { highWaterMark: 2 ** 18 }))
      yield bytes as Uint8Array;
  } catch (error) {
    throw await missingFile(path, error);
  }
}
