import type { ValueId } from '@gradus/tensor/backend';
import type { FunctionRef, Local } from '../../assembler/index.js';
import { advance, multiplyAdd } from '../../kernels/matmul-tile.js';
import type { KernelContext } from '../../program/kernel-plan.js';
import { kernelSignature } from '../../program/kernel-plan.js';
import type { MatmulTail } from './matmul-blocked.js';
import { MatmulEmitter } from './matmul-emitter.js';
import { LaneTail, loadLanes, storeLanes } from './matmul-lanes.js';
import type { MatmulProblem } from './matmul-problem.js';

/** Columns and k up to which y is kept in registers, and sums up to which all of z is. */
const FEW = 16;
const MOST_VECTORS = 16;
const MOST_SUMS = 12;
/** Rows of a unit. */
const ROWS = 512;
/** Sums of so many rows at a time. */
const ROWS_IN_FLIGHT = 4;
/** So many sums hide how long a multiplication takes. */
const SUMS_IN_FLIGHT = 8;

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** Columns in vectors of four; the last one may have less. */
function widthsOf(n: number): number[] {
  return range(Math.ceil(n / 4)).map((j) => Math.min(4, n - j * 4));
}

/** Whether y fits into registers while the rows of x go by. */
export function fitsRowStream({ m, n, k, x, batch }: MatmulProblem): boolean {
  const isContiguous = !x.transposed || (m === 1 && x.step === 1);
  return (
    batch.length === 0 &&
    isContiguous &&
    n <= FEW &&
    k <= FEW &&
    k * Math.ceil(n / 4) <= MOST_VECTORS
  );
}

/** A unit is some rows of the result. */
export function rowStreamUnits({ m }: MatmulProblem): number {
  return Math.ceil(m / ROWS);
}

/** Writes a kernel for a small y: it is read once, then each row of x becomes a row of z. */
export function emitRowStream(
  context: KernelContext,
  { m, n, k, x, y }: MatmulProblem,
  z: ValueId,
  tail: MatmulTail,
): FunctionRef {
  const f = context.module.function(kernelSignature);
  const e = new MatmulEmitter(context, f);
  const fused = context.features.relaxed;
  const [begin, end] = f.params as [Local, Local];
  const widths = widthsOf(n);
  const after = new LaneTail(f, tail);
  const starts = after.starts(context, widths);
  const yAt = e.sum(context.address(y.value));
  const factors = range(k).map((p) =>
    widths.map((width, j) => {
      const local = f.local('v128');
      if (!y.transposed) loadLanes(f, yAt, width, (p * y.step + j * 4) * 4, local);
      else
        for (let lane = 0; lane < width; lane++)
          f.get(yAt)
            .get(local)
            .laneMemory('v128.load32_lane', lane, ((j * 4 + lane) * y.step + p) * 4)
            .set(local);
      return local;
    }),
  );
  const left = e.min(m, () => e.pushSum(0, [end, ROWS]));
  e.assign(left, left, [begin, -ROWS]);
  const xAt = e.sum(context.address(x.value), [begin, ROWS * x.step * 4]);
  const zAt = e.sum(context.address(z), [begin, ROWS * n * 4]);
  const maskAt = e.sum(tail.mask === undefined ? 0 : context.address(tail.mask), [begin, ROWS * n]);
  const factor = f.local('v128');
  const together = Math.min(m, Math.max(1, Math.floor(ROWS_IN_FLIGHT / widths.length)));
  const sums = range(together).map(() => widths.map(() => f.local('v128')));
  const turns = (count: Local, rows: number): void => {
    f.get(count).if(() =>
      f.loop((again) => {
        for (let p = 0; p < k; p++)
          for (const [i, row] of sums.slice(0, rows).entries()) {
            f.get(xAt)
              .memory('v128.load32_splat', (i * x.step + p) * 4)
              .set(factor);
            row.forEach((sum, j) => {
              if (p === 0) f.get(starts[j] as Local).set(sum);
              multiplyAdd(f, fused, sum, factor, (factors[p] as Local[])[j] as Local);
            });
          }
        for (const [i, row] of sums.slice(0, rows).entries())
          widths.forEach((width, j) => {
            after.apply(row[j] as Local, maskAt, width, i * n + j * 4);
            storeLanes(f, zAt, width, (i * n + j * 4) * 4, row[j] as Local);
          });
        advance(f, xAt, rows * x.step * 4);
        advance(f, zAt, rows * n * 4);
        if (tail.mask !== undefined) advance(f, maskAt, rows * n);
        f.get(count).i32(-1).op('i32.add').tee(count);
        again();
      }),
    );
  };
  const whole = f.local('i32');
  f.get(left).i32(together).op('i32.div_u').set(whole);
  e.assign(left, left, [whole, -together]);
  turns(whole, together);
  if (together > 1) turns(left, 1);
  return f.ref;
}

