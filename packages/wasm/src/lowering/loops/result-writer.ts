import { bytesPerElement } from '@gradus/tensor/backend';
import type { DType, ValueId } from '@gradus/tensor/backend';
import type { Local } from '../../assembler/index.js';
import type { Lanes, LoopFrame } from './loop-frame.js';
import type { LoopOp, Store } from './loop-op.js';
import { storeLanes } from './vector-memory.js';

/** Magnitudes below this become 0 in carried memory: decaying moments would turn into slow subnormals and stay. */
const SMALLEST_CARRIED = 1e-30;

/** Writes values from registers to memory. */
export class ResultWriter {
  readonly #frame: LoopFrame;

  constructor(frame: LoopFrame) {
    this.#frame = frame;
  }

  /** Writes what an operation gave for some vectors, wherever it is wanted: in its memory, or for a later pass. */
  storeElements(op: LoopOp, vectors: readonly Lanes[]): void {
    const { f, inner, schedule } = this.#frame;
    for (const store of this.#storesOf(op.output))
      for (const lanes of vectors) this.#store(store, op.dtype, lanes);
    const spill = schedule.spills.get(op.output);
    if (spill === undefined) return;
    for (const lanes of vectors)
      storeLanes(
        f,
        // Spilled truth stays a vector.
        'int32',
        4,
        spill + lanes.start * 4,
        () => f.get(f.param(2)).get(inner).op('i32.add'),
        this.#frame.register(op.output, lanes.slot),
      );
  }

  storeRow(value: ValueId, dtype: DType): void {
    const f = this.#frame.f;
    for (const { into, access } of this.#storesOf(value)) {
      const bytes = bytesPerElement(dtype);
      const [, ...outer] = this.#frame.strides(access);
      const address = f.local('i32');
      this.#frame.pushRowOffset(outer, bytes);
      f.set(address);
      const local = this.#settled(into, dtype, this.#frame.rowRegister(value));
      storeLanes(
        f,
        dtype,
        1,
        this.#frame.context.address(into) + access.offset * bytes,
        () => f.get(address),
        local,
      );
    }
  }

  #store({ value: stored, into, access }: Store, dtype: DType, lanes: Lanes): void {
    const f = this.#frame.f;
    const bytes = bytesPerElement(dtype);
    const base = this.#frame.context.address(into) + access.offset * bytes;
    const value = this.#settled(into, dtype, this.#frame.register(stored, lanes.slot));
    if (this.#frame.isWhole(access)) {
      storeLanes(
        f,
        dtype,
        lanes.count,
        base + lanes.start * bytes,
        () => this.#frame.scaled(this.#frame.at, bytes),
        value,
      );
      return;
    }
    const [inner, ...outer] = this.#frame.strides(access) as readonly [number, ...number[]];
    const pointer = f.local('i32');
    this.#frame.pushRowOffset(outer, bytes);
    this.#frame.scaled(this.#frame.inner, bytes);
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
    return this.#frame.loop.stores.filter((store) => store.value === value);
  }

  /** The value as it goes to memory: in carried memory nothing is subnormal. */
  #settled(into: ValueId, dtype: DType, value: Local): Local {
    if (dtype !== 'float32' || !this.#frame.context.isCarried(into)) return value;
    const f = this.#frame.f;
    const settled = f.local('v128');
    f.get(value)
      .get(value)
      .simd('f32x4.abs')
      .get(this.#frame.math.constant(SMALLEST_CARRIED))
      .simd('f32x4.lt');
    f.simd('v128.andnot').set(settled);
    return settled;
  }
}
