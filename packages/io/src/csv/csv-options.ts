/** What a column holds: numbers of a dtype, or text. */
export type ColumnType = 'float64' | 'float32' | 'int32' | 'bool' | 'text';

/** How CSV is read. Every option has a default that suits a file with a header. */
export interface CsvOptions {
  /** What errors call the source; the path for a file, `'the CSV text'` for a text. */
  readonly name?: string;
  /** The character between fields. By default the one of `,` `;` tab `|` that the first line has most often. */
  readonly delimiter?: string;
  /**
   * `true`: the first record names the columns. `false`: it does not, and they are called `column_1`, `column_2`, ...
   * A list: these are the names, and the first record is data. By default as `true`, but a first record of numbers
   * alone is an error, since reading it as names would lose a row in silence.
   */
  readonly header?: boolean | readonly string[];
  /** Records to pass over before the header; 0 by default. */
  readonly skipRecords?: number;
  /**
   * Types of columns by name. A column that is not named here is float64 when all its cells are numbers, and text
   * otherwise; when at least 9 of 10 cells are numbers, a text among them is an error rather than a text column.
   */
  readonly dtypes?: Readonly<Record<string, ColumnType>>;
  /** Cells that mean "no value", besides surrounding spaces; see {@link defaultMissing}. */
  readonly missing?: readonly string[];
  /** The character encoding of bytes and files, a label that `TextDecoder` knows; `'utf-8'` by default. */
  readonly encoding?: string;
}

/** The cells that mean "no value" unless the option `missing` says otherwise. */
export const defaultMissing: readonly string[] = ['', 'NA', 'N/A', 'NaN', 'nan', 'null', 'NULL'];

/** What errors call a source that has no name. */
export function sourceName({ name = 'the CSV text' }: CsvOptions): string {
  return name;
}
