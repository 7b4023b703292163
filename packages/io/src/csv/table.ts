import type { TypedArray } from '@gradus/tensor';
import { FormatError, unknownName } from '@gradus/tensor';
import type { ArrayValue } from '../array-value.js';
import type { Column } from './column.js';
import type { ColumnType } from './csv-options.js';
import { describeColumns } from './describe-columns.js';

/**
 * Named columns of equal length: what a CSV file is read into. It never changes; `select`, `dropMissing` and
 * `fillMissing` make new tables.
 *
 * @example
 * import { parseCsv } from '@gradus/io';
 * const table = parseCsv('height,name\n1.8,Ada\n,Alan\n');
 * table.missing('height'); // => { count: 1, rows: [1] }
 */
export class Table {
  /** The names of the columns, in the order of the file. */
  readonly columns: readonly string[];
  readonly rowCount: number;
  readonly #columns: ReadonlyMap<string, Column>;
  readonly #lines: readonly number[];

  /** Tables come from `parseCsv`, `readCsv` and `streamCsv`; `lines` are the rows' lines in the source. */
  constructor(columns: readonly Column[], lines: readonly number[]) {
    this.columns = columns.map(({ name }) => name);
    this.rowCount = lines.length;
    this.#columns = new Map(columns.map((column) => [column.name, column]));
    this.#lines = lines;
  }

  #find(name: string): Column {
    const column = this.#columns.get(name);
    if (column === undefined) throw unknownName('column', name, this.columns);
    return column;
  }

  /**
   * The values of a column: a typed array of numbers (NaN where missing), or the texts as they stand in the file.
   *
   * @throws NameError when there is no such column.
   */
  column(name: string): TypedArray | readonly string[] {
    return this.#find(name).data;
  }

  /** The values of a column of numbers. @throws FormatError when it holds text. */
  numbers(name: string): TypedArray {
    const { data } = this.#find(name);
    if (!Array.isArray(data)) return data as TypedArray;
    throw new FormatError('csv/text-column', `Column "${name}" holds text, not numbers.`, {
      got: `texts such as ${JSON.stringify(data.find((text) => text !== '') ?? '')}`,
      expected: 'a column of numbers',
      fix: 'choose other columns, or turn the texts into numbers first (a category into one column for each value)',
    });
  }

  /** The values of a column of text. @throws FormatError when it holds numbers. */
  texts(name: string): readonly string[] {
    const { data, type } = this.#find(name);
    if (Array.isArray(data)) return data as readonly string[];
    throw new FormatError('csv/number-column', `Column "${name}" holds numbers, not text.`, {
      got: type,
      expected: 'a column of text',
      fix: `read the file with dtypes: { ${JSON.stringify(name)}: 'text' }`,
    });
  }

  /** The type of a column, declared or inferred. */
  type(name: string): ColumnType {
    return this.#find(name).type;
  }

  /** How many values of a column are missing, and in which rows (counted from 0). */
  missing(name: string): { readonly count: number; readonly rows: readonly number[] } {
    const { missing } = this.#find(name);
    return { count: missing.length, rows: missing };
  }

  /** The line of the source (counted from 1) that a row (counted from 0) begins on. */
  line(row: number): number | undefined {
    return this.#lines[row];
  }

  /** A summary for people: type, missing values, and range or most frequent text of each column. */
  describe(): string {
    return describeColumns([...this.#columns.values()], this.rowCount);
  }

  /** The table of these columns alone, in this order. @throws NameError when there is no such column. */
  select(names: readonly string[]): Table {
    return new Table(
      names.map((name) => this.#find(name)),
      this.#lines,
    );
  }

  /** The table without the rows that miss a value in one of these columns; all columns by default. */
  dropMissing(names: readonly string[] = this.columns): Table {
    const dropped = new Set(names.flatMap((name) => this.#find(name).missing));
    const kept = Array.from(this.#lines.keys()).filter((row) => !dropped.has(row));
    const newRow = new Map(kept.map((row, position) => [row, position]));
    const columns = [...this.#columns.values()].map((column): Column => ({
      ...column,
      data: pick(column.data, kept),
      missing: column.missing.flatMap((row) => newRow.get(row) ?? []),
    }));
    return new Table(
      columns,
      kept.map((row) => this.#lines[row] as number),
    );
  }

  /**
   * The table with the missing values of some columns replaced.
   *
   * @param values the replacement by name of the column: a number for numbers, a text for text.
   */
  fillMissing(values: Readonly<Record<string, number | string>>): Table {
    const filled = new Map(this.#columns);
    for (const [name, value] of Object.entries(values)) {
      const column = this.#find(name);
      if ((column.type === 'text') !== (typeof value === 'string')) {
        throw new FormatError(
          'csv/fill',
          `Column "${name}" cannot be filled with a ${typeof value}.`,
          {
            got: JSON.stringify(value),
            expected: column.type === 'text' ? 'a text' : 'a number',
            fix: `give a value of the column's type, ${column.type}`,
          },
        );
      }
      const data = column.data.slice() as (number | string)[];
      for (const row of column.missing) data[row] = value;
      filled.set(name, { ...column, data: data as unknown as Column['data'], missing: [] });
    }
    return new Table([...filled.values()], this.#lines);
  }

  /**
   * Columns of numbers side by side as one array, for a model.
   *
   * @param names the columns, in the order of the last axis; all columns by default.
   * @param options `dtype` of the result, float32 by default; `allowMissing` leaves NaN where a value is missing.
   * @returns an array of shape [rows, columns].
   * @throws FormatError when a column holds text, or a value is missing: one NaN makes every weight NaN.
   */
  toMatrix(
    names: readonly string[] = this.columns,
    {
      dtype = 'float32',
      allowMissing = false,
    }: { dtype?: 'float32' | 'float64'; allowMissing?: boolean } = {},
  ): ArrayValue {
    const parts = names.map((name) => this.numbers(name));
    const incomplete = names.find((name) => this.missing(name).count > 0);
    if (incomplete !== undefined && !allowMissing) throw this.#missingError(incomplete);
    const data = new matrixOf[dtype](this.rowCount * parts.length);
    parts.forEach((part, position) => {
      for (let row = 0; row < part.length; row++)
        data[row * parts.length + position] = part[row] as number;
    });
    return { shape: [this.rowCount, parts.length], dtype, data };
  }

  #missingError(name: string): FormatError {
    const { count, rows } = this.missing(name);
    const lines = rows.slice(0, 5).map((row) => this.#lines[row]);
    return new FormatError(
      'csv/matrix-missing',
      `Column "${name}" has missing values, so it makes no matrix.`,
      {
        got: `${count} missing, on line ${lines.join(', ')}${count > 5 ? ', ...' : ''}`,
        expected: 'a value in every row',
        fix: `call dropMissing() or fillMissing({ ${JSON.stringify(name)}: 0 }) first, or pass allowMissing: true`,
      },
    );
  }
}

const matrixOf = { float32: Float32Array, float64: Float64Array } as const;

function pick(data: Column['data'], rows: readonly number[]): Column['data'] {
  if (Array.isArray(data)) return rows.map((row) => data[row] as string);
  const numbers = data as TypedArray;
  const picked = numbers.slice(0, rows.length);
  rows.forEach((row, position) => {
    picked[position] = numbers[row] as number;
  });
  return picked;
}
