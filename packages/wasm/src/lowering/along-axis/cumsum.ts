import type { ValueId } from '@gradus/tensor/backend';
import { kernelSignature } from '../../program/kernel-plan.js';
import type { KernelPlan } from '../../program/kernel-plan.js';
import type { Pattern } from '../pattern.js';
import { load, overChannels, store } from '../lanes.js';
import { splitAt } from './rows.js';

interface CumsumParams {
  readonly axis: number;
  readonly reverse: boolean;
  readonly exclusive: boolean;
}

/** Running sums along an axis. Those of floats are kept in float64, so that long ones do not lose digits. */
export const cumsumPattern: Pattern = (view, index) => {
  const { primitive, params, inputs, outputs } = view.node(index);
  if (primitive.name !== 'cumsum') return undefined;
  const [x] = inputs as readonly [ValueId];
  const [output] = outputs as readonly [ValueId];
  const { shape, dtype } = view.type(x);
  if (dtype !== 'float32' && dtype !== 'int32') return undefined;
  const { axis, reverse, exclusive } = params as CumsumParams;
  const { outer, length, inner } = splitAt(shape, axis);
  const source = view.owner(x);
  const isFloat = dtype === 'float32';
  const plan: KernelPlan = {
    name: 'cumsum',
    detail: `[${outer}, ${length}, ${inner}] along the middle`,
    inputs: [source],
    outputs: [output],
    flops: outer * length * inner,
    bytes: 8 * outer * length * inner,
    units: outer,
    scratchBytes: 0,
    emit({ module, address }) {
      const f = module.function(kernelSignature);
      const [from, to] = [address(source), address(output)];
      const [unit, start, at, k] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('i32')];
      const [value, low, high] = [f.local('v128'), f.local('v128'), f.local('v128')];
      const zero = f.hoistedSplat(0);
      const write = (offset: number, lanes: 4 | 2 | 1): void => {
        f.get(at);
        if (isFloat) {
          f.get(low).simd('f32x4.demote_f64x2_zero');
          f.get(high).simd('f32x4.demote_f64x2_zero').shuffle([0, 1, 4, 5]);
        } else f.get(low);
        store(f, lanes, to + offset);
      };
      const add = (): void => {
        if (!isFloat) {
          f.get(low).get(value).simd('i32x4.add').set(low);
          return;
        }
        f.get(low).get(value).simd('f64x2.promote_low_f32x4').simd('f64x2.add').set(low);
        f.get(high).get(value).get(value).shuffle([2, 3, 2, 3]);
        f.simd('f64x2.promote_low_f32x4').simd('f64x2.add').set(high);
      };
      f.for(unit, f.param(0), f.param(1), 1, () => {
        f.get(unit)
          .i32(length * inner * 4)
          .op('i32.mul')
          .i32(reverse ? (length - 1) * inner * 4 : 0)
          .op('i32.add')
          .set(start);
        overChannels(f, inner, 1, [start], (offset, lanes) => {
          f.get(zero).tee(low).set(high);
          f.get(start).set(at);
          f.for(k, 0, length, 1, () => {
            f.get(at);
            load(f, lanes, from + offset);
            f.set(value);
            if (exclusive) write(offset, lanes);
            add();
            if (!exclusive) write(offset, lanes);
            f.get(at)
              .i32((reverse ? -1 : 1) * inner * 4)
              .op('i32.add')
              .set(at);
          });
        });
      });
      return f.ref;
    },
  };
  return { nodes: [index], kernels: [plan] };
};
