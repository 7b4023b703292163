import type { DType, ValueId } from '@gradus/tensor/backend';
import type { FunctionBuilder, FunctionRef, Local } from '../../assembler/index.js';
import type { MathEmitter } from '../../math/index.js';
import { kernelSignature } from '../../program/kernel-plan.js';
import type { KernelContext } from '../../program/kernel-plan.js';
import { stridesAlong } from '../access.js';
import type { Access } from '../access.js';
import { emitCombine, emitOp, neutralBits } from './emit-op.js';
import type { Loop, LoopOp, Operand, Store } from './loop-op.js';
import { passOf } from './schedule.js';
import type { Pass, Schedule } from './schedule.js';
import { multiplyAdds } from './multiply-adds.js';
import { acrossLanes, loadLanes, loadSplat, loadStrided, storeLanes } from './vector-memory.js';

/** Vectors that are worked on together, operation by operation: they fill the pipelines, and V8 may join them in pairs. */
const TOGETHER = 4;
/** In loops of more operations than this fewer vectors go together, so that they do not push each other out of registers. */
const MANY_OPERATIONS = 24;

/** Magnitudes below this become 0 in carried memory: decaying moments would turn into slow subnormals and stay. */
const SMALLEST_CARRIED = 1e-30;

/** Up to four neighbouring elements of a row: where they start, and which set of registers they use. */
interface Lanes {
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

type Bits = readonly [number, number, number, number];
const splat = (bits: number): Bits => [bits, bits, bits, bits];
const bytesOf = (dtype: DType): number => (dtype === 'bool' ? 1 : 4);
const isTotal = ({ segments }: Access): boolean =>
  segments.every(({ stride, length }) => stride === 0 || length === 1);

/** Writes the function of one fused loop. */
export class LoopEmitter {
  readonly #context: KernelContext;
  readonly #loop: Loop;
  readonly #schedule: Schedule;
  readonly #places: Places;
  readonly #together: number;
  readonly #f: FunctionBuilder;
  readonly #math: MathEmitter;
  readonly #unit: Local;
  /** The row under way, and the byte offset of its first 32-bit element. */
  readonly #row: Local;
  readonly #rowBytes: Local;
  /** Byte offset of the element under way within its row, and within everything. */
  readonly #inner: Local;
  readonly #at: Local;
  readonly #registers = new Map<string, Local>();
  readonly #dtypes = new Map<ValueId, DType>();
  /** Values read once per row or once per kernel, by access. */
  readonly #preloaded = new Map<string, Local>();
  readonly #pointers = new Map<string, Local>();
  readonly #accumulators = new Map<string, Local>();
  /** Rows of narrow matrices that are in registers, for the vectors under way. */
  readonly #rows = new Map<string, readonly Local[]>();
  readonly #reciprocals = new Map<LoopOp, Local>();
  /** Products that are not computed alone, by what adds them up: one instruction multiplies and adds. */
  readonly #products: ReadonlyMap<LoopOp, LoopOp>;
  readonly #absorbed: ReadonlySet<LoopOp>;
  readonly #partBases = new Map<ValueId, Local>();

  constructor(context: KernelContext, loop: Loop, schedule: Schedule, places: Places) {
    this.#context = context;
    this.#loop = loop;
    this.#schedule = schedule;
    this.#places = places;
    this.#together = loop.ops.length > MANY_OPERATIONS ? TOGETHER / 2 : TOGETHER;
    const f = context.module.function(kernelSignature);
    this.#f = f;
    const float = new Float32Array(1);
    const bits = new Int32Array(float.buffer);
    this.#math = {
      f,
      features: context.features,
      constant: (value) => {
        float[0] = value;
        return f.hoisted(splat(bits[0] as number));
      },
      constantBits: (value) => f.hoisted(splat(value | 0)),
      constantDouble: (value) => {
        const words = new Int32Array(new Float64Array([value, value]).buffer);
        return f.hoisted([...words] as unknown as Bits);
      },
      temporary: (type) => f.local(type),
    };
    this.#products = context.features.relaxed ? multiplyAdds(loop, schedule) : new Map();
    this.#absorbed = new Set(this.#products.values());
    this.#unit = f.local('i32');
    this.#row = f.local('i32');
    this.#rowBytes = f.local('i32');
    this.#inner = f.local('i32');
    this.#at = f.local('i32');
    for (const op of loop.ops) this.#dtypes.set(op.output, op.dtype);
  }

