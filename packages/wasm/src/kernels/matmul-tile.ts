import type { FunctionBuilder, Local, Signature } from '../assembler/index.js';

/** How the numbers of one row of x are found. */
export type TileRows =
  /** Each row is a run of memory of its own: x as it is. */
  | 'rows'
  /** The rows of a tile lie side by side, and the next k is a step further: x transposed, or packed. */
  | 'columns';

/** Which tile it is. */
export interface TileShape {
  /** Rows of the tile, 1 to 6. */
  readonly rows: number;
  /** Vectors of four columns: 1, 2, 4 or 8. */
  readonly vectors: number;
  readonly order: TileRows;
  /** One rounding for multiply and add. */
  readonly fused: boolean;
}

/**
 * What a tile function takes; all addresses and distances in bytes.
 *
 *     for each panel of columns:
 *       z[zRows[i]] = start[startRows[i]] + sum over runs, over k in run: x(i, k) * y(k)
 *
 * Rows of x, of z and of the start are found through tables of distances, so one function multiplies matrices, gathers
 * windows of an image (convolution) and adds rows into an image (its gradient).
 */
export const tileSignature: Signature = {
  params: [
    // How many runs of k there are, how many k each has, and the table of what is added to the place in x after each.
    ...(['i32', 'i32', 'i32'] as const),
    // x, and the table of the distances of its rows ('rows') or the distance from one k to the next ('columns').
    ...(['i32', 'i32'] as const),
    // y, the distance from one k to the next, and the distance from one panel to the next.
    ...(['i32', 'i32', 'i32'] as const),
    // z and the table of its rows; the start and the table of its rows.
    ...(['i32', 'i32', 'i32', 'i32'] as const),
    // The table of distances in z from each panel to the next, and how many panels there are.
    ...(['i32', 'i32'] as const),
  ],
  results: [],
};

const BYTES = 4;
const VECTOR = 16;

/** acc = factor * y + acc. */
export function multiplyAdd(
  f: FunctionBuilder,
  fused: boolean,
  acc: Local,
  factor: Local,
  y: Local,
): void {
  if (fused) f.get(factor).get(y).get(acc).simd('f32x4.relaxed_madd').set(acc);
  else f.get(factor).get(y).simd('f32x4.mul').get(acc).simd('f32x4.add').set(acc);
}

/** `local += amount`. */
export function advance(f: FunctionBuilder, local: Local, amount: number | Local): void {
  f.get(local);
  if (typeof amount === 'number') f.i32(amount);
  else f.get(amount);
  f.op('i32.add').set(local);
}

/** Writes the body of a tile function with `tileSignature`. */
export function emitTile(f: FunctionBuilder, shape: TileShape): void {
  const { rows, vectors, order, fused } = shape;
  const [runs, run, runSteps, x, xRows, y, yStep, yPanel, z, zRows, start, startRows] =
    f.params as [
      Local,
      Local,
      Local,
      Local,
      Local,
      Local,
      Local,
      Local,
      Local,
      Local,
      Local,
      Local,
    ];
  const panelSteps = f.param(12);
  const panels = f.param(13);
  const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
  const acc = range(rows).map(() => range(vectors).map(() => f.local('v128')));
  const columns = range(vectors).map(() => f.local('v128'));
  const factor = f.local('v128');
  const places = range(order === 'rows' ? rows : 1).map(() => f.local('i32'));
  const at = f.local('i32');
  const left = f.local('i32');
  const runsLeft = f.local('i32');
  const runStep = f.local('i32');
  const row = f.local('i32');

  // One k in one turn: V8 turns pairs of vectors into wide ones just as well as with several, and spills less.
  const step = (): void => {
    const loadColumn = (j: number): void => {
      f.get(at)
        .memory('v128.load', j * VECTOR)
        .set(columns[j] as Local);
    };
    // One row needs each column once: loaded all before, they would not fit into registers.
    if (rows > 1) columns.forEach((_, j) => loadColumn(j));
    for (let i = 0; i < rows; i++) {
      if (order === 'rows') f.get(places[i] as Local).memory('v128.load32_splat');
      else f.get(places[0] as Local).memory('v128.load32_splat', i * BYTES);
      f.set(factor);
      for (let j = 0; j < vectors; j++) {
        if (rows === 1) loadColumn(j);
        multiplyAdd(f, fused, (acc[i] as Local[])[j] as Local, factor, columns[j] as Local);
      }
    }
    if (order === 'columns') advance(f, places[0] as Local, xRows);
    else places.forEach((place) => advance(f, place, BYTES));
    advance(f, at, yStep);
  };

  f.loop((nextPanel) => {
    for (let i = 0; i < rows; i++) {
      f.get(start)
        .get(startRows)
        .memory('i32.load', i * BYTES)
        .op('i32.add')
        .set(row);
      (acc[i] as Local[]).forEach((local, j) =>
        f
          .get(row)
          .memory('v128.load', j * VECTOR)
          .set(local),
      );
    }
    places.forEach((place, i) => {
      f.get(x);
      if (order === 'rows')
        f.get(xRows)
          .memory('i32.load', i * BYTES)
          .op('i32.add');
      f.set(place);
    });
    f.get(y).set(at).get(runs).set(runsLeft).get(runSteps).set(runStep);
    f.loop((nextRun) => {
      f.get(run).set(left);
      f.loop((again) => {
        step();
        f.get(left).i32(-1).op('i32.add').tee(left);
        again();
      });
      f.get(runStep).memory('i32.load').set(row);
      places.forEach((place) => advance(f, place, row));
      advance(f, runStep, BYTES);
      f.get(runsLeft).i32(-1).op('i32.add').tee(runsLeft);
      nextRun();
    });
    for (let i = 0; i < rows; i++) {
      f.get(z)
        .get(zRows)
        .memory('i32.load', i * BYTES)
        .op('i32.add')
        .set(row);
      (acc[i] as Local[]).forEach((local, j) =>
        f
          .get(row)
          .get(local)
          .memory('v128.store', j * VECTOR),
      );
    }
    advance(f, y, yPanel);
    f.get(panelSteps).memory('i32.load').set(row);
    advance(f, z, row);
    advance(f, start, row);
    advance(f, panelSteps, BYTES);
    f.get(panels).i32(-1).op('i32.add').tee(panels);
    nextPanel();
  });
}
