import type { ValueId } from '@gradus/tensor/backend';
import type { FunctionBuilder, Local } from '../../assembler/index.js';
import { kernelSignature } from '../../program/kernel-plan.js';
import type { KernelPlan } from '../../program/kernel-plan.js';
import type { Pattern } from '../pattern.js';
import { load, overChannels, store } from '../lanes.js';
import { splitAt } from './rows.js';
import type { AxisSplit } from './rows.js';

interface Search {
  readonly split: AxisSplit;
  readonly isFloat: boolean;
  /** The comparison that a better element passes. */
  readonly better: 'gt' | 'lt';
  readonly from: number;
  readonly to: number;
}

/** Takes `value` at `position` as the best of its lanes where it is better, or the first NaN. */
function take(
  f: FunctionBuilder,
  { isFloat, better }: Search,
  value: Local,
  position: Local,
  best: Local,
  at: Local,
): void {
  const wins = f.local('v128');
  f.get(value).get(best);
  f.simd(isFloat ? `f32x4.${better}` : `i32x4.${better}_s`);
  if (isFloat) {
    f.get(value).get(value).simd('f32x4.ne').get(best).get(best).simd('f32x4.eq').simd('v128.and');
    f.simd('v128.or');
  }
  f.set(wins);
  f.get(value).get(best).get(wins).simd('v128.bitselect').set(best);
  f.get(position).get(at).get(wins).simd('v128.bitselect').set(at);
}

/** Rows in memory order: one element after the other, from the first. */
function emitRows(f: FunctionBuilder, search: Search, row: Local): void {
  const { split, isFloat, better, from, to } = search;
  const { length } = split;
  const type = isFloat ? 'f32' : 'i32';
  const [value, best] = [f.local(type), f.local(type)];
  const [at, k, read] = [f.local('i32'), f.local('i32'), f.local('i32')];
  f.get(row)
    .i32(length * 4)
    .op('i32.mul')
    .tee(read)
    .memory(`${type}.load`, from)
    .set(best);
  f.i32(0).set(at);
  f.for(k, 1, length, 1, () => {
    f.get(read).i32(4).op('i32.add').tee(read).memory(`${type}.load`, from).tee(value).get(best);
    f.op(isFloat ? `f32.${better}` : `i32.${better}_s`);
    if (isFloat)
      f.get(value)
        .get(value)
        .op('f32.ne')
        .get(best)
        .get(best)
        .op('f32.eq')
        .op('i32.and')
        .op('i32.or');
    f.if(() => f.get(value).set(best).get(k).set(at));
  });
  f.get(row).i32(2).op('i32.shl').get(at).memory('i32.store', to);
}

/** Columns: four of them are searched at a time. */
function emitColumns(f: FunctionBuilder, search: Search, image: Local): void {
  const { split, from, to } = search;
  const { length, inner } = split;
  const [read, write, down, k] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('i32')];
  const [value, best, at, position] = [
    f.local('v128'),
    f.local('v128'),
    f.local('v128'),
    f.local('v128'),
  ];
  f.get(image)
    .i32(length * inner * 4)
    .op('i32.mul')
    .set(read);
  f.get(image)
    .i32(inner * 4)
    .op('i32.mul')
    .set(write);
  overChannels(f, inner, 1, [read, write], (offset, lanes) => {
    f.get(read).tee(down);
    load(f, lanes, from + offset);
    f.set(best);
    f.get(f.hoistedSplat(0)).tee(at).set(position);
    f.for(k, 1, length, 1, () => {
      f.get(down)
        .i32(inner * 4)
        .op('i32.add')
        .tee(down);
      load(f, lanes, from + offset);
      f.set(value);
      f.get(position).get(f.hoistedSplat(1)).simd('i32x4.add').set(position);
      take(f, search, value, position, best, at);
    });
    f.get(write).get(at);
    store(f, lanes, to + offset);
  });
}

/** Positions of the largest or smallest elements along an axis; the first of equals, and a NaN wins. */
export const argExtremePattern: Pattern = (view, index) => {
  const { primitive, params, inputs, outputs } = view.node(index);
  const { name } = primitive;
  if (name !== 'argMax' && name !== 'argMin') return undefined;
  const [x] = inputs as readonly [ValueId];
  const [output] = outputs as readonly [ValueId];
  const { shape, dtype } = view.type(x);
  if (dtype !== 'float32' && dtype !== 'int32') return undefined;
  const split = splitAt(shape, (params as { readonly axis: number }).axis);
  const { outer, length, inner } = split;
  const source = view.owner(x);
  const plan: KernelPlan = {
    name,
    detail: `[${outer}, ${length}, ${inner}] along the middle`,
    inputs: [source],
    outputs: [output],
    flops: outer * length * inner,
    bytes: 4 * outer * (length + 1) * inner,
    units: outer,
    scratchBytes: 0,
    emit({ module, address }) {
      const f = module.function(kernelSignature);
      const unit = f.local('i32');
      const search: Search = {
        split,
        isFloat: dtype === 'float32',
        better: name === 'argMax' ? 'gt' : 'lt',
        from: address(source),
        to: address(output),
      };
      f.for(unit, f.param(0), f.param(1), 1, () =>
        inner === 1 ? emitRows(f, search, unit) : emitColumns(f, search, unit),
      );
      return f.ref;
    },
  };
  return { nodes: [index], kernels: [plan] };
};
