import type { DType } from '@gradus/tensor/backend';
import type { FunctionRef, Local } from '../../assembler/index.js';
import { clamp } from '../../math/index.js';
import type { KernelContext } from '../../program/kernel-plan.js';
import { emitOp } from './emit-op.js';
import { Gatherer } from './gatherer.js';
import { LoopFrame } from './loop-frame.js';
import type { Lanes, Places } from './loop-frame.js';
import type { Loop, LoopOp, Operand } from './loop-op.js';
import { OperandReader } from './operand-reader.js';
import { ResultWriter } from './result-writer.js';
import type { Pass, Schedule } from './schedule.js';

/** The largest float32. */
const LARGEST = 3.4028234663852886e38;

/** Writes the function of one fused loop: units, rows, passes over a row, and the operations of a pass. */
export class LoopEmitter {
  readonly #frame: LoopFrame;
  readonly #reader: OperandReader;
  readonly #writer: ResultWriter;
  readonly #gatherer: Gatherer;
  readonly #reciprocals = new Map<LoopOp, Local>();
  readonly #absorbed: ReadonlySet<LoopOp>;

  constructor(context: KernelContext, loop: Loop, schedule: Schedule, places: Places) {
    this.#frame = new LoopFrame(context, loop, schedule, places);
    this.#reader = new OperandReader(this.#frame);
    this.#writer = new ResultWriter(this.#frame);
    this.#gatherer = new Gatherer(this.#frame, this.#reader);
    this.#absorbed = new Set(this.#frame.products.values());
  }

