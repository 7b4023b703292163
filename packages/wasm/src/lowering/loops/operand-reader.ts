import { bytesPerElement } from '@gradus/tensor/backend';
import type { Local } from '../../assembler/index.js';
import type { Lanes, LoopFrame } from './loop-frame.js';
import type { Operand } from './loop-op.js';
import { passOf } from './schedule.js';
import { loadLanes, loadSplat, loadStrided } from './vector-memory.js';

/** Puts operands on the stack: from registers, or from memory by the shortest way their strides allow. */
export class OperandReader {
  readonly #frame: LoopFrame;
  /** Values read once per row or once per kernel, by access. */
  readonly #preloaded = new Map<string, Local>();
  readonly #pointers = new Map<string, Local>();
  /** Rows of narrow matrices that are in registers, for the vectors under way. */
  readonly #rows = new Map<string, readonly Local[]>();

  constructor(frame: LoopFrame) {
    this.#frame = frame;
  }

  /** What was read for the vectors before is no longer there. */
  beginVectors(): void {
    this.#rows.clear();
  }

  /** Puts an operand of the whole row on the stack. */
  pushRow(operand: Operand): void {
    const { f } = this.#frame;
    if (operand.kind === 'constant') this.#frame.pushConstant(operand);
    else if (operand.kind === 'own') f.get(this.#frame.rowRegister(operand.value));
    else f.get(this.#preloaded.get(accessKey(operand)) as Local);
  }

  /** Puts an operand for these elements on the stack. */
  pushElement(operand: Operand, pass: number, lanes: Lanes): void {
    const f = this.#frame.f;
    if (operand.kind === 'constant') {
      this.#frame.pushConstant(operand);
      return;
    }
    if (operand.kind === 'own') {
      const row = this.#frame.registers.get(`${operand.value} row`);
      if (row !== undefined) {
        f.get(row);
        return;
      }
      if (
        !this.#frame.schedule.isUnrolled &&
        passOf(this.#frame.schedule.passes, operand.value) < pass
      ) {
        f.get(f.param(2)).get(this.#frame.inner).op('i32.add');
        f.memory(
          'v128.load',
          (this.#frame.schedule.spills.get(operand.value) as number) + lanes.start * 4,
        );
        return;
      }
      f.get(this.#frame.register(operand.value, lanes.slot));
      return;
    }
    const preloaded =
      this.#preloaded.get(accessKey(operand)) ??
      this.#preloaded.get(`${accessKey(operand)} ${lanes.slot}`);
    if (preloaded !== undefined) {
      f.get(preloaded);
      return;
    }
    const { dtype } = operand;
    const bytes = bytesPerElement(dtype);
    const base = this.#frame.context.address(operand.value);
    const [stride] = this.#frame.strides(operand.access) as readonly [number];
    if (this.#frame.isWhole(operand.access)) {
      loadLanes(f, dtype, lanes.count, base + (operand.access.offset + lanes.start) * bytes, () =>
        this.#frame.scaled(this.#frame.at, bytes),
      );
      return;
    }
    const pointer = this.#pointers.get(accessKey(operand));
    const offset = base + operand.access.offset * bytes;
    if (stride === 1) {
      loadLanes(
        f,
        dtype,
        lanes.count,
        (pointer === undefined ? offset : 0) + lanes.start * bytes,
        () => {
          this.#frame.scaled(this.#frame.inner, bytes);
          if (pointer !== undefined) f.get(pointer).op('i32.add');
        },
      );
      return;
    }
    if (this.#pushColumn(operand, stride, lanes)) return;
    const address = f.local('i32');
    this.#frame.scaled(this.#frame.inner, bytes);
    f.i32(stride).op('i32.mul');
    if (pointer === undefined) f.i32(offset);
    else f.get(pointer);
    f.op('i32.add')
      .i32(lanes.start * stride * bytes)
      .op('i32.add')
      .set(address);
    loadStrided(f, dtype, lanes.count, stride * bytes, () => f.get(address));
  }

  /**
   * Neighbouring columns of a matrix of 2 to 4 columns are read as whole vectors once and put together from them, where
   * each alone would take a load per lane. Only for loops over all rows.
   */
  #pushColumn(
    operand: Extract<Operand, { kind: 'memory' }>,
    stride: number,
    lanes: Lanes,
  ): boolean {
    const f = this.#frame.f;
    const { value, dtype, access } = operand;
    const column = access.offset % stride;
    const start = access.offset - column;
    const isWhole = start + this.#frame.loop.size * stride <= this.#frame.places.sizeOf(value);
    if (!this.#frame.schedule.isFlat || dtype === 'bool' || lanes.count < 4 || !isWhole)
      return false;
    if (stride < 2 || stride > 4) return false;
    const key = `${value} ${start} ${stride} ${lanes.slot}`;
    let vectors = this.#rows.get(key);
    if (vectors === undefined) {
      const address = f.local('i32');
      f.get(this.#frame.inner).i32(stride).op('i32.mul').set(address);
      const base = this.#frame.context.address(value) + (start + lanes.start * stride) * 4;
      vectors = Array.from({ length: stride }, (_, i) => {
        const vector = f.local('v128');
        f.get(address)
          .memory('v128.load', base + 16 * i)
          .set(vector);
        return vector;
      });
      this.#rows.set(key, vectors);
    }
    type Four = [number, number, number, number];
    const four = (from: (lane: number) => number): Four => [from(0), from(1), from(2), from(3)];
    const at = four((lane) => lane * stride + column);
    const [first, ...others] = [...new Set(at.map((index) => index >> 2))];
    const known = at.map((index) => (index >> 2 === first ? index & 3 : 0)) as Four;
    f.get(vectors[first as number] as Local);
    if (others.length === 0) f.get(vectors[first as number] as Local).shuffle(known);
    others.forEach((other, round) => {
      f.get(vectors[other] as Local);
      // Lanes of earlier vectors are in place after the first round.
      f.shuffle(
        four((lane) => {
          const index = at[lane] as number;
          if (index >> 2 === other) return 4 + (index & 3);
          return round === 0 ? (known[lane] as number) : lane;
        }),
      );
    });
    return true;
  }

  /** Accesses that are the same for all rows are read once, those that repeat along the row once a row. */
  preloadForAll(): void {
    const f = this.#frame.f;
    for (const operand of this.#memoryOperands()) {
      const key = accessKey(operand);
      const strides = this.#frame.strides(operand.access);
      if (this.#frame.isWhole(operand.access) || this.#preloaded.has(key)) continue;
      const bytes = bytesPerElement(operand.dtype);
      const address = this.#frame.context.address(operand.value) + operand.access.offset * bytes;
      const [inner, ...outer] = strides as readonly [number, ...number[]];
      const isConstant = outer.every((stride) => stride === 0);
      if (inner === 0 && isConstant) {
        const local = f.local('v128');
        loadSplat(f, operand.dtype, address, () => f.i32(0));
        f.set(local);
        this.#preloaded.set(key, local);
      } else if (
        inner === 1 &&
        isConstant &&
        this.#frame.schedule.isUnrolled &&
        !this.#frame.schedule.isFlat
      ) {
        for (let start = 0; start < this.#frame.schedule.length; start += 4) {
          const slot = start / 4;
          if (this.#preloaded.has(`${key} ${slot}`)) continue;
          const local = f.local('v128');
          loadLanes(
            f,
            operand.dtype,
            Math.min(4, this.#frame.schedule.length - start),
            address + start * bytes,
            () => f.i32(0),
          );
          f.set(local);
          this.#preloaded.set(`${key} ${slot}`, local);
        }
      }
    }
  }

  /** Pointers to what each strided operand has for this row, and values that all of the row share. */
  beginRow(): void {
    const f = this.#frame.f;
    const done = new Set<string>();
    for (const operand of this.#memoryOperands()) {
      const key = accessKey(operand);
      if (done.has(key) || this.#frame.isWhole(operand.access)) continue;
      done.add(key);
      const [inner, ...outer] = this.#frame.strides(operand.access) as readonly [
        number,
        ...number[],
      ];
      if (outer.every((stride) => stride === 0)) continue;
      const bytes = bytesPerElement(operand.dtype);
      const base = this.#frame.context.address(operand.value) + operand.access.offset * bytes;
      const pointer = this.#pointers.get(key) ?? f.local('i32');
      this.#frame.pushRowOffset(outer, bytes);
      f.i32(base).op('i32.add').set(pointer);
      if (inner !== 0) {
        this.#pointers.set(key, pointer);
        continue;
      }
      const local = this.#preloaded.get(key) ?? f.local('v128');
      loadSplat(f, operand.dtype, 0, () => f.get(pointer));
      f.set(local);
      this.#preloaded.set(key, local);
    }
  }

  #memoryOperands(): Extract<Operand, { kind: 'memory' }>[] {
    return this.#frame.loop.ops.flatMap(({ operands }) =>
      operands.filter((operand) => operand.kind === 'memory'),
    );
  }
}

function accessKey({ value, access }: Extract<Operand, { kind: 'memory' }>): string {
  return `${value} ${access.offset} ${access.segments.map(({ length, stride }) => `${length}:${stride}`).join(' ')}`;
}
