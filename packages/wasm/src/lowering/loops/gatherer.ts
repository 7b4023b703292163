import type { ValueId } from '@gradus/tensor/backend';
import type { Local } from '../../assembler/index.js';
import type { Access } from '../access.js';
import { emitCombine, neutralBits } from './emit-op.js';
import type { Lanes, LoopFrame } from './loop-frame.js';
import type { LoopOp, Operand } from './loop-op.js';
import type { OperandReader } from './operand-reader.js';
import { acrossLanes, loadLanes, loadSplat, storeLanes } from './vector-memory.js';

const isTotal = ({ segments }: Access): boolean =>
  segments.every(({ stride, length }) => stride === 0 || length === 1);

/** Reduces: along rows in registers, across rows in registers where they suffice, else in memory. */
export class Gatherer {
  readonly #frame: LoopFrame;
  readonly #reader: OperandReader;
  readonly #accumulators = new Map<string, Local>();
  readonly #partBases = new Map<ValueId, Local>();
  /** Where results across rows gather, for the row under way. */
  readonly #targets = new Map<ValueId, Local>();

  constructor(frame: LoopFrame, reader: OperandReader) {
    this.#frame = frame;
    this.#reader = reader;
  }

  /** Takes the elements of a vector into the reduction along their row. */
  accumulateRow(op: LoopOp, lanes: Lanes, pass: number): void {
    this.#accumulate(op, `row ${op.output} ${this.#slotOf(lanes)}`, lanes, pass);
  }

  startRow(op: LoopOp, slots: number): void {
    this.#startAccumulators(op, `row ${op.output}`, slots);
  }

  /** Leaves the reduction of the row in its register. */
  endRow(op: LoopOp, slots: number): void {
    this.#pushAccumulated(op, `row ${op.output}`, slots);
    this.#frame.f.set(this.#frame.rowRegister(op.output));
  }

  /** Takes a value of the whole row into a result across rows. */
  accumulateRowAcross(op: LoopOp): void {
    const { f } = this.#frame;
    if (isTotal(op.target as Access)) {
      const accumulator = this.#accumulator(`across ${op.output} 0`);
      f.get(accumulator);
      this.#reader.pushRow(op.operands[0] as Operand);
      emitCombine(f, op.name, op.dtype);
      f.set(accumulator);
      return;
    }
    const pointer = this.#targetPointer(op);
    const value = f.local('v128');
    loadSplat(f, op.dtype, 0, () => f.get(pointer));
    this.#reader.pushRow(op.operands[0] as Operand);
    emitCombine(f, op.name, op.dtype);
    f.set(value);
    storeLanes(f, op.dtype, 1, 0, () => f.get(pointer), value);
  }

