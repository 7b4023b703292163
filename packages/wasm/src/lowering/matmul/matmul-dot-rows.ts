import type { ValueId } from '@gradus/tensor/backend';
import type { FunctionRef, Local } from '../../assembler/index.js';
import type { Epilogue } from '../../kernels/matmul-epilogue.js';
import type { KernelContext } from '../../program/kernel-plan.js';
import { kernelSignature } from '../../program/kernel-plan.js';
import { sizeOf } from '../access.js';
import { epilogueFunctions } from './matmul-blocked.js';
import type { MatmulTail } from './matmul-blocked.js';
import { MatmulEmitter } from './matmul-emitter.js';
import type { MatmulProblem } from './matmul-problem.js';

/** Up to so many rows inner products are cheaper than packing y, which is in the wrong order for tiles. */
const HIGHEST = 3;
/** Columns of a unit. */
const COLUMNS = 64;
const SCRATCH = 64;

/** Whether a product is computed as inner products: few rows, and a y whose columns are contiguous. */
export function fitsDotRows({ m, x, y }: MatmulProblem): boolean {
  const isContiguous = !x.transposed || (m === 1 && x.step === 1);
  return m <= HIGHEST && y.transposed && isContiguous;
}

/** A unit is some columns of one matrix. */
export function dotRowUnits({ n, batch }: MatmulProblem): number {
  return sizeOf(batch) * Math.ceil(n / COLUMNS);
}

/** Room for the vector that sums start from. */
export const dotRowScratch: number = SCRATCH;

/** Writes a kernel for few rows times contiguous columns: one inner product for each number of the result. */
export function emitDotRows(
  context: KernelContext,
  problem: MatmulProblem,
  z: ValueId,
  tail: MatmulTail,
): FunctionRef {
  const { m, n, k, x, y } = problem;
  const { bias, epilogue, mask } = tail;
  const f = context.module.function(kernelSignature);
  const e = new MatmulEmitter(context, f);
  const [begin, end, scratch] = f.params as [Local, Local, Local];
  const blocks = Math.ceil(n / COLUMNS);
  const number = f.local('f32');
  if (bias?.isNumber === true) f.i32(context.address(bias.value)).memory('f32.load').set(number);
  f.get(scratch).get(number).simd('f32x4.splat').memory('v128.store');
  const unit = f.local('i32');
  f.for(unit, begin, end, 1, () => {
    const column = f.local('i32');
    const group = f.local('i32');
    f.get(unit).i32(blocks).op('i32.div_u').set(group);
    e.assign(column, unit, [group, -blocks]);
    f.get(column).i32(COLUMNS).op('i32.mul').set(column);
    const { xBase, yBase } = e.operandBases(problem, group);
    const count = e.min(COLUMNS, () => e.pushSum(n, [column, -1]));
    const yHere = e.sum(yBase, [column, y.step * 4]);
    const zHere = e.sum(context.address(z), [column, 4], [group, m * n * 4]);
    const maskHere =
      mask === undefined ? zHere : e.sum(context.address(mask), [column, 1], [group, m * n]);
    const start =
      bias === undefined || bias.isNumber
        ? scratch
        : e.sum(context.address(bias.value), [column, 4]);
    for (let i = 0; i < m; i++) {
      const xRow = e.sum(xBase, [i, x.step * 4]);
      const zRow = e.sum(zHere, [i, n * 4]);
      e.call(
        'matmulDots',
        k,
        count,
        yHere,
        y.step * 4,
        xRow,
        zRow,
        start,
        start === scratch ? 0 : 4,
      );
      if (epilogue !== undefined)
        e.call(epilogueFunctions[epilogue as Epilogue], zRow, e.sum(maskHere, [i, n]), count);
    }
  });
  return f.ref;
}
