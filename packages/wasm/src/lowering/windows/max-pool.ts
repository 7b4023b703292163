import type { Local } from '../../assembler/index.js';
import { mathIn } from '../../math/index.js';
import { kernelSignature } from '../../program/kernel-plan.js';
import type { KernelPlan } from '../../program/kernel-plan.js';
import { sizeOf } from '../access.js';
import type { GraphView } from '../graph-view.js';
import type { Pattern } from '../pattern.js';
import type { WindowGeometry } from './geometry.js';
import { matchMaxPool } from './max-pool-match.js';
import type { MaxPool, MaxPoolGradient } from './max-pool-match.js';
import { load, overChannels, store } from '../lanes.js';
import { unitsOf, walkWindows } from './walk.js';

/** Data and windows, for `explain`. */
export function describeWindows({ batch, spatial, channels, params }: WindowGeometry): string {
  const { kernel, strides } = params;
  return `[${[batch, ...spatial, channels].join()}] in windows [${kernel.join()}] by [${strides.join()}]`;
}

/** Elements of the data, and of a result with one element for each window and channel. */
export function sizesOf(geometry: WindowGeometry): {
  readonly data: number;
  readonly results: number;
} {
  const { batch, spatial, channels, positions } = geometry;
  return {
    data: batch * sizeOf(spatial) * channels,
    results: batch * sizeOf(positions) * channels,
  };
}

/** The largest element of each window, read where it lies. */
function forward(view: GraphView, { x, maximum, geometry, outside }: MaxPool): KernelPlan {
  const { channels, taps } = geometry;
  const { data, results } = sizesOf(geometry);
  const source = view.owner(x);
  return {
    name: 'maxPool',
    detail: describeWindows(geometry),
    inputs: [source],
    outputs: [maximum],
    flops: results * taps,
    bytes: 4 * (data + results),
    units: unitsOf(geometry, 'rows'),
    scratchBytes: 0,
    emit({ module, address, features }) {
      const f = module.function(kernelSignature);
      const m = mathIn(f, features);
      const [from, to] = [address(source), address(maximum)];
      const best = f.local('v128');
      const value = f.local('v128');
      const wrong = f.local('v128');
      const target = f.local('i32');
      walkWindows(f, geometry, 'rows', ({ at, number, taps: inside, missing }) => {
        f.get(number)
          .i32(channels * 4)
          .op('i32.mul')
          .set(target);
        overChannels(f, channels, Math.max(1, Math.floor(16 / taps)), [at, target], (c, lanes) => {
          let isFirst = missing === 0;
          if (!isFirst) f.get(m.constant(outside)).set(best);
          // pmax takes one instruction where max takes seven, but it forgets a NaN: those are gathered apart.
          inside.forEach((tap, i) => {
            f.get(at);
            load(f, lanes, from + tap.offset + c);
            f.tee(value).get(value).simd('f32x4.ne');
            if (i > 0) f.get(wrong).simd('v128.or');
            f.set(wrong);
            if (isFirst) f.get(value).set(best);
            else f.get(best).get(value).simd('f32x4.pmax').set(best);
            isFirst = false;
          });
          f.get(target).get(best);
          if (inside.length > 0) f.get(wrong).simd('v128.or');
          store(f, lanes, to + c);
        });
      });
      return f.ref;
    },
  };
}

/**
 * Gives the gradient of each window to its largest elements, in equal parts, as the graph does: w g / sum(w) where w is 1
 * for an element that equals the maximum.
 */
function backward(
  view: GraphView,
  { x, maximum, geometry, outside }: MaxPool,
  { g, result, relu }: MaxPoolGradient,
): KernelPlan {
  const { channels, spatial, taps, overlap, cover } = geometry;
  const { data, results } = sizesOf(geometry);
  const [source, gradient] = [view.owner(x), view.owner(g)];
  return {
    name: 'maxPoolGradient',
    detail: `${describeWindows(geometry)}${relu ? ', and of the relu before it' : ''}`,
    inputs: [source, maximum, gradient],
    outputs: [result],
    flops: results * taps * 4,
    bytes: 4 * (2 * data + 2 * results),
    units: unitsOf(geometry, 'images'),
    scratchBytes: 0,
    emit({ module, address, features }) {
      const f = module.function(kernelSignature);
      const m = mathIn(f, features);
      const [from, best, above, to] = [source, maximum, gradient, result].map(address) as [
        number,
        number,
        number,
        number,
      ];
      const one = m.constant(1);
      const zero = m.constant(0);
      const [largest, share] = [f.local('v128'), f.local('v128')];
      const wins: Local[] = [];
      const place = f.local('i32');
      const imageBytes = sizeOf(spatial) * channels * 4;
      walkWindows(
        f,
        geometry,
        'images',
        ({ at, number, taps: inside, missing }) => {
          f.get(number)
            .i32(channels * 4)
            .op('i32.mul')
            .set(place);
          while (wins.length < inside.length) wins.push(f.local('v128'));
          overChannels(f, channels, Math.max(1, Math.floor(8 / taps)), [at, place], (c, lanes) => {
            f.get(place);
            load(f, lanes, best + c);
            f.set(largest);
            f.get(place);
            load(f, lanes, above + c);
            // Elements of the border that equal the maximum take their part too.
            if (missing > 0)
              f.get(m.constant(outside))
                .get(largest)
                .simd('f32x4.eq')
                .get(m.constant(missing))
                .simd('v128.and');
            inside.forEach((tap, i) => {
              f.get(at);
              load(f, lanes, from + tap.offset + c);
              f.get(largest).simd('f32x4.eq').get(one).simd('v128.and');
              f.tee(wins[i] as Local);
              if (i > 0 || missing > 0) f.simd('f32x4.add');
            });
            f.simd('f32x4.div').set(share);
            inside.forEach((tap, i) => {
              f.get(at);
              f.get(wins[i] as Local)
                .get(share)
                .simd('f32x4.mul');
              if (relu) {
                f.get(at);
                load(f, lanes, from + tap.offset + c);
                f.get(zero).simd('f32x4.le').simd('v128.andnot');
              }
              if (overlap) {
                f.get(at);
                load(f, lanes, to + tap.offset + c);
                f.simd('f32x4.add');
              }
              store(f, lanes, to + tap.offset + c);
            });
          });
        },
        (image) => {
          if (overlap || !cover)
            f.get(image).i32(to).op('i32.add').i32(0).i32(imageBytes).memoryFill();
        },
      );
      return f.ref;
    },
  };
}

/** What was recognised at the windows, for when the nodes of the gradients come up. */
const recognised = new WeakMap<GraphView, MaxPool[]>();

/** Max pooling and its gradient, without ever writing the windows. */
export const maxPoolPattern: Pattern = (view, index) => {
  const { name } = view.node(index).primitive;
  const pools = recognised.get(view) ?? [];
  if (name === 'unfold') {
    const pool = matchMaxPool(view, index);
    if (pool === undefined) return undefined;
    recognised.set(view, [...pools, pool]);
    return { nodes: pool.nodes, kernels: [forward(view, pool)] };
  }
  if (name !== 'equal') return undefined;
  for (const pool of pools)
    for (const gradient of pool.gradients)
      if (gradient.nodes[0] === index)
        return { nodes: gradient.nodes, kernels: [backward(view, pool, gradient)] };
  return undefined;
};
