import type { TypedArray } from '@gradus/tensor';
import { FormatError } from '@gradus/tensor';
import { writeFileAtomic } from '../files/write-file-atomic.js';
import { Table } from './table.js';

/** Columns to write: by name, all of one length, or a {@link Table}. NaN, null and undefined are written as nothing. */
export type CsvColumns =
  | Table
  | Readonly<
      Record<string, TypedArray | readonly (string | number | boolean | null | undefined)[]>
    >;

/** How CSV is written. */
export interface FormatCsvOptions {
  /** The character between fields; `,` by default. */
  readonly delimiter?: string;
  /** Whether the first line names the columns; true by default. */
  readonly header?: boolean;
}

/**
 * The CSV text of some columns. Numbers are written with as many digits as they need to be read back bit for bit;
 * cells with delimiters, quotes or line ends are quoted.
 *
 * @throws FormatError when the columns differ in length.
 * @example
 * import { formatCsv } from '@gradus/io';
 * formatCsv({ name: ['Ada', 'a, b'], x: Float32Array.of(0.1, NaN) }); // => 'name,x\nAda,0.1\n"a, b",\n'
 *
 * Source: RFC 4180, with `\n` as line end.
 */
export function formatCsv(
  columns: CsvColumns,
  { delimiter = ',', header = true }: FormatCsvOptions = {},
): string {
  const named =
    columns instanceof Table
      ? columns.columns.map((name) => [name, columns.column(name)] as const)
      : Object.entries(columns);
  const [first] = named;
  if (first === undefined) return '';
  for (const [name, { length }] of named) {
    if (length === first[1].length) continue;
    throw new FormatError('csv/lengths', 'Columns of different lengths make no table.', {
      got: `"${first[0]}" has ${first[1].length} values, "${name}" has ${length}`,
      expected: 'columns of one length',
      fix: 'cut the longer one, or fill the shorter one with null',
    });
  }
  const lines: string[] = [];
  const write = (cells: string[]): void => {
    const line = cells.map((cell) => quote(cell, delimiter)).join(delimiter);
    // A blank line would be passed over by many readers.
    lines.push(line === '' ? '""' : line);
  };
  if (header) write(named.map(([name]) => name));
  for (let row = 0; row < first[1].length; row++) {
    write(named.map(([, values]) => formatCell(values[row], values instanceof Float32Array)));
  }
  return `${lines.join('\n')}\n`;
}

/** Writes a CSV file, whole or not at all: {@link formatCsv} to the disk, as UTF-8. */
export async function writeCsv(
  path: string,
  columns: CsvColumns,
  options: FormatCsvOptions = {},
): Promise<void> {
  await writeFileAtomic(path, formatCsv(columns, options));
}

function quote(cell: string, delimiter: string): string {
  // All usual delimiters, so that a reader that guesses cannot guess wrong.
  return /[",;\t|\r\n]/.test(cell) || cell.includes(delimiter)
    ? `"${cell.replaceAll('"', '""')}"`
    : cell;
}

function formatCell(
  value: string | number | boolean | null | undefined,
  isSingle: boolean,
): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '';
  if (Object.is(value, -0)) return '-0';
  return isSingle ? shortestSingle(value as number) : String(value);
}

/** The shortest decimal that reads back as the same 32-bit float; 9 digits always do. */
function shortestSingle(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return String(rounded);
  }
  return String(Number(value.toPrecision(9)));
}
