import type { TypedArray } from '@gradus/tensor';
import { FormatError } from '@gradus/tensor';
import { parseInt32, parseNumber, parseTruth } from './cell.js';
import type { ColumnType, CsvOptions } from './csv-options.js';
import { defaultMissing, sourceName } from './csv-options.js';
import type { CsvRecord } from './records.js';

/** One column of a table. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** Numbers, NaN where missing; or the texts as they stand in the file. */
  readonly data: TypedArray | readonly string[];
  /** The rows (from 0) that have no value. */
  readonly missing: readonly number[];
}

const parsers = {
  float64: parseNumber,
  float32: parseNumber,
  int32: parseInt32,
  bool: parseTruth,
} as const;
const arrays = {
  float64: Float64Array,
  float32: Float32Array,
  int32: Int32Array,
  bool: Uint8Array,
} as const;
const meanings: Readonly<Record<Exclude<ColumnType, 'text'>, string>> = {
  float64: 'a number',
  float32: 'a number',
  int32: 'a whole number from -2147483648 to 2147483647',
  bool: 'true, false, 1 or 0',
};

/**
 * Reads field `index` of each row as a column.
 *
 * @param type the type of the column; inferred when undefined (see `CsvOptions.dtypes`).
 * @throws FormatError naming the line and the cell that do not fit the type.
 */
export function readColumn(
  name: string,
  rows: readonly CsvRecord[],
  index: number,
  type: ColumnType | undefined,
  options: CsvOptions,
): Column {
  const meansMissing = new Set(options.missing ?? defaultMissing);
  const texts = rows.map(({ fields }) => fields[index] ?? '');
  const missing: number[] = [];
  const wrong: number[] = [];
  const target = type === 'text' ? undefined : (type ?? 'float64');
  const data = target === undefined ? undefined : new arrays[target](rows.length);
  const parse = target === undefined ? undefined : parsers[target];
  for (let row = 0; row < texts.length; row++) {
    const text = (texts[row] as string).trim();
    if (meansMissing.has(text)) {
      missing.push(row);
      if (data !== undefined) data[row] = NaN;
    } else if (data !== undefined && parse !== undefined) {
      const value = parse(text);
      if (value === undefined) wrong.push(row);
      else data[row] = value;
    }
  }
  if (data === undefined || target === undefined)
    return { name, type: 'text', data: texts, missing };
  const fitting = rows.length - missing.length - wrong.length;
  if (wrong.length > 0) {
    if (type === undefined && fitting < 9 * wrong.length)
      return { name, type: 'text', data: texts, missing };
    throw cellError(name, rows, texts, wrong, type === undefined ? undefined : target, options);
  }
  if (missing.length > 0 && (target === 'int32' || target === 'bool')) {
    throw missingError(name, rows, texts, missing, target, options);
  }
  return { name, type: target, data, missing };
}

function cellError(
  name: string,
  rows: readonly CsvRecord[],
  texts: readonly string[],
  wrong: readonly number[],
  type: Exclude<ColumnType, 'text'> | undefined,
  options: CsvOptions,
): FormatError {
  const first = wrong[0] as number;
  const text = texts[first] as string;
  const holds = type === undefined ? 'nearly all numbers' : type;
  const mayMiss = type !== 'int32' && type !== 'bool';
  return new FormatError(
    'csv/cell',
    `${sourceName(options)}, line ${rows[first]?.line}: column "${name}" is ${holds}, but this cell does not fit.`,
    {
      got: `${JSON.stringify(text)}${otherLines(rows, wrong)}`,
      expected: `${meanings[type ?? 'float64']}${mayMiss ? `, or a missing value (${shownMissing(options)})` : ''}`,
      fix: `correct the cell${mayMiss ? `, add ${JSON.stringify(text.trim())} to the option missing,` : ''} or pass dtypes: { ${JSON.stringify(name)}: 'text' }`,
    },
  );
}

function missingError(
  name: string,
  rows: readonly CsvRecord[],
  texts: readonly string[],
  missing: readonly number[],
  type: 'int32' | 'bool',
  options: CsvOptions,
): FormatError {
  const first = missing[0] as number;
  return new FormatError(
    'csv/missing',
    `${sourceName(options)}, line ${rows[first]?.line}: column "${name}" is ${type}, which has no missing value.`,
    {
      got: `${JSON.stringify(texts[first])}${otherLines(rows, missing)}`,
      expected: meanings[type],
      fix: `complete the cell, or pass dtypes: { ${JSON.stringify(name)}: 'float64' }, where a missing value is NaN`,
    },
  );
}

/** The further lines with the same fault, so that a file can be mended in one go. */
function otherLines(rows: readonly CsvRecord[], faults: readonly number[]): string {
  if (faults.length < 2) return '';
  const lines = faults.slice(1, 6).map((row) => rows[row]?.line);
  return ` (and ${faults.length - 1} more, on ${faults.length > 2 ? 'lines' : 'line'} ${lines.join(', ')}${faults.length > 6 ? ', ...' : ''})`;
}

function shownMissing({ missing = defaultMissing }: CsvOptions): string {
  return missing.map((text) => (text === '' ? 'an empty cell' : text)).join(', ');
}
