import type { DType, ValueId } from '@gradus/tensor/backend';
import type { FunctionBuilder, Local } from '../../assembler/index.js';
import { kernelSignature } from '../../program/kernel-plan.js';
import type { KernelPlan } from '../../program/kernel-plan.js';
import type { Pattern } from '../pattern.js';
import { splitAt } from './rows.js';

/** Up to here insertion beats four passes with counts of 256 digits each. */
const FEW = 64;
const COUNTS = 4 * 256 * 4;
const SIGN = 0x80000000 | 0;

/**
 * Leaves an unsigned number that orders as the element at [address] does: the sign bit of integers flipped, and all bits
 * of negative floats. -0 becomes 0 before, and a NaN becomes the largest number of all, in both directions.
 */
function emitKey(f: FunctionBuilder, dtype: DType, descending: boolean, offset: number): void {
  const bits = f.local('i32');
  if (dtype === 'bool') f.memory('i32.load8_u', offset);
  else if (dtype === 'int32') f.memory('i32.load', offset).i32(SIGN).op('i32.xor');
  else {
    const value = f.local('f32');
    f.memory('f32.load', offset)
      .f32(0)
      .op('f32.add')
      .tee(value)
      .op('i32.reinterpret_f32')
      .tee(bits);
    f.get(bits).i32(31).op('i32.shr_s').i32(SIGN).op('i32.or').op('i32.xor');
    if (descending) f.i32(-1).op('i32.xor');
    f.set(bits).i32(-1).get(bits).get(value).get(value).op('f32.ne').op('select');
    return;
  }
  if (descending) f.i32(-1).op('i32.xor');
}

interface Sort {
  readonly length: number;
  /** Byte addresses: pairs of key and position, room for as many, and counts of digits. */
  readonly pairs: Local;
  readonly room: Local;
  readonly counts: Local;
  /** Leaves the key of element `k`. */
  key(k: Local): void;
}

/** Pairs as 64-bit numbers, the key above the position: equal keys then keep their order by themselves. */
function pushPair(f: FunctionBuilder, { key }: Sort, k: Local): void {
  key(k);
  f.op('i64.extend_i32_u').i64(32n).op('i64.shl').get(k).op('i64.extend_i32_u').op('i64.or');
}

function emitInsertion(f: FunctionBuilder, sort: Sort): void {
  const [k, at] = [f.local('i32'), f.local('i32')];
  const [pair, before] = [f.local('i64'), f.local('i64')];
  f.for(k, 0, sort.length, 1, () => {
    pushPair(f, sort, k);
    f.set(pair).get(k).i32(3).op('i32.shl').get(sort.pairs).op('i32.add').set(at);
    f.block((leaveIf) => {
      f.loop((again) => {
        f.get(at).get(sort.pairs).op('i32.eq');
        leaveIf();
        f.get(at).i32(8).op('i32.sub').memory('i64.load').tee(before);
        f.get(pair).op('i64.gt_u').op('i32.eqz');
        leaveIf();
        f.get(at).get(before).memory('i64.store');
        f.get(at).i32(8).op('i32.sub').set(at).i32(1);
        again();
      });
    });
    f.get(at).get(pair).memory('i64.store');
  });
}

