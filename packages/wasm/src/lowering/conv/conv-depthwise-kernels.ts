import type { ValueId } from '@gradus/tensor/backend';
import type { FunctionRef, Local } from '../../assembler/index.js';
import { advance, multiplyAdd } from '../../kernels/matmul-tile.js';
import type { KernelContext } from '../../program/kernel-plan.js';
import { kernelSignature } from '../../program/kernel-plan.js';
import { sizeOf } from '../access.js';
import { emitGrid, emitPaddedCopy } from './conv-emitter.js';
import type { ConvGeometry } from './conv-geometry.js';
import type { MatmulTail } from '../matmul/matmul-blocked.js';
import { MatmulEmitter } from '../matmul/matmul-emitter.js';
import { LaneTail, loadLanes, storeLanes } from '../matmul/matmul-lanes.js';

/** Windows side by side that share what is read of the kernel. */
const TOGETHER = 4;
/** Sums of the kernel's gradient that are kept in registers at a time. */
const SUMS = 9;

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** Distances in a result that has one number for each window and channel. */
function resultBytes({ positions, channels }: ConvGeometry): number[] {
  return positions.map((_, axis) => 4 * channels * sizeOf(positions.slice(axis + 1)));
}

/** `body` for each vector of channels, with its distance from the first in bytes and how many there are. */
function forChannels(
  e: MatmulEmitter,
  channels: number,
  body: (offset: Local, width: number) => void,
): void {
  const { f } = e;
  const whole = Math.floor(channels / 4) * 16;
  const offset = f.local('i32');
  f.for(offset, 0, whole, 16, () => body(offset, 4));
  if (channels % 4 === 0) return;
  body(e.sum(whole), channels % 4);
}

/** Runs `body` for `count` windows in a row, several at a time; it moves its own addresses on. */
function forRow(e: MatmulEmitter, count: number, body: (together: number) => void): void {
  const { f } = e;
  const turn = f.local('i32');
  f.for(turn, 0, Math.floor(count / TOGETHER), 1, () => body(TOGETHER));
  f.for(turn, 0, count % TOGETHER, 1, () => body(1));
}

/** Every channel of an image with its own kernel. Units are images. */
export function emitDepthwise(
  context: KernelContext,
  geometry: ConvGeometry,
  image: ValueId,
  kernel: ValueId,
  z: ValueId,
  tail: MatmulTail,
): FunctionRef {
  const { channels, positions, positionBytes, tapBytes, isPadded } = geometry;
  const { imageBytes, extentBytes, windows } = geometry;
  const f = context.module.function(kernelSignature);
  const e = new MatmulEmitter(context, f);
  const fused = context.features.relaxed;
  const [begin, end, padded] = f.params as [Local, Local, Local];
  if (isPadded) f.get(padded).i32(0).i32(extentBytes).memoryFill();
  const [step, pixel] = [positionBytes.at(-1) as number, channels * 4];
  const after = new LaneTail(f, tail);
  const start = f.local('v128');
  const factor = f.local('v128');
  const value = f.local('v128');
  const sums = range(TOGETHER).map(() => f.local('v128'));
  const unit = f.local('i32');
  f.for(unit, begin, end, 1, () => {
    const source = e.sum(context.address(image), [unit, imageBytes]);
    if (isPadded) emitPaddedCopy(e, geometry, 1, source, padded);
    const from = isPadded ? padded : source;
    const zImage = e.sum(context.address(z), [unit, windows * pixel]);
    const outer = positions.slice(0, -1);
    emitGrid(
      e,
      outer,
      [positionBytes.slice(0, -1), resultBytes(geometry).slice(0, -1)],
      ([xRow, zRow]) =>
        forChannels(e, channels, (offset, width) => {
          const xAt = e.sum(from, [xRow as Local, 1], [offset, 1]);
          const zAt = e.sum(zImage, [zRow as Local, 1], [offset, 1]);
          const wAt = e.sum(context.address(kernel), [offset, 1]);
          const maskAt = f.local('i32');
          if (tail.mask !== undefined) {
            f.get(zAt).i32(context.address(z)).op('i32.sub').i32(2).op('i32.shr_u');
            f.i32(context.address(tail.mask)).op('i32.add').set(maskAt);
          }
          const { bias } = tail;
          if (bias !== undefined)
            loadLanes(
              f,
              e.sum(context.address(bias.value), [offset, bias.isNumber ? 0 : 1]),
              bias.isNumber ? 1 : width,
              0,
              start,
            );
          if (bias?.isNumber === true)
            f.get(start).lane('f32x4.extract_lane', 0).simd('f32x4.splat').set(start);
          forRow(e, positions.at(-1) as number, (together) => {
            const own = sums.slice(0, together);
            own.forEach((sum) => f.get(start).set(sum));
            tapBytes.forEach((tap, t) => {
              loadLanes(f, wAt, width, t * pixel, factor);
              own.forEach((sum, i) => {
                loadLanes(f, xAt, width, tap + i * step, value);
                multiplyAdd(f, fused, sum, factor, value);
              });
            });
            own.forEach((sum, i) => {
              after.apply(sum, maskAt, width, i * channels);
              storeLanes(f, zAt, width, i * pixel, sum);
            });
            advance(f, xAt, together * step);
            advance(f, zAt, together * pixel);
            if (tail.mask !== undefined) advance(f, maskAt, together * channels);
          });
        }),
    );
  });
  return f.ref;
}

