import { FormatError } from '@gradus/tensor';
import { readFileBytes } from '../files/read-file.js';
import { readColumn } from './column.js';
import type { ColumnType, CsvOptions } from './csv-options.js';
import { rowReader } from './csv-rows.js';
import type { CsvRecord } from './records.js';
import { Table } from './table.js';

/**
 * Reads a CSV text into columns: numbers where all cells are numbers, text elsewhere.
 *
 * @param text the whole text; a byte order mark and any mix of line ends are accepted.
 * @param options names, types, missing values; see {@link CsvOptions}.
 * @throws FormatError, naming the line, when the text is empty, a header comes twice, a record has more or fewer fields
 *   than the header, a quote is left open, or a cell does not fit its column.
 * @throws NameError when `dtypes` names a column that does not exist.
 * @example
 * import { parseCsv } from '@gradus/io';
 * const table = parseCsv('x,y\n1,2\n3,4\n');
 * table.toMatrix().shape; // => [2, 2]
 *
 * Source: RFC 4180 for the syntax; the default missing values are the common ones of R and pandas.
 */
export function parseCsv(text: string, options: CsvOptions = {}): Table {
  const reader = rowReader(options);
  const rows = reader.push(text);
  for (const row of reader.end()) rows.push(row);
  return makeTable(reader.names(), rows, options.dtypes ?? {}, options);
}

/**
 * Reads a CSV file: {@link parseCsv} of its text. For files that do not fit into memory see `streamCsv`.
 *
 * @throws FormatError as {@link parseCsv}, and when there is no such file or it is not in the given encoding.
 */
export async function readCsv(path: string, options: CsvOptions = {}): Promise<Table> {
  const named = { name: path, ...options };
  return parseCsv(textDecoder(named)(await readFileBytes(path), true), named);
}

/** The table of these rows. */
export function makeTable(
  names: readonly string[],
  rows: readonly CsvRecord[],
  types: Readonly<Record<string, ColumnType>>,
  options: CsvOptions,
): Table {
  const columns = names.map((name, i) =>
    readColumn(name, rows, i, Object.hasOwn(types, name) ? types[name] : undefined, options),
  );
  return new Table(
    columns,
    rows.map(({ line }) => line),
  );
}

/** Makes a function that decodes successive pieces of a file, and refuses bytes that are not text in its encoding. */
export function textDecoder({
  name = 'the CSV data',
  encoding = 'utf-8',
}: CsvOptions): (bytes: Uint8Array, last: boolean) => string {
  // Without `fatal`, bytes of another encoding become replacement characters, and two categories can become one.
  const decoder = new TextDecoder(encoding, { fatal: true });
  return (bytes, last) => {
    try {
      return decoder.decode(bytes, { stream: !last });
    } catch {
      throw new FormatError('csv/encoding', `${name} is not text in the encoding ${encoding}.`, {
        got: `bytes that ${encoding} does not use`,
        expected: `text in ${encoding}`,
        fix: "save the file as UTF-8, or pass the option encoding, such as 'windows-1252' or 'utf-16le'",
      });
    }
  };
}
