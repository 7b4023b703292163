import { ValueError, unknownName } from '@gradus/tensor';

/** A value of a table; null, undefined, NaN and empty text are missing. */
export type Cell = number | string | boolean | bigint | null | undefined;

/** Any table that can name its columns and hand them out; the tables of @gradus/io are such. */
export interface TableLike {
  readonly columns: readonly string[];
  column(name: string): ArrayLike<Cell>;
  /** Rows of a column without a value, where the table knows better than by looking at the cell. */
  missing?(name: string): { readonly rows: readonly number[] };
}

/** A table, or its columns as arrays by name. */
export type TableSource = TableLike | Readonly<Record<string, ArrayLike<Cell>>>;

/** A column read for learning: all numbers (NaN where missing), or all text (undefined where missing). */
export type TableColumn =
  | { readonly kind: 'number'; readonly name: string; readonly values: Float64Array }
  | {
      readonly kind: 'text';
      readonly name: string;
      readonly values: readonly (string | undefined)[];
    };

function isMissing(cell: Cell): cell is null | undefined {
  return (
    cell === null ||
    cell === undefined ||
    cell !== cell ||
    (typeof cell === 'string' && cell.trim() === '')
  );
}

/** A table over a record of arrays; a table is left as it is. */
export function tableFrom(source: TableSource): TableLike {
  if (isTable(source)) return source;
  return {
    columns: Object.keys(source),
    column: (name) => {
      const found = source[name];
      if (found === undefined) throw unknownName('column', name, Object.keys(source));
      return found;
    },
  };
}

function isTable(source: TableSource): source is TableLike {
  return typeof source.column === 'function';
}

/**
 * Reads a column. It is text as soon as one of its cells is text, unless `kind` says what an earlier table had.
 *
 * @throws NameError for an unknown column; ValueError for text where numbers were fitted, or for an infinite number.
 */
export function readTableColumn(
  table: TableLike,
  name: string,
  kind?: 'number' | 'text',
): TableColumn {
  if (!table.columns.includes(name)) throw unknownName('column', name, table.columns);
  const cells = table.column(name);
  const absent = new Set(table.missing?.(name).rows ?? []);
  const at = (row: number): Cell => {
    const cell = cells[row];
    return absent.has(row) || isMissing(cell) ? undefined : cell;
  };
  const list = Array.from({ length: cells.length }, (_, row) => at(row));
  if (kind === 'text' || (kind === undefined && list.some((cell) => typeof cell === 'string')))
    return {
      kind: 'text',
      name,
      values: list.map((cell) => (cell === undefined ? undefined : String(cell))),
    };
  const values = Float64Array.from(list, (cell, row) => {
    if (cell === undefined) return NaN;
    const value = Number(cell);
    if (Number.isFinite(value)) return value;
    throw new ValueError('data/cell', `Column '${name}' should hold finite numbers.`, {
      got: `'${String(cell)}' in row ${row} (counted from 0)`,
      expected: 'a finite number, or nothing',
      fix:
        typeof cell === 'string'
          ? 'correct the cell, or leave it empty'
          : 'leave the cell empty: then it counts as missing',
    });
  });
  return { kind: 'number', name, values };
}

export function isAbsent(column: TableColumn, row: number): boolean {
  return column.kind === 'number'
    ? Number.isNaN(column.values[row])
    : column.values[row] === undefined;
}

/** Number of rows of a table, read from its first column. */
export function tableRows(table: TableLike): number {
  const [first] = table.columns;
  return first === undefined ? 0 : table.column(first).length;
}
