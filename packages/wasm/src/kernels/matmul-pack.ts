import type { FunctionBuilder, Local, Signature } from '../assembler/index.js';
import { advance } from './matmul-tile.js';

/** [k, panels, y, yStep, to]: bytes from one row of y (one k) to the next. */
export const packSignature: Signature = {
  params: ['i32', 'i32', 'i32', 'i32', 'i32'],
  results: [],
};

const VECTOR = 16;

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/**
 * Copies whole panels of y, whose columns lie side by side, to where a tile reads them in order: for each panel, for each
 * k, its columns.
 */
export function emitPack(f: FunctionBuilder, vectors: number): void {
  const [k, panels, y, yStep, to] = f.params as [Local, Local, Local, Local, Local];
  const from = f.local('i32');
  const left = f.local('i32');
  f.loop((nextPanel) => {
    f.get(y).set(from).get(k).set(left);
    f.loop((again) => {
      range(vectors).forEach((j) =>
        f
          .get(to)
          .get(from)
          .memory('v128.load', j * VECTOR)
          .memory('v128.store', j * VECTOR),
      );
      advance(f, from, yStep);
      advance(f, to, vectors * VECTOR);
      f.get(left).i32(-1).op('i32.add').tee(left);
      again();
    });
    advance(f, y, vectors * VECTOR);
    f.get(panels).i32(-1).op('i32.add').tee(panels);
    nextPanel();
  });
}

/** Exchanges rows and columns of four vectors. */
export function transpose4(f: FunctionBuilder, vectors: readonly Local[]): void {
  const [a, b, c, d] = vectors as [Local, Local, Local, Local];
  const [e, g] = [f.local('v128'), f.local('v128')];
  const zip = (x: Local, y: Local, high: boolean): FunctionBuilder =>
    f
      .get(x)
      .get(y)
      .shuffle(high ? [2, 6, 3, 7] : [0, 4, 1, 5]);
  zip(a, b, false).set(e);
  zip(c, d, false).set(g);
  zip(a, b, true).set(a);
  zip(c, d, true).set(c);
  f.get(a).get(c).shuffle([2, 3, 6, 7]).set(d);
  f.get(a).get(c).shuffle([0, 1, 4, 5]).set(c);
  f.get(e).get(g).shuffle([2, 3, 6, 7]).set(b);
  f.get(e).get(g).shuffle([0, 1, 4, 5]).set(a);
}

/** As `emitPack` for y transposed: `yStep` is the distance from one column to the next, and k lies side by side. */
export function emitPackTransposed(f: FunctionBuilder, vectors: number): void {
  const [k, panels, y, yStep, to] = f.params as [Local, Local, Local, Local, Local];
  const places = range(4).map(() => f.local('i32'));
  const square = range(4).map(() => f.local('v128'));
  const out = f.local('i32');
  const left = f.local('i32');
  const width = vectors * VECTOR;
  f.loop((nextPanel) => {
    for (let j = 0; j < vectors; j++) {
      places.forEach((place, i) => {
        f.get(i === 0 ? y : (places[i - 1] as Local));
        if (i > 0) f.get(yStep).op('i32.add');
        f.set(place);
      });
      f.get(places[3] as Local)
        .get(yStep)
        .op('i32.add')
        .set(y);
      f.get(to)
        .i32(j * VECTOR)
        .op('i32.add')
        .set(out);
      f.get(k).i32(2).op('i32.shr_u').tee(left);
      f.if(() =>
        f.loop((again) => {
          places.forEach((place, i) =>
            f
              .get(place)
              .memory('v128.load')
              .set(square[i] as Local),
          );
          transpose4(f, square);
          square.forEach((vector, i) =>
            f
              .get(out)
              .get(vector)
              .memory('v128.store', i * width),
          );
          places.forEach((place) => advance(f, place, VECTOR));
          advance(f, out, 4 * width);
          f.get(left).i32(-1).op('i32.add').tee(left);
          again();
        }),
      );
      f.get(k).i32(3).op('i32.and').tee(left);
      f.if(() =>
        f.loop((again) => {
          places.forEach((place, i) =>
            f
              .get(out)
              .get(place)
              .memory('f32.load')
              .memory('f32.store', i * 4),
          );
          places.forEach((place) => advance(f, place, 4));
          advance(f, out, width);
          f.get(left).i32(-1).op('i32.add').tee(left);
          again();
        }),
      );
    }
    f.get(to).get(k).i32(width).op('i32.mul').op('i32.add').set(to);
    f.get(panels).i32(-1).op('i32.add').tee(panels);
    nextPanel();
  });
}

/** [k, columns, y, bytes from one k to the next, bytes from one column to the next, to, bytes of a packed row] */
export const packEdgeSignature: Signature = {
  params: ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
  results: [],
};

/** The columns that do not fill a panel, number by number. What is behind them in a packed row is zero. */
export function emitPackEdge(f: FunctionBuilder): void {
  const [k, columns, y, yStep, yColumn, to, width] = f.params as [
    Local,
    Local,
    Local,
    Local,
    Local,
    Local,
    Local,
  ];
  const from = f.local('i32');
  const out = f.local('i32');
  const j = f.local('i32');
  f.get(to).i32(0).get(k).get(width).op('i32.mul').memoryFill();
  f.loop((nextRow) => {
    f.get(y).set(from).get(to).set(out).get(columns).set(j);
    f.loop((again) => {
      f.get(out).get(from).memory('f32.load').memory('f32.store');
      advance(f, out, 4);
      advance(f, from, yColumn);
      f.get(j).i32(-1).op('i32.add').tee(j);
      again();
    });
    advance(f, y, yStep);
    advance(f, to, width);
    f.get(k).i32(-1).op('i32.add').tee(k);
    nextRow();
  });
}

/** [from, table of its rows, to, table of its rows, rows, columns] */
export const copyRowsSignature: Signature = {
  params: ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
  results: [],
};

/** Copies a few numbers of each row: the part of a tile that exists. Rows are found through tables of distances. */
export function emitCopyRows(f: FunctionBuilder): void {
  const [from, fromRows, to, toRows, rows, columns] = f.params as [
    Local,
    Local,
    Local,
    Local,
    Local,
    Local,
  ];
  const source = f.local('i32');
  const target = f.local('i32');
  const j = f.local('i32');
  f.loop((nextRow) => {
    f.get(from).get(fromRows).memory('i32.load').op('i32.add').set(source);
    f.get(to).get(toRows).memory('i32.load').op('i32.add').set(target);
    f.get(columns).set(j);
    f.loop((again) => {
      f.get(target).get(source).memory('f32.load').memory('f32.store');
      advance(f, source, 4);
      advance(f, target, 4);
      f.get(j).i32(-1).op('i32.add').tee(j);
      again();
    });
    advance(f, fromRows, 4);
    advance(f, toRows, 4);
    f.get(rows).i32(-1).op('i32.add').tee(rows);
    nextRow();
  });
}