/** By digits of 8 bits from the lowest, which is stable; all four counts in one pass. Ends where it began: in `pairs`. */
function emitRadix(f: FunctionBuilder, sort: Sort): void {
  const { pairs, room, counts, length } = sort;
  const [k, at, sum, count] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('i32')];
  const pair = f.local('i64');
  /** Address of the count of digit `pass` of the pair. */
  const slot = (pass: number): void => {
    f.get(pair)
      .i64(BigInt(32 + 8 * pass))
      .op('i64.shr_u')
      .op('i32.wrap_i64')
      .i32(255)
      .op('i32.and')
      .i32(2)
      .op('i32.shl')
      .get(counts)
      .op('i32.add')
      .tee(at);
  };
  f.get(counts).i32(0).i32(COUNTS).memoryFill();
  f.for(k, 0, length, 1, () => {
    pushPair(f, sort, k);
    f.set(pair).get(k).i32(3).op('i32.shl').get(pairs).op('i32.add').get(pair).memory('i64.store');
    for (let pass = 0; pass < 4; pass++) {
      slot(pass);
      f.get(at)
        .memory('i32.load', pass * 1024)
        .i32(1)
        .op('i32.add')
        .memory('i32.store', pass * 1024);
    }
  });
  for (let pass = 0; pass < 4; pass++) {
    const [source, target] = pass % 2 === 0 ? [pairs, room] : [room, pairs];
    f.i32(0).set(sum);
    f.for(k, 0, 1024, 4, () => {
      f.get(counts)
        .get(k)
        .op('i32.add')
        .tee(at)
        .memory('i32.load', pass * 1024)
        .set(count);
      f.get(at)
        .get(sum)
        .memory('i32.store', pass * 1024);
      f.get(sum).get(count).op('i32.add').set(sum);
    });
    f.for(k, 0, length * 8, 8, () => {
      f.get(source).get(k).op('i32.add').memory('i64.load').set(pair);
      slot(pass);
      f.get(at)
        .memory('i32.load', pass * 1024)
        .tee(count);
      f.i32(1)
        .op('i32.add')
        .memory('i32.store', pass * 1024);
      f.get(count).i32(3).op('i32.shl').get(target).op('i32.add').get(pair).memory('i64.store');
    });
  }
}

/** The positions that sort an axis; equal elements keep their order, and a NaN goes last. */
export const argSortPattern: Pattern = (view, index) => {
  const { primitive, params, inputs, outputs } = view.node(index);
  if (primitive.name !== 'argSort') return undefined;
  const [x] = inputs as readonly [ValueId];
  const [output] = outputs as readonly [ValueId];
  const { shape, dtype } = view.type(x);
  if (dtype === 'float64') return undefined;
  const { axis, descending } = params as { readonly axis: number; readonly descending: boolean };
  const { outer, length, inner } = splitAt(shape, axis);
  const source = view.owner(x);
  const isShort = length <= FEW;
  const bytes = dtype === 'bool' ? 1 : 4;
  const plan: KernelPlan = {
    name: 'argSort',
    detail: `[${outer}, ${length}, ${inner}] along the middle, by ${isShort ? 'insertion' : 'digits'}`,
    inputs: [source],
    outputs: [output],
    flops: outer * inner * length * Math.ceil(Math.log2(length + 1)),
    bytes: (4 + bytes) * outer * length * inner,
    units: outer * inner,
    scratchBytes: length * 16 + COUNTS,
    emit({ module, address }) {
      const f = module.function(kernelSignature);
      const [from, to] = [address(source), address(output)];
      const [unit, start, k] = [f.local('i32'), f.local('i32'), f.local('i32')];
      const [room, counts] = [f.local('i32'), f.local('i32')];
      const pairs = f.param(2);
      f.get(pairs)
        .i32(length * 8)
        .op('i32.add')
        .tee(room);
      f.i32(length * 8)
        .op('i32.add')
        .set(counts);
      /** Number of element `position` of the row in the whole tensor. */
      const element = (position: Local): void => {
        f.get(position);
        if (inner > 1) f.i32(inner).op('i32.mul');
        f.get(start).op('i32.add');
      };
      const sort: Sort = {
        length,
        pairs,
        room,
        counts,
        key(position) {
          element(position);
          if (bytes === 4) f.i32(2).op('i32.shl');
          emitKey(f, dtype, descending, from);
        },
      };
      f.for(unit, f.param(0), f.param(1), 1, () => {
        f.get(unit);
        if (inner > 1) f.i32(inner).op('i32.div_u');
        f.i32(length * inner).op('i32.mul');
        if (inner > 1) f.get(unit).i32(inner).op('i32.rem_u').op('i32.add');
        f.set(start);
        if (isShort) emitInsertion(f, sort);
        else emitRadix(f, sort);
        f.for(k, 0, length, 1, () => {
          element(k);
          f.i32(2).op('i32.shl').get(k).i32(3).op('i32.shl').get(pairs).op('i32.add');
          f.memory('i32.load').memory('i32.store', to);
        });
      });
      return f.ref;
    },
  };
  return { nodes: [index], kernels: [plan] };
};
