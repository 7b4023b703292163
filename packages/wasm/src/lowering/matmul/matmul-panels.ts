/** Columns that one tile computes at a time. `used` is less than `columns` only at the right edge of a matrix. */
export interface Panel {
  /** First column. */
  readonly at: number;
  readonly columns: number;
  readonly used: number;
}

/** How columns are cut: first as many whole panels as fit, then narrower ones. */
export interface Panels {
  readonly columns: number;
  readonly whole: number;
  readonly tails: readonly Panel[];
  /** Columns of all panels, with those that do not exist. */
  readonly padded: number;
}

/** Panels narrower than the widest: one that is three quarters full is not worth splitting. */
function tailsOf(at: number, left: number, widest: number): Panel[] {
  if (left === 0) return [];
  let columns = 4;
  while (columns < left) columns *= 2;
  if (columns === 4 || left > (columns * 3) / 4 || columns > widest)
    return [{ at, columns: Math.min(columns, widest), used: left }];
  const half = columns / 2;
  return [{ at, columns: half, used: half }, ...tailsOf(at + half, left - half, widest)];
}

/** Cuts n columns into panels of at most `columns`. */
export function panelsOf(n: number, columns: number): Panels {
  const whole = Math.floor(n / columns);
  const tails = tailsOf(whole * columns, n - whole * columns, columns);
  return {
    columns,
    whole,
    tails,
    padded: whole * columns + tails.reduce((sum, tail) => sum + tail.columns, 0),
  };
}

/** Rows cut into tiles of nearly the same height: the first `larger` ones have `rows + 1`, the others `rows`. */
export interface RowTiles {
  readonly tiles: number;
  readonly rows: number;
  readonly larger: number;
}

/** Cuts m rows into tiles of at most `highest`. */
export function rowTilesOf(m: number, highest: number): RowTiles {
  const tiles = Math.ceil(m / highest);
  return { tiles, rows: Math.floor(m / tiles), larger: m % tiles };
}