/** Whether all of z fits into registers while k goes by. */
export function fitsSums({ m, n, y, batch }: MatmulProblem): boolean {
  return batch.length === 0 && !y.transposed && n <= FEW && m * Math.ceil(n / 4) <= MOST_SUMS;
}

/** Writes a kernel for a small z: for each k, every number of x meets the row of y. Several k at a time have sums of their own. */
export function emitSums(
  context: KernelContext,
  { m, n, k, x, y }: MatmulProblem,
  z: ValueId,
  tail: MatmulTail,
): FunctionRef {
  const f = context.module.function(kernelSignature);
  const e = new MatmulEmitter(context, f);
  const fused = context.features.relaxed;
  const widths = widthsOf(n);
  const after = new LaneTail(f, tail);
  const [rowBytes, stepBytes] = x.transposed ? [4, x.step * 4] : [x.step * 4, 4];
  const together = Math.min(k, Math.ceil(SUMS_IN_FLIGHT / (m * widths.length)));
  const sums = range(together).map(() => range(m).map(() => widths.map(() => f.local('v128'))));
  const factor = f.local('v128');
  const columns = widths.map(() => f.local('v128'));
  const xAt = e.sum(context.address(x.value));
  const yAt = e.sum(context.address(y.value));
  const step = (u: number): void => {
    widths.forEach((width, j) =>
      loadLanes(f, yAt, width, (u * y.step + j * 4) * 4, columns[j] as Local),
    );
    for (let i = 0; i < m; i++) {
      f.get(xAt)
        .memory('v128.load32_splat', u * stepBytes + i * rowBytes)
        .set(factor);
      widths.forEach((_, j) => {
        const row = (sums[u] as Local[][])[i] as Local[];
        multiplyAdd(f, fused, row[j] as Local, factor, columns[j] as Local);
      });
    }
  };
  const turns = Math.floor(k / together);
  const left = f.local('i32');
  f.for(left, 0, turns, 1, () => {
    for (let u = 0; u < together; u++) step(u);
    advance(f, xAt, together * stepBytes);
    advance(f, yAt, together * y.step * 4);
  });
  for (let u = 0; u < k - turns * together; u++) step(u);
  const starts = after.starts(context, widths);
  const zAt = e.sum(context.address(z));
  const mask = e.sum(tail.mask === undefined ? 0 : context.address(tail.mask));
  for (let i = 0; i < m; i++)
    widths.forEach((width, j) => {
      const sum = ((sums[0] as Local[][])[i] as Local[])[j] as Local;
      for (let u = 1; u < together; u++)
        f.get(sum)
          .get(((sums[u] as Local[][])[i] as Local[])[j] as Local)
          .simd('f32x4.add')
          .set(sum);
      if (tail.bias !== undefined)
        f.get(sum)
          .get(starts[j] as Local)
          .simd('f32x4.add')
          .set(sum);
      after.apply(sum, mask, width, i * n + j * 4);
      storeLanes(f, zAt, width, (i * n + j * 4) * 4, sum);
    });
  return f.ref;
}
