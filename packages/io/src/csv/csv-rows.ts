import { FormatError, unknownName } from '@gradus/tensor';
import { parseNumber } from './cell.js';
import type { CsvOptions } from './csv-options.js';
import { sourceName } from './csv-options.js';
import type { CsvRecord } from './records.js';
import { recordReader } from './records.js';

/** Cuts a CSV text that comes in pieces into its rows of data, all as long as the header. */
export interface RowReader {
  push(piece: string): CsvRecord[];
  end(): CsvRecord[];
  /** The names of the columns; throws while no text has come that tells them. */
  names(): readonly string[];
}

/** Makes a reader of rows: takes the header off, passes over blank lines, and checks the length of each record. */
export function rowReader(options: CsvOptions): RowReader {
  const name = sourceName(options);
  const records = recordReader(options.delimiter, name);
  let toSkip = options.skipRecords ?? 0;
  let names: readonly string[] | undefined;
  let ended = false;

  const rows = (found: CsvRecord[]): CsvRecord[] =>
    found.filter((record) => {
      if (toSkip > 0) {
        toSkip--;
        return false;
      }
      const blank = record.fields.length === 1 && record.fields[0]?.trim() === '';
      // In a file of one column a blank line is a row whose value is missing.
      if (blank && names?.length !== 1) return false;
      if (names === undefined) {
        names = headerOf(record, options);
        checkDeclared(names, options);
        if (options.header === undefined || options.header === true) return false;
      }
      if (record.fields.length !== names.length) throw raggedError(record, names, name);
      return true;
    });

  return {
    push: (piece) => rows(records.push(piece)),
    end: () => {
      ended = true;
      return rows(records.end());
    },
    names: () => {
      if (names !== undefined) return names;
      throw new FormatError('csv/empty', `${name} is empty.`, {
        got:
          ended && (options.skipRecords ?? 0) > 0
            ? 'no record behind the skipped ones'
            : 'no record at all',
        expected: 'at least a header, such as height,weight',
        fix: 'check that the right file was chosen and that it was written completely',
      });
    },
  };
}

function headerOf({ line, fields }: CsvRecord, options: CsvOptions): readonly string[] {
  const { header } = options;
  if (header === false) return fields.map((_, i) => `column_${i + 1}`);
  if (Array.isArray(header)) return header as readonly string[];
  const source = sourceName(options);
  if (header === undefined && fields.every((field) => parseNumber(field.trim()) !== undefined)) {
    throw new FormatError(
      'csv/header',
      `${source}, line ${line}: the header is made of numbers alone.`,
      {
        got: fields.join(', '),
        expected: 'names of columns',
        fix: 'pass header: false if this is a row of data, header: [...] to name the columns, or header: true to keep it',
      },
    );
  }
  const names = fields.map((field, i) => (field.trim() === '' ? `column_${i + 1}` : field.trim()));
  const repeated = names.findIndex((column, i) => names.indexOf(column) !== i);
  if (repeated === -1) return names;
  const column = names[repeated] as string;
  throw new FormatError(
    'csv/duplicate-header',
    `${source}, line ${line}: two columns are called "${column}".`,
    {
      got: `"${column}" as column ${names.indexOf(column) + 1} and column ${repeated + 1}`,
      expected: 'every name once',
      fix: 'rename one of them, or pass the names as header: [...] with skipRecords: 1',
    },
  );
}

/** A type for a column that does not exist is a spelling mistake, and the real column would be inferred instead. */
function checkDeclared(names: readonly string[], { dtypes = {} }: CsvOptions): void {
  for (const column of Object.keys(dtypes))
    if (!names.includes(column)) throw unknownName('column', column, names);
}

function raggedError(
  { line, fields }: CsvRecord,
  names: readonly string[],
  name: string,
): FormatError {
  const start = fields.slice(0, 6).join(' | ');
  return new FormatError('csv/ragged', `${name}, line ${line}: this record has ${count(fields)}.`, {
    got: `${count(fields)}: ${start}${fields.length > 6 ? ' | ...' : ''}`,
    expected: `${count(names)}: ${names.slice(0, 6).join(' | ')}${names.length > 6 ? ' | ...' : ''}`,
    fix:
      fields.length > names.length
        ? 'put cells that contain the delimiter into quotes'
        : 'complete the record, or pass the option delimiter if another character parts the fields',
  });
}

function count({ length }: readonly string[]): string {
  return `${length} ${length === 1 ? 'field' : 'fields'}`;
}
