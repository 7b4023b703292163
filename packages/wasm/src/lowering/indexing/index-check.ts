import type { FunctionBuilder } from '../../assembler/index.js';
import { operationCode, statusWords } from '../../program/status.js';
import type { IndexOperation } from '../../program/status.js';

/** What indices are checked against, and where it is reported. */
export interface IndexCheck {
  readonly operation: IndexOperation;
  /** Byte address of the indices, how many there are, and how many elements their axis has. */
  readonly indices: number;
  readonly count: number;
  readonly size: number;
  readonly status: number;
}

/**
 * Reports the first index that does not exist. Only the thread that has unit 0 looks, so that the report does not depend
 * on the number of threads.
 */
export function emitIndexCheck(f: FunctionBuilder, check: IndexCheck): void {
  const { operation, indices, count, size, status } = check;
  const at = f.local('i32');
  const index = f.local('i32');
  const wrong = f.local('v128');
  const limit = f.hoistedSplat(size);
  const report = (): void => {
    f.for(at, 0, count, 1, () => {
      f.get(at).i32(2).op('i32.shl').memory('i32.load', indices).tee(index);
      f.i32(size).op('i32.ge_u').i32(status).memory('i32.load').op('i32.eqz').op('i32.and');
      f.if(() => {
        f.i32(status)
          .get(index)
          .memory('i32.store', 4 * statusWords.index);
        f.i32(status)
          .i32(size)
          .memory('i32.store', 4 * statusWords.size);
        f.i32(status)
          .i32(operationCode(operation))
          .memory('i32.store', 4 * statusWords.operation);
        f.i32(status)
          .get(at)
          .i32(1)
          .op('i32.add')
          .memory('i32.store', 4 * statusWords.position);
      });
    });
  };
  f.get(f.param(0))
    .op('i32.eqz')
    .if(() => {
      const whole = count - (count % 4);
      f.for(at, 0, whole * 4, 16, () => {
        f.get(at).memory('v128.load', indices).get(limit).simd('i32x4.ge_u');
        f.get(wrong).simd('v128.or').set(wrong);
      });
      f.get(wrong).simd('v128.any_true');
      for (let i = whole; i < count; i++)
        f.i32(indices)
          .memory('i32.load', 4 * i)
          .i32(size)
          .op('i32.ge_u')
          .op('i32.or');
      f.if(report);
    });
}
