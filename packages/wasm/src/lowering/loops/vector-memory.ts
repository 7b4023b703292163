import type { DType } from '@gradus/tensor/backend';
import type { FunctionBuilder, Local } from '../../assembler/index.js';

/**
 * Reads and writes of up to four neighbouring elements. The address on the stack is that of the first, `offset` is added.
 * In memory truth is a byte of 0 or 1, in registers a lane of zeros or ones.
 */
export function loadLanes(
  f: FunctionBuilder,
  dtype: DType,
  lanes: number,
  offset: number,
  address: () => void,
): void {
  if (dtype === 'bool') {
    if (lanes === 4) {
      address();
      f.memory('v128.load32_zero', offset);
    } else {
      address();
      f.memory('i32.load8_u', offset).simd('i8x16.splat');
      for (let lane = 1; lane < lanes; lane++) loadByteLane(f, lane, offset + lane, address);
    }
    f.simd('i16x8.extend_low_i8x16_u').simd('i32x4.extend_low_i16x8_u').simd('i32x4.neg');
    return;
  }
  address();
  if (lanes === 4) f.memory('v128.load', offset);
  else if (lanes === 1) f.memory('v128.load32_zero', offset);
  else f.memory('v128.load64_zero', offset);
  if (lanes === 3) {
    const low = f.local('v128');
    f.set(low);
    address();
    f.get(low).laneMemory('v128.load32_lane', 2, offset + 8);
  }
}

function loadByteLane(f: FunctionBuilder, lane: number, offset: number, address: () => void): void {
  const vector = f.local('v128');
  f.set(vector);
  address();
  f.get(vector).laneMemory('v128.load8_lane', lane, offset);
}

/** Reads lanes that lie `step` bytes apart; the address is that of lane 0. */
export function loadStrided(
  f: FunctionBuilder,
  dtype: DType,
  lanes: number,
  step: number,
  address: () => void,
): void {
  const bytes = dtype === 'bool' ? 1 : 4;
  // Offsets of memory instructions are not negative, so lanes that lie before the first get their own address.
  const at = (lane: number): number => {
    address();
    const distance = lane * step;
    if (distance >= 0) return distance;
    f.i32(distance).op('i32.add');
    return 0;
  };
  const first = at(0);
  if (bytes === 1) f.memory('i32.load8_u', first).simd('i8x16.splat');
  else f.memory('v128.load32_splat', first);
  for (let lane = 1; lane < lanes; lane++) {
    const vector = f.local('v128');
    f.set(vector);
    const offset = at(lane);
    f.get(vector).laneMemory(bytes === 1 ? 'v128.load8_lane' : 'v128.load32_lane', lane, offset);
  }
  if (bytes === 1)
    f.simd('i16x8.extend_low_i8x16_u').simd('i32x4.extend_low_i16x8_u').simd('i32x4.neg');
}

/** Reads one element into all lanes. */
export function loadSplat(
  f: FunctionBuilder,
  dtype: DType,
  offset: number,
  address: () => void,
): void {
  address();
  if (dtype === 'bool') f.memory('i32.load8_u', offset).simd('i32x4.splat').simd('i32x4.neg');
  else f.memory('v128.load32_splat', offset);
}

/** Writes the first lanes of a local. */
export function storeLanes(
  f: FunctionBuilder,
  dtype: DType,
  lanes: number,
  offset: number,
  address: () => void,
  value: Local,
): void {
  if (dtype === 'bool') {
    const bytes = f.local('v128');
    f.get(value).get(f.hoistedSplat(1)).simd('v128.and').tee(bytes).get(bytes);
    f.simd('i16x8.narrow_i32x4_s').tee(bytes).get(bytes).simd('i8x16.narrow_i16x8_u').set(bytes);
    if (lanes === 4) {
      address();
      f.get(bytes).laneMemory('v128.store32_lane', 0, offset);
      return;
    }
    for (let lane = 0; lane < lanes; lane++) {
      address();
      f.get(bytes).laneMemory('v128.store8_lane', lane, offset + lane);
    }
    return;
  }
  address();
  f.get(value);
  if (lanes === 4) f.memory('v128.store', offset);
  else if (lanes === 1) f.laneMemory('v128.store32_lane', 0, offset);
  else f.laneMemory('v128.store64_lane', 0, offset);
  if (lanes === 3) {
    address();
    f.get(value).laneMemory('v128.store32_lane', 2, offset + 8);
  }
}

/** Combines the four lanes of the vector on the stack, so that each lane holds the result. */
export function acrossLanes(f: FunctionBuilder, combine: () => void): void {
  const vector = f.local('v128');
  f.tee(vector).get(vector).get(vector);
  f.shuffle([2, 3, 0, 1]);
  combine();
  f.tee(vector).get(vector).get(vector);
  f.shuffle([1, 0, 3, 2]);
  combine();
}
