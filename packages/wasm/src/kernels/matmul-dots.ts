import type { FunctionBuilder, Local, Signature } from '../assembler/index.js';
import { transpose4 } from './matmul-pack.js';
import { advance, multiplyAdd } from './matmul-tile.js';

/** [k, count, y, bytes from one column of y to the next, x, z, start, bytes from one start to the next: 4, or 0 for four that serve all] */
export const dotsSignature: Signature = {
  params: ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
  results: [],
};

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/**
 * `z[j] = start[j] + x · y[j]` for one row x and columns of y that each lie in one piece: nothing is packed, every number
 * of y is read once. Four columns at a time, so that four sums become one vector in the end; the last ones singly.
 */
export function emitDots(f: FunctionBuilder, fused: boolean): void {
  const [k, count, y, yStep, x, z, start, startStep] = f.params as [
    Local,
    Local,
    Local,
    Local,
    Local,
    Local,
    Local,
    Local,
  ];
  const at = f.local('i32');
  const left = f.local('i32');
  const four = f.local('i32');
  const factor = f.local('v128');
  const column = f.local('v128');
  const places = range(4).map(() => f.local('i32'));
  const sums = range(4).map(() => f.local('v128'));
  const empty = f.local('v128');

  const dots = (width: number): void => {
    places.slice(0, width).forEach((place, i) => {
      f.get(i === 0 ? y : (places[i - 1] as Local));
      if (i > 0) f.get(yStep).op('i32.add');
      f.set(place);
    });
    f.get(places[width - 1] as Local)
      .get(yStep)
      .op('i32.add')
      .set(y);
    sums.forEach((sum) => f.get(empty).set(sum));
    f.get(x).set(at);
    const steps = (size: 4 | 1): void => {
      const load = size === 4 ? 'v128.load' : 'v128.load32_zero';
      f.loop((again) => {
        f.get(at).memory(load).set(factor);
        places.slice(0, width).forEach((place, i) => {
          f.get(place).memory(load).set(column);
          multiplyAdd(f, fused, sums[i] as Local, factor, column);
          advance(f, place, size * 4);
        });
        advance(f, at, size * 4);
        f.get(left).i32(-1).op('i32.add').tee(left);
        again();
      });
    };
    f.get(k).i32(2).op('i32.shr_u').tee(left);
    f.if(() => steps(4));
    f.get(k).i32(3).op('i32.and').tee(left);
    f.if(() => steps(1));
    transpose4(f, sums);
    const [a, b, c, d] = sums as [Local, Local, Local, Local];
    f.get(z);
    f.get(start).memory(width === 4 ? 'v128.load' : 'v128.load32_zero');
    f.get(a).get(b).simd('f32x4.add').get(c).get(d).simd('f32x4.add').simd('f32x4.add');
    f.simd('f32x4.add');
    if (width === 4) f.memory('v128.store');
    else f.laneMemory('v128.store32_lane', 0);
    advance(f, z, width * 4);
    f.get(start).get(startStep).i32(width).op('i32.mul').op('i32.add').set(start);
  };
  const turns = (width: number): void => {
    f.loop((again) => {
      dots(width);
      f.get(four).i32(-1).op('i32.add').tee(four);
      again();
    });
  };
  f.get(count).i32(2).op('i32.shr_u').tee(four);
  f.if(() => turns(4));
  f.get(count).i32(3).op('i32.and').tee(four);
  f.if(() => turns(1));
}
