import type { Local } from '../../assembler/index.js';
import { sizeOf } from '../access.js';
import type { ConvGeometry } from './conv-geometry.js';
import type { MatmulEmitter } from '../matmul/matmul-emitter.js';

/** Runs `body` for all points of a grid with the sum of their steps. */
export function emitGrid(
  e: MatmulEmitter,
  counts: readonly number[],
  steps: readonly (readonly number[])[],
  body: (sums: readonly Local[]) => void,
): void {
  const { f } = e;
  const level = (axis: number, sums: readonly Local[]): void => {
    if (axis === counts.length) {
      body(sums);
      return;
    }
    const i = f.local('i32');
    const next = sums.map((sum) => e.sum(sum));
    f.for(i, 0, counts[axis] as number, 1, () => {
      level(axis + 1, next);
      next.forEach((local, k) =>
        e.assign(local, local, [1, (steps[k] as readonly number[])[axis] as number]),
      );
    });
  };
  level(
    0,
    steps.map(() => f.local('i32')),
  );
}

/** Writes a table of where the windows of some images begin; with `rows`, only of the first window of each row of them. */
export function emitWindowTable(
  e: MatmulEmitter,
  geometry: ConvGeometry,
  images: number,
  table: Local,
  rows = false,
): void {
  const { f } = e;
  const { positions, positionBytes, imageBytes, extentBytes, isPadded } = geometry;
  const image = isPadded ? extentBytes : imageBytes;
  const cut = rows ? -1 : positions.length;
  const to = e.sum(table);
  emitGrid(
    e,
    [images, ...positions.slice(0, cut)],
    [[image, ...positionBytes.slice(0, cut)]],
    ([at]) => {
      f.get(to)
        .get(at as Local)
        .memory('i32.store');
      e.assign(to, to, [1, 4]);
    },
  );
}

/** Copies images into a scratch memory whose padding is zero already, or back from there. */
export function emitPaddedCopy(
  e: MatmulEmitter,
  { spatial, channels, axisBytes, imageBytes, extentBytes, inside }: ConvGeometry,
  images: number,
  image: Local,
  padded: Local,
  back = false,
): void {
  const { f } = e;
  const row = (spatial.at(-1) as number) * channels * 4;
  const outer = spatial.slice(0, -1);
  const own = outer.map((_, axis) => 4 * channels * sizeOf(spatial.slice(axis + 1)));
  emitGrid(
    e,
    [images, ...outer],
    [
      [imageBytes, ...own],
      [extentBytes, ...axisBytes.slice(0, -1)],
    ],
    ([plain, wide]) => {
      const there = (): void => e.pushSum(image, [plain as Local, 1]);
      const here = (): void => e.pushSum(padded, [wide as Local, 1], [1, inside]);
      for (const push of back ? [there, here] : [here, there]) push();
      f.i32(row).memoryCopy();
    },
  );
}