  #slotOf({ slot }: Lanes): number {
    return this.#frame.schedule.isUnrolled && !this.#frame.schedule.isFlat ? 0 : slot;
  }

  /** Takes the elements of a vector into an accumulator; lanes that are not there count as nothing. */
  #accumulate(op: LoopOp, name: string, lanes: Lanes, pass: number): void {
    const f = this.#frame.f;
    const accumulator = this.#accumulator(name);
    const isExtreme = this.#tracksNaN(op);
    const product = this.#frame.products.get(op);
    if (product !== undefined && lanes.count === 4) {
      for (const operand of product.operands) this.#reader.pushElement(operand, pass, lanes);
      f.get(accumulator).simd('f32x4.relaxed_madd').set(accumulator);
      return;
    }
    if (!isExtreme) f.get(accumulator);
    if (product === undefined) this.#reader.pushElement(op.operands[0] as Operand, pass, lanes);
    else {
      for (const operand of product.operands) this.#reader.pushElement(operand, pass, lanes);
      f.simd('f32x4.mul');
    }
    if (lanes.count < 4) {
      f.get(f.hoistedSplat(neutralBits(op.name, op.dtype)));
      const present = (lane: number): number => (lane < lanes.count ? -1 : 0);
      f.get(f.hoisted([present(0), present(1), present(2), present(3)]));
      f.simd('v128.bitselect');
    }
    if (isExtreme) {
      // f32x4.max keeps NaN but takes many instructions: the fast one and a note of what was no number take three.
      const value = f.local('v128');
      const wrong = this.#accumulator(`wrong ${name}`);
      f.tee(value)
        .get(accumulator)
        .simd(op.name === 'max' ? 'f32x4.pmax' : 'f32x4.pmin');
      f.set(accumulator);
      f.get(value).get(value).simd('f32x4.ne').get(wrong).simd('v128.or').set(wrong);
      return;
    }
    emitCombine(f, op.name, op.dtype);
    f.set(accumulator);
  }

  #tracksNaN({ name, dtype }: LoopOp): boolean {
    return dtype === 'float32' && (name === 'max' || name === 'min');
  }

  #startAccumulators(op: LoopOp, name: string, slots: number): void {
    const f = this.#frame.f;
    for (let slot = 0; slot < slots; slot++) {
      f.get(f.hoistedSplat(neutralBits(op.name, op.dtype)));
      f.set(this.#accumulator(`${name} ${slot}`));
      if (this.#tracksNaN(op))
        f.get(f.hoistedSplat(0)).set(this.#accumulator(`wrong ${name} ${slot}`));
    }
  }

  /** Puts what all lanes of all accumulators give together on the stack, in every lane. */
  #pushAccumulated(op: LoopOp, name: string, slots: number): void {
    const f = this.#frame.f;
    for (let slot = 0; slot < slots; slot++) {
      f.get(this.#accumulator(`${name} ${slot}`));
      // All bits set is a NaN.
      if (this.#tracksNaN(op)) f.get(this.#accumulator(`wrong ${name} ${slot}`)).simd('v128.or');
      if (slot > 0) emitCombine(f, op.name, op.dtype);
    }
    acrossLanes(f, () => emitCombine(f, op.name, op.dtype));
  }

  accumulateAcross(op: LoopOp, lanes: Lanes, pass: number): void {
    const f = this.#frame.f;
    const target = op.target as Access;
    const [inner] = this.#frame.strides(target) as readonly [number];
    if (inner === 0) {
      this.#accumulate(op, `across ${op.output} ${this.#slotOf(lanes)}`, lanes, pass);
      return;
    }
    const product = this.#frame.products.get(op);
    const operands = product?.operands ?? op.operands;
    const combine = (): void => {
      if (product === undefined) emitCombine(f, op.name, op.dtype);
      else f.simd('f32x4.relaxed_madd');
    };
    const pushOperands = (): void => {
      for (const operand of operands) this.#reader.pushElement(operand, pass, lanes);
    };
    if (this.#staysInRegisters(op)) {
      const accumulator = this.#accumulator(`across ${op.output} ${lanes.slot}`);
      pushOperands();
      f.get(accumulator);
      combine();
      f.set(accumulator);
      return;
    }
    const pointer = this.#targetPointer(op);
    const value = f.local('v128');
    const address = (): void => {
      f.get(pointer).get(this.#frame.inner).op('i32.add');
    };
    pushOperands();
    loadLanes(f, op.dtype, lanes.count, lanes.start * 4, address);
    combine();
    f.set(value);
    storeLanes(f, op.dtype, lanes.count, lanes.start * 4, address, value);
  }

  /** Whether a result across rows fits in registers while all rows of a unit go by. */
  #staysInRegisters(op: LoopOp): boolean {
    const [, ...outer] = this.#frame.strides(op.target as Access);
    return (
      this.#frame.schedule.isUnrolled &&
      !this.#frame.schedule.isFlat &&
      outer.every((stride) => stride === 0)
    );
  }

  /** Where a result across rows gathers, for the row under way. */
  #targetPointer(op: LoopOp): Local {
    return this.#targets.get(op.output) as Local;
  }

  /** When an accumulator of a result across rows is set up: for each unit, or for each row. */
  #accumulatesPer(op: LoopOp): 'unit' | 'row' | 'memory' {
    const [inner, ...outer] = this.#frame.strides(op.target as Access) as readonly [
      number,
      ...number[],
    ];
    const isOneForAll = outer.every((stride) => stride === 0);
    if (op.rate === 'row') return isOneForAll ? 'unit' : 'memory';
    if (inner === 0) return isOneForAll ? 'unit' : 'row';
    return this.#staysInRegisters(op) ? 'unit' : 'memory';
  }

  #acrossOps(): readonly LoopOp[] {
    return this.#frame.loop.ops.filter(({ kind }) => kind === 'reduceAcross');
  }

  /** How many accumulators a result across rows has, when it is kept in registers. */
  #accumulatorsOf(op: LoopOp): number {
    const [inner] = this.#frame.strides(op.target as Access) as readonly [number];
    if (op.rate === 'row') return 1;
    if (inner !== 0) return Math.ceil(this.#frame.schedule.length / 4);
    return this.#frame.schedule.isUnrolled && !this.#frame.schedule.isFlat
      ? 1
      : this.#frame.together;
  }

  beginAcross(moment: 'unit' | 'row'): void {
    const f = this.#frame.f;
    for (const op of this.#acrossOps()) {
      const kind = this.#accumulatesPer(op);
      const [, ...outer] = this.#frame.strides(op.target as Access);
      if (moment === 'unit') {
        const base = this.#partBases.get(op.output) ?? f.local('i32');
        this.#partBases.set(op.output, base);
        const size = this.#frame.places.sizeOf(op.output);
        f.i32(this.#frame.context.address(this.#frame.places.gathered(op.output)));
        if (this.#frame.schedule.hasParts)
          f.get(this.#frame.unit)
            .i32(size * 4)
            .op('i32.mul')
            .op('i32.add');
        f.set(base);
        if (kind !== 'unit') this.#clear(op, base, size);
      } else if (kind !== 'unit') {
        const pointer = this.#targets.get(op.output) ?? f.local('i32');
        this.#targets.set(op.output, pointer);
        this.#frame.pushRowOffset(outer, 4);
        f.get(this.#partBases.get(op.output) as Local)
          .op('i32.add')
          .set(pointer);
      }
      if (kind === moment)
        this.#startAccumulators(op, `across ${op.output}`, this.#accumulatorsOf(op));
    }
  }

  /** Sets the memory that this unit gathers in to what the reduction starts from. */
  #clear(op: LoopOp, base: Local, size: number): void {
    const f = this.#frame.f;
    // Offsets, not addresses: those from 2 GiB on are negative numbers.
    const at = f.local('i32');
    const end = f.local('i32');
    const { hasParts, units, rowsPerUnit, rows } = this.#frame.schedule;
    if (hasParts || units === 1)
      f.i32(0)
        .set(at)
        .i32(size * 4)
        .set(end);
    else {
      // Units along the outermost dimension each own a stretch of the result.
      const stretch = (size / rows) * rowsPerUnit * 4;
      f.get(this.#frame.unit).i32(stretch).op('i32.mul').tee(at);
      f.i32(stretch)
        .op('i32.add')
        .set(end)
        .atMost(end, size * 4);
    }
    const place = (): void => {
      f.get(base).get(at).op('i32.add');
    };
    const neutral = neutralBits(op.name, op.dtype);
    if (neutral === 0) {
      place();
      f.i32(0).get(end).get(at).op('i32.sub').memoryFill();
    } else
      f.for(at, at, end, 4, () => {
        place();
        f.i32(neutral).memory('i32.store');
      });
  }

  endAcross(moment: 'unit' | 'row'): void {
    const f = this.#frame.f;
    for (const op of this.#acrossOps()) {
      if (this.#accumulatesPer(op) !== moment) continue;
      const [inner] = this.#frame.strides(op.target as Access) as readonly [number];
      const base = this.#partBases.get(op.output) as Local;
      if (op.rate === 'element' && inner !== 0) {
        for (let start = 0; start < this.#frame.schedule.length; start += 4)
          storeLanes(
            f,
            op.dtype,
            Math.min(4, this.#frame.schedule.length - start),
            start * 4,
            () => f.get(base),
            this.#accumulator(`across ${op.output} ${start / 4}`),
          );
        continue;
      }
      const total = f.local('v128');
      if (op.rate === 'element')
        this.#pushAccumulated(op, `across ${op.output}`, this.#accumulatorsOf(op));
      else f.get(this.#accumulator(`across ${op.output} 0`));
      f.set(total);
      if (moment === 'unit') {
        storeLanes(f, op.dtype, 1, 0, () => f.get(base), total);
        continue;
      }
      const pointer = this.#targetPointer(op);
      loadSplat(f, op.dtype, 0, () => f.get(pointer));
      f.get(total);
      emitCombine(f, op.name, op.dtype);
      f.set(total);
      storeLanes(f, op.dtype, 1, 0, () => f.get(pointer), total);
    }
  }

  #accumulator(key: string): Local {
    const known = this.#accumulators.get(key);
    if (known !== undefined) return known;
    const local = this.#frame.f.local('v128');
    this.#accumulators.set(key, local);
    return local;
  }
}
