import type { FunctionBuilder, Local, Signature } from '../assembler/index.js';
import { advance } from './matmul-tile.js';

/** [z, mask, how many numbers]: z is changed in place; mask holds a byte (0 or 1) for each number. */
export const epilogueSignature: Signature = { params: ['i32', 'i32', 'i32'], results: [] };

/** What happens to a tile of a product while it is still in the cache. */
export type Epilogue =
  /** Not positive becomes 0. */
  | 'relu'
  /** As relu, and the mask tells where: the gradient needs it. */
  | 'reluMask'
  /** Zero where the mask says so: the gradient of relu. */
  | 'gate';

/** Writes the body: four numbers a turn, then one. NaN stays, as it is not lessEqual 0. */
export function emitEpilogue(f: FunctionBuilder, epilogue: Epilogue): void {
  const [z, mask, count] = f.params as [Local, Local, Local];
  const value = f.local('v128');
  const off = f.local('v128');
  const zero = f.local('v128');
  const ones = f.local('v128');
  const number = f.local('f32');
  const left = f.local('i32');
  if (epilogue === 'reluMask') f.i32(1).simd('i8x16.splat').set(ones);

  const four = (i: number): void => {
    if (epilogue === 'gate')
      f.get(mask)
        .memory('v128.load32_zero', i * 4)
        .simd('i16x8.extend_low_i8x16_u')
        .simd('i32x4.extend_low_i16x8_u')
        .get(zero)
        .simd('i32x4.ne')
        .set(off)
        .get(z)
        .memory('v128.load', i * 16)
        .set(value);
    else
      f.get(z)
        .memory('v128.load', i * 16)
        .tee(value)
        .get(zero)
        .simd('f32x4.le')
        .set(off);
    f.get(z)
      .get(value)
      .get(off)
      .simd('v128.andnot')
      .memory('v128.store', i * 16);
    if (epilogue !== 'reluMask') return;
    f.get(mask)
      .get(off)
      .get(off)
      .simd('i16x8.narrow_i32x4_s')
      .get(off)
      .simd('i8x16.narrow_i16x8_s')
      .get(ones)
      .simd('v128.and')
      .laneMemory('v128.store32_lane', 0, i * 4);
  };
  const turns = (size: number, body: () => void): void => {
    f.loop((again) => {
      body();
      advance(f, z, size * 4);
      if (epilogue !== 'relu') advance(f, mask, size);
      f.get(left).i32(-1).op('i32.add').tee(left);
      again();
    });
  };
  f.get(count).i32(2).op('i32.shr_u').tee(left);
  f.if(() => turns(4, () => four(0)));
  f.get(count).i32(3).op('i32.and').tee(left);
  f.if(() =>
    turns(1, () => {
      if (epilogue === 'gate') {
        f.get(mask)
          .memory('i32.load8_u')
          .if(() => f.get(z).f32(0).memory('f32.store'));
        return;
      }
      f.get(z).memory('f32.load').set(number);
      if (epilogue === 'reluMask') f.get(mask).get(number).f32(0).op('f32.le').memory('i32.store8');
      f.get(number)
        .f32(0)
        .op('f32.le')
        .if(() => f.get(z).f32(0).memory('f32.store'));
    }),
  );
}