/** The gradient of the image: each number of the result's gradient is added to the window it came from. Units are images. */
export function emitDepthwiseInputGradient(
  context: KernelContext,
  geometry: ConvGeometry,
  gradient: ValueId,
  kernel: ValueId,
  z: ValueId,
): FunctionRef {
  const { channels, positions, positionBytes, tapBytes, isPadded } = geometry;
  const { imageBytes, extentBytes, windows } = geometry;
  const f = context.module.function(kernelSignature);
  const e = new MatmulEmitter(context, f);
  const fused = context.features.relaxed;
  const [begin, end, padded] = f.params as [Local, Local, Local];
  const pixel = channels * 4;
  const value = f.local('v128');
  const sum = f.local('v128');
  const factors = tapBytes.map(() => f.local('v128'));
  const unit = f.local('i32');
  f.for(unit, begin, end, 1, () => {
    const image = e.sum(context.address(z), [unit, imageBytes]);
    const target = isPadded ? padded : image;
    f.get(target)
      .i32(0)
      .i32(isPadded ? extentBytes : imageBytes)
      .memoryFill();
    const source = e.sum(context.address(gradient), [unit, windows * pixel]);
    emitGrid(
      e,
      positions.slice(0, -1),
      [positionBytes.slice(0, -1), resultBytes(geometry).slice(0, -1)],
      ([zRow, gRow]) =>
        forChannels(e, channels, (offset, width) => {
          const zAt = e.sum(target, [zRow as Local, 1], [offset, 1]);
          const gAt = e.sum(source, [gRow as Local, 1], [offset, 1]);
          const wAt = e.sum(context.address(kernel), [offset, 1]);
          factors.forEach((factor, t) => loadLanes(f, wAt, width, t * pixel, factor));
          const i = f.local('i32');
          f.for(i, 0, positions.at(-1) as number, 1, () => {
            loadLanes(f, gAt, width, 0, value);
            factors.forEach((factor, t) => {
              const tap = tapBytes[t] as number;
              loadLanes(f, zAt, width, tap, sum);
              multiplyAdd(f, fused, sum, factor, value);
              storeLanes(f, zAt, width, tap, sum);
            });
            advance(f, gAt, pixel);
            advance(f, zAt, positionBytes.at(-1) as number);
          });
        }),
    );
    if (isPadded) emitPaddedCopy(e, geometry, 1, image, padded, true);
  });
  return f.ref;
}

/** The gradient of the kernel. Units are vectors of channels: each sees all images, in order. */
export function emitDepthwiseKernelGradient(
  context: KernelContext,
  geometry: ConvGeometry,
  image: ValueId,
  gradient: ValueId,
  z: ValueId,
): FunctionRef {
  const { batch, channels, positions, positionBytes, tapBytes, isPadded } = geometry;
  const { imageBytes, extentBytes, windows } = geometry;
  const f = context.module.function(kernelSignature);
  const e = new MatmulEmitter(context, f);
  const fused = context.features.relaxed;
  const [begin, end, padded] = f.params as [Local, Local, Local];
  if (isPadded) f.get(padded).i32(0).i32(extentBytes).memoryFill();
  const pixel = channels * 4;
  const value = f.local('v128');
  const column = f.local('v128');
  const zero = f.local('v128');
  const sums = range(Math.min(SUMS, tapBytes.length)).map(() => f.local('v128'));
  const each = f.local('i32');
  f.for(each, 0, batch, 1, () => {
    const source = e.sum(context.address(image), [each, imageBytes]);
    if (isPadded) emitPaddedCopy(e, geometry, 1, source, padded);
    const from = isPadded ? padded : source;
    const g = e.sum(context.address(gradient), [each, windows * pixel]);
    const vector = (offset: Local, width: number): void => {
      const zAt = e.sum(context.address(z), [offset, 1]);
      for (let first = 0; first < tapBytes.length; first += SUMS) {
        const taps = tapBytes.slice(first, first + SUMS);
        f.get(each).if(
          () =>
            taps.forEach((_, t) => loadLanes(f, zAt, width, (first + t) * pixel, sums[t] as Local)),
          () => taps.forEach((_, t) => f.get(zero).set(sums[t] as Local)),
        );
        emitGrid(
          e,
          positions.slice(0, -1),
          [positionBytes.slice(0, -1), resultBytes(geometry).slice(0, -1)],
          ([xRow, gRow]) => {
            const xAt = e.sum(from, [xRow as Local, 1], [offset, 1]);
            const gAt = e.sum(g, [gRow as Local, 1], [offset, 1]);
            const i = f.local('i32');
            f.for(i, 0, positions.at(-1) as number, 1, () => {
              loadLanes(f, gAt, width, 0, value);
              taps.forEach((tap, t) => {
                loadLanes(f, xAt, width, tap, column);
                multiplyAdd(f, fused, sums[t] as Local, value, column);
              });
              advance(f, gAt, pixel);
              advance(f, xAt, positionBytes.at(-1) as number);
            });
          },
        );
        taps.forEach((_, t) => storeLanes(f, zAt, width, (first + t) * pixel, sums[t] as Local));
      }
    };
    const unit = f.local('i32');
    const whole = Math.floor(channels / 4);
    f.for(unit, begin, end, 1, () => {
      const offset = e.sum(0, [unit, 16]);
      if (channels % 4 === 0) {
        vector(offset, 4);
        return;
      }
      f.get(unit)
        .i32(whole)
        .op('i32.lt_s')
        .if(
          () => vector(offset, 4),
          () => vector(offset, channels % 4),
        );
    });
  });
  return f.ref;
}