  emit(): FunctionRef {
    const f = this.#f;
    const [begin, end] = [f.param(0), f.param(1)];
    this.#preloadForAll();
    f.get(begin).set(this.#unit);
    f.for(this.#unit, begin, end, 1, () => {
      this.#beginAcross('unit');
      if (this.#schedule.isFlat) this.#flatUnit();
      else this.#unitOfRows();
      this.#endAcross('unit');
    });
    return f.ref;
  }

  #unitOfRows(): void {
    const f = this.#f;
    const { rows, rowsPerUnit, length } = this.#schedule;
    const first = f.local('i32');
    const last = f.local('i32');
    f.get(this.#unit).i32(rowsPerUnit).op('i32.mul').set(first);
    f.get(first).i32(rowsPerUnit).op('i32.add').set(last);
    // min(last, rows)
    f.get(last).i32(rows).get(last).i32(rows).op('i32.lt_s').op('select').set(last);
    f.for(this.#row, first, last, 1, () => {
      f.get(this.#row)
        .i32(length * 4)
        .op('i32.mul')
        .set(this.#rowBytes);
      this.#beginRow();
      this.#beginAcross('row');
      for (const op of this.#schedule.before) this.#rowOp(op);
      this.#schedule.passes.forEach((pass, index) => {
        if (this.#schedule.isUnrolled) this.#unrolledPass(pass, index);
        else this.#loopedPass(pass, index);
        for (const op of pass.row) this.#rowOp(op);
      });
      this.#endAcross('row');
    });
  }

  /** One pass in which the vectors of the row are written out, with registers for each. */
  #unrolledPass(pass: Pass, index: number): void {
    if (pass.elements.length === 0) return;
    const { length } = this.#schedule;
    const vectors: Lanes[] = [];
    for (let start = 0; start < length; start += 4)
      vectors.push({ start, count: Math.min(4, length - start), slot: start / 4 });
    this.#beginPass(pass, 1);
    this.#f.get(this.#rowBytes).set(this.#at);
    this.#f.i32(0).set(this.#inner);
    this.#body(pass, index, vectors);
    this.#endPass(pass, 1);
  }

  #loopedPass(pass: Pass, index: number): void {
    if (pass.elements.length === 0) return;
    const f = this.#f;
    const { length } = this.#schedule;
    const whole = length - (length % 4);
    const together = whole - (whole % (4 * this.#together));
    this.#beginPass(pass, this.#together);
    const slots = Array.from({ length: this.#together }, (_, slot): Lanes => ({
      start: slot * 4,
      count: 4,
      slot,
    }));
    f.for(this.#inner, 0, together * 4, 16 * this.#together, () => {
      f.get(this.#rowBytes).get(this.#inner).op('i32.add').set(this.#at);
      this.#body(pass, index, slots);
    });
    for (let start = together; start < length; start += 4) {
      f.i32(start * 4).set(this.#inner);
      f.get(this.#rowBytes).get(this.#inner).op('i32.add').set(this.#at);
      this.#body(pass, index, [{ start: 0, count: Math.min(4, length - start), slot: 0 }]);
    }
    this.#endPass(pass, this.#together);
  }

  /** A unit of a loop without rows: a stretch of elements, of which the last may end between vectors. */
  #flatUnit(): void {
    const f = this.#f;
    const { length, rowsPerUnit, units } = this.#schedule;
    const [pass] = this.#schedule.passes as readonly [Pass];
    const whole = length - (length % 4);
    const first = f.local('i32');
    const last = f.local('i32');
    this.#beginPass(pass, this.#together);
    f.get(this.#unit)
      .i32(rowsPerUnit * 4)
      .op('i32.mul')
      .set(first);
    f.get(first)
      .i32(rowsPerUnit * 4)
      .op('i32.add')
      .set(last);
    f.get(last)
      .i32(whole * 4)
      .get(last)
      .i32(whole * 4)
      .op('i32.lt_s')
      .op('select')
      .set(last);
    const slots = Array.from({ length: this.#together }, (_, slot): Lanes => ({
      start: slot * 4,
      count: 4,
      slot,
    }));
    const step = 16 * this.#together;
    const paired = f.local('i32');
    f.get(last)
      .get(last)
      .get(first)
      .op('i32.sub')
      .i32(step - 1)
      .op('i32.and')
      .op('i32.sub')
      .set(paired);
    f.for(this.#at, first, paired, step, () => {
      f.get(this.#at).set(this.#inner);
      this.#body(pass, 0, slots);
    });
    f.get(paired).set(first);
    const single = [slots[0] as Lanes];
    f.for(this.#at, first, last, 16, () => {
      f.get(this.#at).set(this.#inner);
      this.#body(pass, 0, single);
    });
    if (whole < length) {
      f.get(this.#unit)
        .i32(units - 1)
        .op('i32.eq');
      f.if(() => {
        f.i32(whole * 4)
          .tee(this.#at)
          .set(this.#inner);
        this.#body(pass, 0, [{ start: 0, count: length - whole, slot: 0 }]);
      });
    }
    this.#endPass(pass, this.#together);
  }

  /** The operations of a pass on some vectors, then what they leave in memory. */
  #body(pass: Pass, index: number, vectors: readonly Lanes[]): void {
    const f = this.#f;
    this.#rows.clear();
    for (const op of pass.elements) {
      if (this.#absorbed.has(op)) continue;
      for (const lanes of vectors) {
        if (op.kind === 'map') {
          const target = this.#register(op.output, lanes.slot);
          this.#emit(op, (operand) => this.#pushElement(operand, index, lanes));
          f.set(target);
        } else if (op.kind === 'reduceRow')
          this.#accumulate(op, `row ${op.output} ${this.#slotOf(lanes)}`, lanes, index);
        else this.#accumulateAcross(op, lanes, index);
      }
    }
    for (const op of pass.elements) {
      if (op.kind !== 'map') continue;
      for (const store of this.#storesOf(op.output))
        for (const lanes of vectors) this.#store(store, op.dtype, lanes);
      const spill = this.#schedule.spills.get(op.output);
      if (spill !== undefined)
        for (const lanes of vectors)
          storeLanes(
            f,
            // Spilled truth stays a vector.
            'int32',
            4,
            spill + lanes.start * 4,
            () => f.get(f.param(2)).get(this.#inner).op('i32.add'),
            this.#register(op.output, lanes.slot),
          );
    }
  }

  #emit(op: LoopOp, push: (operand: Operand) => void): void {
    // The condition of a select is truth; what it chooses from says what it works on.
    const typed = op.name === 'select' ? op.operands[1] : op.operands[0];
    const reciprocal = this.#reciprocals.get(op);
    if (reciprocal !== undefined) {
      push(op.operands[0] as Operand);
      this.#f.get(reciprocal).simd('f32x4.mul');
      return;
    }
    const product = this.#products.get(op);
    if (product !== undefined) {
      const [first, second] = op.operands as readonly [Operand, Operand];
      const isFirst = first.kind === 'own' && first.value === product.output;
      product.operands.forEach(push);
      push(isFirst ? second : first);
      // x y + z, or z - x y.
      this.#f.simd(op.name === 'add' ? 'f32x4.relaxed_madd' : 'f32x4.relaxed_nmadd');
      return;
    }
    emitOp(
      this.#math,
      op.name,
      this.#dtypeOf(typed as Operand),
      op.dtype,
      op.operands.map((operand) => () => push(operand)),
    );
  }

  /** One division per row instead of one per element, where all of the row is divided by the same number. */
  #divideOncePerRow(pass: Pass): void {
    const f = this.#f;
    for (const op of pass.elements) {
      const divisor = op.operands[1];
      if (op.name !== 'div' || divisor?.kind !== 'own') continue;
      const row = this.#registers.get(`${divisor.value} row`);
      if (row === undefined || this.#schedule.length < 8) continue;
      const reciprocal = this.#reciprocals.get(op) ?? f.local('v128');
      f.get(this.#math.constant(1)).get(row).simd('f32x4.div').set(reciprocal);
      this.#reciprocals.set(op, reciprocal);
    }
  }

  #dtypeOf(operand: Operand): DType {
    return operand.kind === 'own' ? (this.#dtypes.get(operand.value) as DType) : operand.dtype;
  }

  /** Puts an operand for these elements on the stack. */
  #pushElement(operand: Operand, pass: number, lanes: Lanes): void {
    const f = this.#f;
    if (operand.kind === 'constant') {
      this.#pushConstant(operand);
      return;
    }
    if (operand.kind === 'own') {
      const row = this.#registers.get(`${operand.value} row`);
      if (row !== undefined) {
        f.get(row);
        return;
      }
      if (!this.#schedule.isUnrolled && this.#passOf(operand.value) < pass) {
        f.get(f.param(2)).get(this.#inner).op('i32.add');
        f.memory(
          'v128.load',
          (this.#schedule.spills.get(operand.value) as number) + lanes.start * 4,
        );
        return;
      }
      f.get(this.#register(operand.value, lanes.slot));
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
    const bytes = bytesOf(dtype);
    const base = this.#context.address(operand.value);
    const [stride] = this.#strides(operand.access) as readonly [number];
    if (this.#isWhole(operand.access)) {
      loadLanes(f, dtype, lanes.count, base + (operand.access.offset + lanes.start) * bytes, () =>
        this.#scaled(this.#at, bytes),
      );
      return;
    }
    const pointer = this.#pointers.get(accessKey(operand));
    const offset = base + operand.access.offset * bytes;
    const isSplatPattern = stride === 1;
    if (isSplatPattern) {
      loadLanes(
        f,
        dtype,
        lanes.count,
        (pointer === undefined ? offset : 0) + lanes.start * bytes,
        () => {
          this.#scaled(this.#inner, bytes);
          if (pointer !== undefined) f.get(pointer).op('i32.add');
        },
      );
      return;
    }
    if (this.#pushColumn(operand, stride, lanes)) return;
    const address = f.local('i32');
    this.#scaled(this.#inner, bytes);
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
    const f = this.#f;
    const { value, dtype, access } = operand;
    const column = access.offset % stride;
    const start = access.offset - column;
    const isWhole = start + this.#loop.size * stride <= this.#places.sizeOf(value);
    if (!this.#schedule.isFlat || dtype === 'bool' || lanes.count < 4 || !isWhole) return false;
    if (stride < 2 || stride > 4) return false;
    const key = `${value} ${start} ${stride} ${lanes.slot}`;
    let vectors = this.#rows.get(key);
    if (vectors === undefined) {
      const address = f.local('i32');
      f.get(this.#inner).i32(stride).op('i32.mul').set(address);
      const base = this.#context.address(value) + (start + lanes.start * stride) * 4;
      vectors = Array.from({ length: stride }, (_, i) => {
        const vector = f.local('v128');
        f.get(address)
          .memory('v128.load', base + 16 * i)
          .set(vector);
        return vector;
      });
      this.#rows.set(key, vectors);
    }
    const at = [0, 1, 2, 3].map((lane) => lane * stride + column);
    const lane = (from: readonly number[]): number[] =>
      from.flatMap((number) => [0, 1, 2, 3].map((byte) => number * 4 + byte));
    const [first, ...others] = [...new Set(at.map((index) => index >> 2))];
    const known = at.map((index) => (index >> 2 === first ? index & 3 : 0));
    f.get(vectors[first as number] as Local);
    if (others.length === 0) f.get(vectors[first as number] as Local).shuffle(lane(known));
    others.forEach((other, round) => {
      f.get(vectors[other] as Local);
      // Lanes of earlier vectors are in place after the first round.
      f.shuffle(
        lane(
          at.map((index, i) => {
            if (index >> 2 === other) return 4 + (index & 3);
            return round === 0 ? (known[i] as number) : i;
          }),
        ),
      );
    });
    return true;
  }

  /** A byte offset among 32-bit elements as one among elements of `bytes` bytes. */
  #scaled(local: Local, bytes: number): void {
    this.#f.get(local);
    if (bytes === 1) this.#f.i32(2).op('i32.shr_u');
  }

  #pushConstant({ dtype, number }: Extract<Operand, { kind: 'constant' }>): void {
    const local =
      dtype === 'float32'
        ? this.#math.constant(number)
        : this.#math.constantBits(dtype === 'bool' ? -Number(number !== 0) : number);
    this.#f.get(local);
  }

  /** Accesses that are the same for all rows are read once, those that repeat along the row once a row. */
  #preloadForAll(): void {
    const f = this.#f;
    for (const operand of this.#memoryOperands()) {
      const key = accessKey(operand);
      const strides = this.#strides(operand.access);
      if (this.#isWhole(operand.access) || this.#preloaded.has(key)) continue;
      const bytes = bytesOf(operand.dtype);
      const address = this.#context.address(operand.value) + operand.access.offset * bytes;
      const [inner, ...outer] = strides as readonly [number, ...number[]];
      const isConstant = outer.every((stride) => stride === 0);
      if (inner === 0 && isConstant) {
        const local = f.local('v128');
        loadSplat(f, operand.dtype, address, () => f.i32(0));
        f.set(local);
        this.#preloaded.set(key, local);
      } else if (inner === 1 && isConstant && this.#schedule.isUnrolled && !this.#schedule.isFlat) {
        for (let start = 0; start < this.#schedule.length; start += 4) {
          const slot = start / 4;
          if (this.#preloaded.has(`${key} ${slot}`)) continue;
          const local = f.local('v128');
          loadLanes(
            f,
            operand.dtype,
            Math.min(4, this.#schedule.length - start),
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
  #beginRow(): void {
    const f = this.#f;
    const done = new Set<string>();
    for (const operand of this.#memoryOperands()) {
      const key = accessKey(operand);
      if (done.has(key) || this.#isWhole(operand.access)) continue;
      done.add(key);
      const [inner, ...outer] = this.#strides(operand.access) as readonly [number, ...number[]];
      if (outer.every((stride) => stride === 0)) continue;
      const bytes = bytesOf(operand.dtype);
      const base = this.#context.address(operand.value) + operand.access.offset * bytes;
      const pointer = this.#pointers.get(key) ?? f.local('i32');
      this.#pushRowOffset(outer, bytes);
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

  /** Byte offset of a row, from strides along the dimensions outside of the row, innermost first. */
  #pushRowOffset(outer: readonly number[], bytes: number): void {
    const f = this.#f;
    const lengths = this.#schedule.outer;
    let isFirst = true;
    let product = 1;
    lengths.forEach((length, dimension) => {
      const stride = outer[dimension] as number;
      const start = product;
      product *= length;
      if (stride === 0) return;
      f.get(this.#row);
      if (start > 1) f.i32(start).op('i32.div_u');
      if (dimension < lengths.length - 1) f.i32(length).op('i32.rem_u');
      f.i32(stride * bytes).op('i32.mul');
      if (!isFirst) f.op('i32.add');
      isFirst = false;
    });
    if (isFirst) f.i32(0);
  }

  #rowOp(op: LoopOp): void {
    const f = this.#f;
    const push = (operand: Operand): void => {
      if (operand.kind === 'constant') this.#pushConstant(operand);
      else if (operand.kind === 'own') f.get(this.#rowRegister(operand.value));
      else f.get(this.#preloaded.get(accessKey(operand)) as Local);
    };
    if (op.kind === 'map') {
      this.#emit(op, push);
      f.set(this.#rowRegister(op.output));
      this.#storeRow(op.output, op.dtype);
      return;
    }
    const target = op.target as Access;
    if (isTotal(target)) {
      const accumulator = this.#accumulator(`across ${op.output} 0`);
      f.get(accumulator);
      push(op.operands[0] as Operand);
      emitCombine(f, op.name, op.dtype);
      f.set(accumulator);
      return;
    }
    const pointer = this.#targetPointer(op);
    const value = f.local('v128');
    loadSplat(f, op.dtype, 0, () => f.get(pointer));
    push(op.operands[0] as Operand);
    emitCombine(f, op.name, op.dtype);
    f.set(value);
    storeLanes(f, op.dtype, 1, 0, () => f.get(pointer), value);
  }

  #storeRow(value: ValueId, dtype: DType): void {
    const f = this.#f;
    for (const { into, access } of this.#storesOf(value)) {
      const bytes = bytesOf(dtype);
      const [, ...outer] = this.#strides(access);
      const address = f.local('i32');
      this.#pushRowOffset(outer, bytes);
      f.set(address);
      const local = this.#settled(into, dtype, this.#rowRegister(value));
      storeLanes(
        f,
        dtype,
        1,
        this.#context.address(into) + access.offset * bytes,
        () => f.get(address),
        local,
      );
    }
  }

  #store({ value: stored, into, access }: Store, dtype: DType, lanes: Lanes): void {
    const f = this.#f;
    const bytes = bytesOf(dtype);
    const base = this.#context.address(into) + access.offset * bytes;
    const value = this.#settled(into, dtype, this.#register(stored, lanes.slot));
    if (this.#isWhole(access)) {
      storeLanes(
        f,
        dtype,
        lanes.count,
        base + lanes.start * bytes,
        () => this.#scaled(this.#at, bytes),
        value,
      );
      return;
    }
    const [inner, ...outer] = this.#strides(access) as readonly [number, ...number[]];
    const pointer = f.local('i32');
    this.#pushRowOffset(outer, bytes);
    this.#scaled(this.#inner, bytes);
    if (inner !== 1) f.i32(inner).op('i32.mul');
    f.op('i32.add').set(pointer);
    if (inner === 1) {
      storeLanes(f, dtype, lanes.count, base + lanes.start * bytes, () => f.get(pointer), value);
      return;
    }
    // Neighbours that do not lie side by side are written one by one.
    for (let lane = 0; lane < lanes.count; lane++) {
      f.get(pointer)
        .i32((lanes.start + lane) * inner * bytes)
        .op('i32.add')
        .get(value);
      if (bytes === 1)
        f.lane('i8x16.extract_lane_u', lane * 4)
          .i32(1)
          .op('i32.and')
          .memory('i32.store8', base);
      else f.laneMemory('v128.store32_lane', lane, base);
    }
  }

  #storesOf(value: ValueId): readonly Store[] {
    return this.#loop.stores.filter((store) => store.value === value);
  }

  /** The value as it goes to memory: in carried memory nothing is subnormal. */
  #settled(into: ValueId, dtype: DType, value: Local): Local {
    if (dtype !== 'float32' || !this.#context.isCarried(into)) return value;
    const f = this.#f;
    const settled = f.local('v128');
    f.get(value)
      .get(value)
      .simd('f32x4.abs')
      .get(this.#math.constant(SMALLEST_CARRIED))
      .simd('f32x4.lt');
    f.simd('v128.andnot').set(settled);
    return settled;
  }

  #beginPass(pass: Pass, slots: number): void {
    this.#divideOncePerRow(pass);
    for (const op of pass.elements)
      if (op.kind === 'reduceRow') this.#startAccumulators(op, `row ${op.output}`, slots);
  }

  #endPass(pass: Pass, slots: number): void {
    const f = this.#f;
    for (const op of pass.elements) {
      if (op.kind !== 'reduceRow') continue;
      const target = this.#rowRegister(op.output);
      this.#pushAccumulated(op, `row ${op.output}`, slots);
      f.set(target);
      this.#storeRow(op.output, op.dtype);
    }
  }

  #slotOf({ slot }: Lanes): number {
    return this.#schedule.isUnrolled && !this.#schedule.isFlat ? 0 : slot;
  }

  /** Takes the elements of a vector into an accumulator; lanes that are not there count as nothing. */
  #accumulate(op: LoopOp, name: string, lanes: Lanes, pass: number): void {
    const f = this.#f;
    const accumulator = this.#accumulator(name);
    const isExtreme = this.#tracksNaN(op);
    const product = this.#products.get(op);
    if (product !== undefined && lanes.count === 4) {
      for (const operand of product.operands) this.#pushElement(operand, pass, lanes);
      f.get(accumulator).simd('f32x4.relaxed_madd').set(accumulator);
      return;
    }
    if (!isExtreme) f.get(accumulator);
    if (product === undefined) this.#pushElement(op.operands[0] as Operand, pass, lanes);
    else {
      for (const operand of product.operands) this.#pushElement(operand, pass, lanes);
      f.simd('f32x4.mul');
    }
    if (lanes.count < 4) {
      f.get(f.hoisted(splat(neutralBits(op.name, op.dtype))));
      f.get(
        f.hoisted([0, 1, 2, 3].map((lane) => (lane < lanes.count ? -1 : 0)) as unknown as Bits),
      );
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
    const f = this.#f;
    for (let slot = 0; slot < slots; slot++) {
      f.get(f.hoisted(splat(neutralBits(op.name, op.dtype))));
      f.set(this.#accumulator(`${name} ${slot}`));
      if (this.#tracksNaN(op))
        f.get(f.hoisted(splat(0))).set(this.#accumulator(`wrong ${name} ${slot}`));
    }
  }

  /** Puts what all lanes of all accumulators give together on the stack, in every lane. */
  #pushAccumulated(op: LoopOp, name: string, slots: number): void {
    const f = this.#f;
    for (let slot = 0; slot < slots; slot++) {
      f.get(this.#accumulator(`${name} ${slot}`));
      // All bits set is a NaN.
      if (this.#tracksNaN(op)) f.get(this.#accumulator(`wrong ${name} ${slot}`)).simd('v128.or');
      if (slot > 0) emitCombine(f, op.name, op.dtype);
    }
    acrossLanes(f, () => emitCombine(f, op.name, op.dtype));
  }

  #accumulateAcross(op: LoopOp, lanes: Lanes, pass: number): void {
    const f = this.#f;
    const target = op.target as Access;
    const [inner] = this.#strides(target) as readonly [number];
    if (inner === 0) {
      this.#accumulate(op, `across ${op.output} ${this.#slotOf(lanes)}`, lanes, pass);
      return;
    }
    const product = this.#products.get(op);
    const operands = product?.operands ?? op.operands;
    const combine = (): void => {
      if (product === undefined) emitCombine(f, op.name, op.dtype);
      else f.simd('f32x4.relaxed_madd');
    };
    const pushOperands = (): void => {
      for (const operand of operands) this.#pushElement(operand, pass, lanes);
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
      f.get(pointer).get(this.#inner).op('i32.add');
    };
    pushOperands();
    loadLanes(f, op.dtype, lanes.count, lanes.start * 4, address);
    combine();
    f.set(value);
    storeLanes(f, op.dtype, lanes.count, lanes.start * 4, address, value);
  }

  /** Whether a result across rows fits in registers while all rows of a unit go by. */
  #staysInRegisters(op: LoopOp): boolean {
    const [, ...outer] = this.#strides(op.target as Access);
    return (
      this.#schedule.isUnrolled && !this.#schedule.isFlat && outer.every((stride) => stride === 0)
    );
  }

  /** Where a result across rows gathers, for the row under way. */
  #targetPointer(op: LoopOp): Local {
    return this.#pointers.get(`across ${op.output}`) as Local;
  }

  /** When an accumulator of a result across rows is set up: for each unit, or for each row. */
  #accumulatesPer(op: LoopOp): 'unit' | 'row' | 'memory' {
    const [inner, ...outer] = this.#strides(op.target as Access) as readonly [number, ...number[]];
    const isOneForAll = outer.every((stride) => stride === 0);
    if (op.rate === 'row') return isOneForAll ? 'unit' : 'memory';
    if (inner === 0) return isOneForAll ? 'unit' : 'row';
    return this.#staysInRegisters(op) ? 'unit' : 'memory';
  }

  #acrossOps(): readonly LoopOp[] {
    return this.#loop.ops.filter(({ kind }) => kind === 'reduceAcross');
  }

  /** How many accumulators a result across rows has, when it is kept in registers. */
  #accumulatorsOf(op: LoopOp): number {
    const [inner] = this.#strides(op.target as Access) as readonly [number];
    if (op.rate === 'row') return 1;
    if (inner !== 0) return Math.ceil(this.#schedule.length / 4);
    return this.#schedule.isUnrolled && !this.#schedule.isFlat ? 1 : this.#together;
  }

  #beginAcross(moment: 'unit' | 'row'): void {
    const f = this.#f;
    for (const op of this.#acrossOps()) {
      const kind = this.#accumulatesPer(op);
      const [, ...outer] = this.#strides(op.target as Access);
      if (moment === 'unit') {
        const base = this.#partBases.get(op.output) ?? f.local('i32');
        this.#partBases.set(op.output, base);
        const size = this.#places.sizeOf(op.output);
        f.i32(this.#context.address(this.#places.gathered(op.output)));
        if (this.#schedule.hasParts)
          f.get(this.#unit)
            .i32(size * 4)
            .op('i32.mul')
            .op('i32.add');
        f.set(base);
        if (kind !== 'unit') this.#clear(op, base, size);
      } else if (kind !== 'unit') {
        const pointer = this.#pointers.get(`across ${op.output}`) ?? f.local('i32');
        this.#pointers.set(`across ${op.output}`, pointer);
        this.#pushRowOffset(outer, 4);
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
    const f = this.#f;
    const from = f.local('i32');
    const to = f.local('i32');
    const { hasParts, units, rowsPerUnit, rows } = this.#schedule;
    if (hasParts || units === 1) {
      f.get(base).set(from);
      f.get(base)
        .i32(size * 4)
        .op('i32.add')
        .set(to);
    } else {
      // Units along the outermost dimension each own a stretch of the result.
      const stretch = (size / rows) * rowsPerUnit * 4;
      f.get(base).get(this.#unit).i32(stretch).op('i32.mul').op('i32.add').set(from);
      f.get(from).i32(stretch).op('i32.add').set(to);
      const end = f.local('i32');
      f.get(base)
        .i32(size * 4)
        .op('i32.add')
        .set(end);
      f.get(to).get(end).get(to).get(end).op('i32.lt_u').op('select').set(to);
    }
    const neutral = neutralBits(op.name, op.dtype);
    if (neutral === 0) f.get(from).i32(0).get(to).get(from).op('i32.sub').memoryFill();
    else f.for(from, from, to, 4, () => f.get(from).i32(neutral).memory('i32.store'));
  }

  #endAcross(moment: 'unit' | 'row'): void {
    const f = this.#f;
    for (const op of this.#acrossOps()) {
      if (this.#accumulatesPer(op) !== moment) continue;
      const [inner] = this.#strides(op.target as Access) as readonly [number];
      const base = this.#partBases.get(op.output) as Local;
      if (op.rate === 'element' && inner !== 0) {
        for (let start = 0; start < this.#schedule.length; start += 4)
          storeLanes(
            f,
            op.dtype,
            Math.min(4, this.#schedule.length - start),
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

  #register(value: ValueId, slot: number): Local {
    return this.#named(`${value} ${slot}`);
  }

  #rowRegister(value: ValueId): Local {
    return this.#named(`${value} row`);
  }

  #named(key: string): Local {
    const known = this.#registers.get(key);
    if (known !== undefined) return known;
    const local = this.#f.local('v128');
    this.#registers.set(key, local);
    return local;
  }

  #accumulator(key: string): Local {
    const known = this.#accumulators.get(key);
    if (known !== undefined) return known;
    const local = this.#f.local('v128');
    this.#accumulators.set(key, local);
    return local;
  }

  #passOf(value: ValueId): number {
    return passOf(this.#schedule.passes, value);
  }

  #memoryOperands(): Extract<Operand, { kind: 'memory' }>[] {
    return this.#loop.ops.flatMap(({ operands }) =>
      operands.filter((operand) => operand.kind === 'memory'),
    );
  }

  #strides(access: Access): readonly number[] {
    if (this.#schedule.isFlat) return [access.segments[0]?.stride ?? 1];
    return stridesAlong(access, this.#loop.boundaries);
  }

  /** Whether an access visits memory in the order of the loop. */
  #isWhole({ segments }: Access): boolean {
    return segments.length === 1 && (segments[0]?.stride === 1 || this.#loop.size === 1);
  }
}

function accessKey({ value, access }: Extract<Operand, { kind: 'memory' }>): string {
  return `${value} ${access.offset} ${access.segments.map(({ length, stride }) => `${length}:${stride}`).join(' ')}`;
}
