import type { FunctionBuilder, Local } from '../../assembler/index.js';
import type { KernelContext } from '../../program/kernel-plan.js';
import { loadLanes as pushLanes, storeLanes as writeLanes } from '../loops/vector-memory.js';
import type { MatmulTail } from './matmul-blocked.js';

/** Reads the first `width` numbers of a vector; what is behind them is not touched. */
export function loadLanes(
  f: FunctionBuilder,
  address: Local,
  width: number,
  offset: number,
  to: Local,
): void {
  pushLanes(f, 'float32', width, offset, () => f.get(address));
  f.set(to);
}

/** Writes the first `width` numbers of a vector. */
export function storeLanes(
  f: FunctionBuilder,
  address: Local,
  width: number,
  offset: number,
  from: Local,
): void {
  writeLanes(f, 'float32', width, offset, () => f.get(address), from);
}

/** Writes the tail of a product for one vector of a row. */
export class LaneTail {
  readonly #f: FunctionBuilder;
  readonly #tail: MatmulTail;
  readonly #zero: Local;
  readonly #ones: Local;
  readonly #off: Local;

  constructor(f: FunctionBuilder, tail: MatmulTail) {
    this.#f = f;
    this.#tail = tail;
    this.#zero = f.local('v128');
    this.#ones = f.local('v128');
    this.#off = f.local('v128');
    if (tail.epilogue === 'reluMask') f.i32(1).simd('i8x16.splat').set(this.#ones);
  }

  /** What each vector of columns starts from. */
  starts(context: KernelContext, widths: readonly number[]): Local[] {
    const f = this.#f;
    const { bias } = this.#tail;
    const locals = widths.map(() => f.local('v128'));
    if (bias === undefined) return locals;
    const at = f.local('i32');
    f.i32(context.address(bias.value)).set(at);
    widths.forEach((width, j) => {
      if (bias.isNumber)
        f.get(at)
          .memory('v128.load32_splat')
          .set(locals[j] as Local);
      else loadLanes(f, at, width, j * 16, locals[j] as Local);
    });
    return locals;
  }

  /** The vector at column `column` of a row, whose mask begins at `mask`. */
  apply(sum: Local, mask: Local, width: number, column: number): void {
    const f = this.#f;
    const { epilogue } = this.#tail;
    if (epilogue === undefined) return;
    const off = this.#off;
    if (epilogue === 'gate') {
      f.get(this.#zero).set(off);
      if (width === 4) f.get(mask).memory('v128.load32_zero', column).set(off);
      else
        for (let lane = 0; lane < width; lane++)
          f.get(mask)
            .get(off)
            .laneMemory('v128.load8_lane', lane, column + lane)
            .set(off);
      f.get(off)
        .simd('i16x8.extend_low_i8x16_u')
        .simd('i32x4.extend_low_i16x8_u')
        .get(this.#zero)
        .simd('i32x4.ne')
        .set(off);
    } else f.get(sum).get(this.#zero).simd('f32x4.le').set(off);
    f.get(sum).get(off).simd('v128.andnot').set(sum);
    if (epilogue !== 'reluMask') return;
    f.get(off).get(off).simd('i16x8.narrow_i32x4_s').get(off).simd('i8x16.narrow_i16x8_s');
    f.get(this.#ones).simd('v128.and').set(off);
    if (width === 4) f.get(mask).get(off).laneMemory('v128.store32_lane', 0, column);
    else
      for (let lane = 0; lane < width; lane++)
        f.get(mask)
          .get(off)
          .laneMemory('v128.store8_lane', lane, column + lane);
  }
}
