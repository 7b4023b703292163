import type { DType, ValueId } from '@gradus/tensor/backend';
import type { FunctionBuilder, Local } from '../../assembler/index.js';
import { mathIn } from '../../math/index.js';
import type { MathEmitter } from '../../math/index.js';
import { kernelSignature } from '../../program/kernel-plan.js';
import type { KernelContext } from '../../program/kernel-plan.js';
import { stridesAlong } from '../access.js';
import type { Access } from '../access.js';
import type { Loop, LoopOp, Operand } from './loop-op.js';
import { multiplyAdds } from './multiply-adds.js';
import type { Schedule } from './schedule.js';

/** Vectors that are worked on together, operation by operation: they fill the pipelines, and V8 may join them in pairs. */
const TOGETHER = 4;
/** In loops of more operations than this fewer vectors go together, so that they do not push each other out of registers. */
const MANY_OPERATIONS = 24;

/** Up to four neighbouring elements of a row: where they start, and which set of registers they use. */
export interface Lanes {
  readonly start: number;
  readonly count: number;
  readonly slot: number;
}

/** Where values between kernels of one loop go: results of the parts, and of whole rows. */
export interface Places {
  /** The value whose memory a result across rows is gathered in: the result itself, or its parts. */
  gathered(value: ValueId): ValueId;
  /** Elements of a result. */
  sizeOf(value: ValueId): number;
}

/** What all parts of a loop's code share: the function, where it is in its rows, and the registers of its values. */
export class LoopFrame {
  readonly context: KernelContext;
  readonly loop: Loop;
  readonly schedule: Schedule;
  readonly places: Places;
  readonly together: number;
  readonly f: FunctionBuilder;
  readonly math: MathEmitter;
  readonly unit: Local;
  /** The row under way, and the byte offset of its first 32-bit element. */
  readonly row: Local;
  readonly rowBytes: Local;
  /** Byte offset of the element under way within its row, and within everything. */
  readonly inner: Local;
  readonly at: Local;
  readonly registers: Map<string, Local> = new Map();
  readonly dtypes: Map<ValueId, DType> = new Map();
  /** Products that are not computed alone, by what adds them up: one instruction multiplies and adds. */
  readonly products: ReadonlyMap<LoopOp, LoopOp>;

  constructor(context: KernelContext, loop: Loop, schedule: Schedule, places: Places) {
    this.context = context;
    this.loop = loop;
    this.schedule = schedule;
    this.places = places;
    this.together = loop.ops.length > MANY_OPERATIONS ? TOGETHER / 2 : TOGETHER;
    const f = context.module.function(kernelSignature);
    this.f = f;
    this.math = mathIn(f, context.features);
    this.products = context.features.relaxed ? multiplyAdds(loop, schedule) : new Map();
    this.unit = f.local('i32');
    this.row = f.local('i32');
    this.rowBytes = f.local('i32');
    this.inner = f.local('i32');
    this.at = f.local('i32');
    for (const op of loop.ops) this.dtypes.set(op.output, op.dtype);
  }

  /** A byte offset among 32-bit elements as one among elements of `bytes` bytes. */
  scaled(local: Local, bytes: number): void {
    this.f.get(local);
    if (bytes === 1) this.f.i32(2).op('i32.shr_u');
  }

  pushConstant({ dtype, number }: Extract<Operand, { kind: 'constant' }>): void {
    const local =
      dtype === 'float32'
        ? this.math.constant(number)
        : this.math.constantBits(dtype === 'bool' ? -Number(number !== 0) : number);
    this.f.get(local);
  }

  /** Byte offset of a row, from strides along the dimensions outside of the row, innermost first. */
  pushRowOffset(outer: readonly number[], bytes: number): void {
    const f = this.f;
    const lengths = this.schedule.outer;
    let isFirst = true;
    let product = 1;
    lengths.forEach((length, dimension) => {
      const stride = outer[dimension] as number;
      const start = product;
      product *= length;
      if (stride === 0) return;
      f.get(this.row);
      if (start > 1) f.i32(start).op('i32.div_u');
      if (dimension < lengths.length - 1) f.i32(length).op('i32.rem_u');
      f.i32(stride * bytes).op('i32.mul');
      if (!isFirst) f.op('i32.add');
      isFirst = false;
    });
    if (isFirst) f.i32(0);
  }

  register(value: ValueId, slot: number): Local {
    return this.#named(`${value} ${slot}`);
  }

  rowRegister(value: ValueId): Local {
    return this.#named(`${value} row`);
  }

  #named(key: string): Local {
    const known = this.registers.get(key);
    if (known !== undefined) return known;
    const local = this.f.local('v128');
    this.registers.set(key, local);
    return local;
  }

  strides(access: Access): readonly number[] {
    if (this.schedule.isFlat) return [access.segments[0]?.stride ?? 1];
    return stridesAlong(access, this.loop.boundaries);
  }

  /** Whether an access visits memory in the order of the loop. */
  isWhole({ segments }: Access): boolean {
    return segments.length === 1 && (segments[0]?.stride === 1 || this.loop.size === 1);
  }
}