  emit(): FunctionRef {
    const f = this.#frame.f;
    const [begin, end] = [f.param(0), f.param(1)];
    this.#reader.preloadForAll();
    f.get(begin).set(this.#frame.unit);
    f.for(this.#frame.unit, begin, end, 1, () => {
      this.#gatherer.beginAcross('unit');
      if (this.#frame.schedule.isFlat) this.#flatUnit();
      else this.#unitOfRows();
      this.#gatherer.endAcross('unit');
    });
    return f.ref;
  }

  #unitOfRows(): void {
    const f = this.#frame.f;
    const { rows, rowsPerUnit, length } = this.#frame.schedule;
    const first = f.local('i32');
    const last = f.local('i32');
    f.get(this.#frame.unit).i32(rowsPerUnit).op('i32.mul').set(first);
    f.get(first).i32(rowsPerUnit).op('i32.add').set(last).atMost(last, rows);
    f.for(this.#frame.row, first, last, 1, () => {
      f.get(this.#frame.row)
        .i32(length * 4)
        .op('i32.mul')
        .set(this.#frame.rowBytes);
      this.#reader.beginRow();
      this.#gatherer.beginAcross('row');
      for (const op of this.#frame.schedule.before) this.#rowOp(op);
      this.#frame.schedule.passes.forEach((pass, index) => {
        if (this.#frame.schedule.isUnrolled) this.#unrolledPass(pass, index);
        else this.#loopedPass(pass, index);
        for (const op of pass.row) this.#rowOp(op);
      });
      this.#gatherer.endAcross('row');
    });
  }

  /** One pass in which the vectors of the row are written out, with registers for each. */
  #unrolledPass(pass: Pass, index: number): void {
    if (pass.elements.length === 0) return;
    const { length } = this.#frame.schedule;
    const vectors: Lanes[] = [];
    for (let start = 0; start < length; start += 4)
      vectors.push({ start, count: Math.min(4, length - start), slot: start / 4 });
    this.#beginPass(pass, 1);
    this.#frame.f.get(this.#frame.rowBytes).set(this.#frame.at);
    this.#frame.f.i32(0).set(this.#frame.inner);
    this.#body(pass, index, vectors);
    this.#endPass(pass, 1);
  }

  #loopedPass(pass: Pass, index: number): void {
    if (pass.elements.length === 0) return;
    const f = this.#frame.f;
    const { length } = this.#frame.schedule;
    const whole = length - (length % 4);
    const together = whole - (whole % (4 * this.#frame.together));
    this.#beginPass(pass, this.#frame.together);
    const slots = Array.from({ length: this.#frame.together }, (_, slot): Lanes => ({
      start: slot * 4,
      count: 4,
      slot,
    }));
    f.for(this.#frame.inner, 0, together * 4, 16 * this.#frame.together, () => {
      f.get(this.#frame.rowBytes).get(this.#frame.inner).op('i32.add').set(this.#frame.at);
      this.#body(pass, index, slots);
    });
    for (let start = together; start < length; start += 4) {
      f.i32(start * 4).set(this.#frame.inner);
      f.get(this.#frame.rowBytes).get(this.#frame.inner).op('i32.add').set(this.#frame.at);
      this.#body(pass, index, [{ start: 0, count: Math.min(4, length - start), slot: 0 }]);
    }
    this.#endPass(pass, this.#frame.together);
  }

  /** A unit of a loop without rows: a stretch of elements, of which the last may end between vectors. */
  #flatUnit(): void {
    const f = this.#frame.f;
    const { length, rowsPerUnit, units } = this.#frame.schedule;
    const [pass] = this.#frame.schedule.passes as readonly [Pass];
    const whole = length - (length % 4);
    const first = f.local('i32');
    const last = f.local('i32');
    this.#beginPass(pass, this.#frame.together);
    f.get(this.#frame.unit)
      .i32(rowsPerUnit * 4)
      .op('i32.mul')
      .set(first);
    f.get(first)
      .i32(rowsPerUnit * 4)
      .op('i32.add')
      .set(last)
      .atMost(last, whole * 4);
    const slots = Array.from({ length: this.#frame.together }, (_, slot): Lanes => ({
      start: slot * 4,
      count: 4,
      slot,
    }));
    const step = 16 * this.#frame.together;
    const paired = f.local('i32');
    f.get(last)
      .get(last)
      .get(first)
      .op('i32.sub')
      .i32(step - 1)
      .op('i32.and')
      .op('i32.sub')
      .set(paired);
    f.for(this.#frame.at, first, paired, step, () => {
      f.get(this.#frame.at).set(this.#frame.inner);
      this.#body(pass, 0, slots);
    });
    f.get(paired).set(first);
    const single = [slots[0] as Lanes];
    f.for(this.#frame.at, first, last, 16, () => {
      f.get(this.#frame.at).set(this.#frame.inner);
      this.#body(pass, 0, single);
    });
    if (whole < length) {
      f.get(this.#frame.unit)
        .i32(units - 1)
        .op('i32.eq');
      f.if(() => {
        f.i32(whole * 4)
          .tee(this.#frame.at)
          .set(this.#frame.inner);
        this.#body(pass, 0, [{ start: 0, count: length - whole, slot: 0 }]);
      });
    }
    this.#endPass(pass, this.#frame.together);
  }

  /** The operations of a pass on some vectors, then what they leave in memory. */
  #body(pass: Pass, index: number, vectors: readonly Lanes[]): void {
    const f = this.#frame.f;
    this.#reader.beginVectors();
    for (const op of pass.elements) {
      if (this.#absorbed.has(op)) continue;
      for (const lanes of vectors) {
        if (op.kind === 'map') {
          const target = this.#frame.register(op.output, lanes.slot);
          this.#operation(op, (operand) => this.#reader.pushElement(operand, index, lanes));
          f.set(target);
        } else if (op.kind === 'reduceRow') this.#gatherer.accumulateRow(op, lanes, index);
        else this.#gatherer.accumulateAcross(op, lanes, index);
      }
    }
    for (const op of pass.elements) if (op.kind === 'map') this.#writer.storeElements(op, vectors);
  }

  /** One operation, its operands put on the stack by `push`. */
  #operation(op: LoopOp, push: (operand: Operand) => void): void {
    // The condition of a select is truth; what it chooses from says what it works on.
    const typed = op.name === 'select' ? op.operands[1] : op.operands[0];
    const reciprocal = this.#reciprocals.get(op);
    if (reciprocal !== undefined) {
      push(op.operands[0] as Operand);
      this.#frame.f.get(reciprocal).simd('f32x4.mul');
      return;
    }
    const product = this.#frame.products.get(op);
    if (product !== undefined) {
      const [first, second] = op.operands as readonly [Operand, Operand];
      const isFirst = first.kind === 'own' && first.value === product.output;
      product.operands.forEach(push);
      push(isFirst ? second : first);
      // x y + z, or z - x y.
      this.#frame.f.simd(op.name === 'add' ? 'f32x4.relaxed_madd' : 'f32x4.relaxed_nmadd');
      return;
    }
    emitOp(
      this.#frame.math,
      op.name,
      this.#dtypeOf(typed as Operand),
      op.dtype,
      op.operands.map((operand) => () => push(operand)),
    );
  }

  /** One division per row instead of one per element, where all of the row is divided by the same number. */
  #divideOncePerRow(pass: Pass): void {
    const f = this.#frame.f;
    for (const op of pass.elements) {
      const divisor = op.operands[1];
      if (op.name !== 'div' || divisor?.kind !== 'own') continue;
      const row = this.#frame.registers.get(`${divisor.value} row`);
      if (row === undefined || this.#frame.schedule.length < 8) continue;
      const reciprocal = this.#reciprocals.get(op) ?? f.local('v128');
      const { math } = this.#frame;
      f.get(math.constant(1)).get(row).simd('f32x4.div').tee(reciprocal);
      // The reciprocal of a number below 2.9e-39 is no number, and infinity times 0 is NaN: it counts as 2.9e-39.
      f.get(reciprocal);
      clamp(math, -LARGEST, LARGEST);
      f.get(row).get(math.constant(0)).simd('f32x4.eq').simd('v128.bitselect').set(reciprocal);
      this.#reciprocals.set(op, reciprocal);
    }
  }

  #dtypeOf(operand: Operand): DType {
    return operand.kind === 'own'
      ? (this.#frame.dtypes.get(operand.value) as DType)
      : operand.dtype;
  }

  #rowOp(op: LoopOp): void {
    if (op.kind !== 'map') {
      this.#gatherer.accumulateRowAcross(op);
      return;
    }
    this.#operation(op, (operand) => this.#reader.pushRow(operand));
    this.#frame.f.set(this.#frame.rowRegister(op.output));
    this.#writer.storeRow(op.output, op.dtype);
  }

  #beginPass(pass: Pass, slots: number): void {
    this.#divideOncePerRow(pass);
    for (const op of pass.elements) if (op.kind === 'reduceRow') this.#gatherer.startRow(op, slots);
  }

  #endPass(pass: Pass, slots: number): void {
    for (const op of pass.elements) {
      if (op.kind !== 'reduceRow') continue;
      this.#gatherer.endRow(op, slots);
      this.#writer.storeRow(op.output, op.dtype);
    }
  }
}
