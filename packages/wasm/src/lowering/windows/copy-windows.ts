import type { ValueId } from '@gradus/tensor/backend';
import type { Local } from '../../assembler/index.js';
import { kernelSignature } from '../../program/kernel-plan.js';
import type { KernelPlan } from '../../program/kernel-plan.js';
import { sizeOf } from '../access.js';
import type { GraphView } from '../graph-view.js';
import type { Pattern } from '../pattern.js';
import { codeSize, windowGeometry } from './geometry.js';
import type { WindowGeometry, WindowParams } from './geometry.js';
import { MOST_CODE } from './max-pool-match.js';
import { describeWindows, sizesOf } from './max-pool.js';
import { walkTaps } from './walk-taps.js';
import { load, overChannels, store } from '../lanes.js';
import { unitsOf, walkWindows } from './walk.js';

/** Whether code for each kind of window would be too much. */
const isLarge = (geometry: WindowGeometry): boolean => codeSize(geometry) > MOST_CODE;

/** All windows, one after the other; what lies outside of the data is 0. */
function unfoldKernel(
  view: GraphView,
  x: ValueId,
  windows: ValueId,
  geometry: WindowGeometry,
): KernelPlan {
  const { channels, taps } = geometry;
  const { data, results } = sizesOf(geometry);
  const source = view.owner(x);
  const pixel = channels * 4;
  return {
    name: 'unfold',
    detail: describeWindows(geometry),
    inputs: [source],
    outputs: [windows],
    flops: 0,
    bytes: 4 * (data + results * taps),
    units: unitsOf(geometry, 'rows'),
    scratchBytes: 0,
    emit({ module, address }) {
      const f = module.function(kernelSignature);
      const [from, to] = [address(source), address(windows)];
      const target = f.local('i32');
      if (isLarge(geometry)) {
        const rowBytes = sizeOf(geometry.positions.slice(1)) * taps * pixel;
        f.get(f.param(0)).i32(rowBytes).op('i32.mul').i32(to).op('i32.add').i32(0);
        f.get(f.param(1)).get(f.param(0)).op('i32.sub').i32(rowBytes).op('i32.mul').memoryFill();
        walkTaps(f, geometry, 'rows', ({ at, number }) => {
          f.get(number).i32(pixel).op('i32.mul').set(target);
          overChannels(f, channels, 4, [at, target], (c, lanes) => {
            f.get(target).get(at);
            load(f, lanes, from + c);
            store(f, lanes, to + c);
          });
        });
        return f.ref;
      }
      walkWindows(f, geometry, 'rows', ({ at, number, taps: inside, missing }) => {
        f.get(number)
          .i32(taps * pixel)
          .op('i32.mul')
          .set(target);
        if (missing > 0)
          f.get(target)
            .i32(to)
            .op('i32.add')
            .i32(0)
            .i32(taps * pixel)
            .memoryFill();
        overChannels(f, channels, Math.max(1, Math.floor(16 / taps)), [at, target], (c, lanes) => {
          for (const { index, offset } of inside) {
            f.get(target).get(at);
            load(f, lanes, from + offset + c);
            store(f, lanes, to + index * pixel + c);
          }
        });
      });
      return f.ref;
    },
  };
}

/** The sum of each window, read where it lies. */
function sumKernel(
  view: GraphView,
  x: ValueId,
  sums: ValueId,
  geometry: WindowGeometry,
): KernelPlan {
  const { channels, taps } = geometry;
  const { data, results } = sizesOf(geometry);
  const source = view.owner(x);
  return {
    name: 'sumPool',
    detail: describeWindows(geometry),
    inputs: [source],
    outputs: [sums],
    flops: results * taps,
    bytes: 4 * (data + results),
    units: unitsOf(geometry, 'rows'),
    scratchBytes: 0,
    emit({ module, address }) {
      const f = module.function(kernelSignature);
      const [from, to] = [address(source), address(sums)];
      const target = f.local('i32');
      const zero = f.hoistedSplat(0);
      walkWindows(f, geometry, 'rows', ({ at, number, taps: inside }) => {
        f.get(number)
          .i32(channels * 4)
          .op('i32.mul')
          .set(target);
        overChannels(f, channels, Math.max(1, Math.floor(16 / taps)), [at, target], (c, lanes) => {
          f.get(target);
          if (inside.length === 0) f.get(zero);
          inside.forEach(({ offset }, i) => {
            f.get(at);
            load(f, lanes, from + offset + c);
            if (i > 0) f.simd('f32x4.add');
          });
          store(f, lanes, to + c);
        });
      });
      return f.ref;
    },
  };
}

/**
 * Windows put back and added up where they overlap. With `isUniform` all elements of a window are the same, and only one
 * of them is in memory.
 */
function foldKernel(
  view: GraphView,
  windows: ValueId,
  result: ValueId,
  geometry: WindowGeometry,
  isUniform: boolean,
): KernelPlan {
  const { channels, taps, spatial, overlap, cover } = geometry;
  const { data, results } = sizesOf(geometry);
  const source = view.owner(windows);
  const pixel = channels * 4;
  const stride = isUniform ? 0 : pixel;
  const add = view.type(result).dtype === 'int32' ? 'i32x4.add' : 'f32x4.add';
  return {
    name: isUniform ? 'sumPoolGradient' : 'fold',
    detail: describeWindows(geometry),
    inputs: [source],
    outputs: [result],
    flops: results * taps,
    bytes: 4 * (data + results * (isUniform ? 1 : taps)),
    units: unitsOf(geometry, 'images'),
    scratchBytes: 0,
    emit({ module, address }) {
      const f = module.function(kernelSignature);
      const [from, to] = [address(source), address(result)];
      const origin = f.local('i32');
      const clear = (image: Local): void => {
        if (overlap || !cover)
          f.get(image)
            .i32(to)
            .op('i32.add')
            .i32(0)
            .i32(sizeOf(spatial) * pixel)
            .memoryFill();
      };
      if (isLarge(geometry)) {
        walkTaps(
          f,
          geometry,
          'images',
          ({ at, number }) => {
            f.get(number);
            if (isUniform) f.i32(taps).op('i32.div_u');
            f.i32(pixel).op('i32.mul').set(origin);
            overChannels(f, channels, 4, [at, origin], (c, lanes) => {
              f.get(at).get(origin);
              load(f, lanes, from + c);
              f.get(at);
              load(f, lanes, to + c);
              f.simd(add);
              store(f, lanes, to + c);
            });
          },
          (image) => {
            f.get(image).i32(to).op('i32.add').i32(0);
            f.i32(sizeOf(spatial) * pixel).memoryFill();
          },
        );
        return f.ref;
      }
      walkWindows(
        f,
        geometry,
        'images',
        ({ at, number, taps: inside }) => {
          f.get(number)
            .i32(isUniform ? pixel : taps * pixel)
            .op('i32.mul')
            .set(origin);
          overChannels(
            f,
            channels,
            Math.max(1, Math.floor(16 / taps)),
            [at, origin],
            (c, lanes) => {
              for (const { index, offset } of inside) {
                f.get(at).get(origin);
                load(f, lanes, from + index * stride + c);
                if (overlap) {
                  f.get(at);
                  load(f, lanes, to + offset + c);
                  f.simd(add);
                }
                store(f, lanes, to + offset + c);
              }
            },
          );
        },
        clear,
      );
      return f.ref;
    },
  };
}

/** Average pooling: the sum over each window without writing the windows. */
export const sumPoolPattern: Pattern = (view, index) => {
  const { primitive, params, inputs, outputs } = view.node(index);
  const [windows] = outputs as readonly [ValueId];
  if (primitive.name !== 'unfold' || view.isOutput(windows)) return undefined;
  const [user, ...others] = view.users(windows);
  if (user === undefined || others.length > 0 || view.isClaimed(user)) return undefined;
  const sum = view.node(user);
  const { shape, dtype } = view.type(windows);
  if (sum.primitive.name !== 'sum' || dtype !== 'float32') return undefined;
  if ((sum.params as { axes: readonly number[] }).axes.join() !== String(shape.length - 2))
    return undefined;
  const [x] = inputs as readonly [ValueId];
  const geometry = windowGeometry(view.type(x).shape, params as WindowParams);
  if (isLarge(geometry)) return undefined;
  const [sums] = sum.outputs as readonly [ValueId];
  return { nodes: [index, user], kernels: [sumKernel(view, x, sums, geometry)] };
};

/** The gradient of average pooling: windows whose elements are all the same, put back. */
export const sumPoolGradientPattern: Pattern = (view, index) => {
  const { primitive, params, inputs, outputs } = view.node(index);
  if (primitive.name !== 'fold') return undefined;
  const [windows] = inputs as readonly [ValueId];
  const [result] = outputs as readonly [ValueId];
  const producer = view.producer(windows);
  if (producer === undefined || view.isClaimed(producer)) return undefined;
  if (view.isOutput(windows) || view.users(windows).length > 1) return undefined;
  const broadcast = view.node(producer);
  if (broadcast.primitive.name !== 'broadcast') return undefined;
  const [single] = broadcast.inputs as readonly [ValueId];
  const shape = [...view.type(windows).shape];
  shape[shape.length - 2] = 1;
  const type = view.type(result);
  if (view.type(single).shape.join() !== shape.join() || type.dtype !== 'float32') return undefined;
  const geometry = windowGeometry(type.shape, params as WindowParams);
  return {
    nodes: [producer, index],
    kernels: [foldKernel(view, single, result, geometry, true)],
  };
};

/** Windows as they are, where nothing better is known: copies of whole runs of channels. */
export const windowsPattern: Pattern = (view, index) => {
  const { primitive, params, inputs, outputs } = view.node(index);
  const [input] = inputs as readonly [ValueId];
  const [output] = outputs as readonly [ValueId];
  const isFold = primitive.name === 'fold';
  if (primitive.name !== 'unfold' && !isFold) return undefined;
  const { dtype } = view.type(output);
  if (dtype !== 'float32' && dtype !== 'int32') return undefined;
  const data = view.type(isFold ? output : input).shape;
  const geometry = windowGeometry(data, params as WindowParams);
  const kernel = isFold
    ? foldKernel(view, input, output, geometry, false)
    : unfoldKernel(view, input, output, geometry);
  return { nodes: [index], kernels: [kernel] };
};
