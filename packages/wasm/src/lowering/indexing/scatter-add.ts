import type { ValueId } from '@gradus/tensor/backend';
import type { FunctionBuilder, Local } from '../../assembler/index.js';
import { kernelSignature } from '../../program/kernel-plan.js';
import type { KernelPlan } from '../../program/kernel-plan.js';
import type { Pattern } from '../pattern.js';
import { sizeOf } from '../access.js';
import { load, overChannels, store } from '../lanes.js';
import { emitIndexCheck } from './index-check.js';

/**
 * Rows added where their numbers say, in the order in which they come. Threads share out the rows of the result: each
 * goes through all indices and takes those of its rows, so that every sum has one order.
 */
export const scatterAddPattern: Pattern = (view, index) => {
  const { primitive, params, inputs, outputs } = view.node(index);
  if (primitive.name !== 'scatterAdd') return undefined;
  const [updates, indices] = inputs as readonly [ValueId, ValueId];
  const [output] = outputs as readonly [ValueId];
  const { shape, dtype } = view.type(output);
  const { axis, size } = params as { readonly axis: number; readonly size: number };
  const outer = sizeOf(shape.slice(0, axis));
  const inner = sizeOf(shape.slice(axis + 1));
  const count = sizeOf(view.type(indices).shape);
  if ((dtype !== 'float32' && dtype !== 'int32') || size === 0) return undefined;
  const [source, where] = [view.owner(updates), view.owner(indices)];
  const rowBytes = inner * 4;
  const prefix = dtype === 'float32' ? 'f32x4' : 'i32x4';
  const addRow = (f: FunctionBuilder, from: number, to: number, read: Local, write: Local): void =>
    overChannels(f, inner, 4, [read, write], (offset, lanes) => {
      f.get(write).get(read);
      load(f, lanes, from + offset);
      f.get(write);
      load(f, lanes, to + offset);
      f.simd(`${prefix}.add`);
      store(f, lanes, to + offset);
    });
  const plan: KernelPlan = {
    name: 'scatterAdd',
    detail: `${count} rows of ${inner} into ${size}${outer > 1 ? `, ${outer} times` : ''}`,
    inputs: [source, where],
    outputs: [output],
    flops: outer * count * inner,
    bytes: 4 * (outer * inner * (2 * count + size) + count),
    units: outer > 1 ? outer : size,
    scratchBytes: 0,
    emit({ module, address, status }) {
      const f = module.function(kernelSignature);
      const [from, numbers, to] = [address(source), address(where), address(output)];
      emitIndexCheck(f, { operation: 'scatterAdd', indices: numbers, count, size, status });
      const [begin, end] = [f.param(0), f.param(1)];
      const at = f.local('i32');
      const picked = f.local('i32');
      const read = f.local('i32');
      const write = f.local('i32');
      const bytesOfUnit = outer > 1 ? size * rowBytes : rowBytes;
      f.get(begin).i32(bytesOfUnit).op('i32.mul').i32(to).op('i32.add').i32(0);
      f.get(end).get(begin).op('i32.sub').i32(bytesOfUnit).op('i32.mul').memoryFill();
      /** Adds update `at` when it belongs to rows `first` to `limit`; `image` is which of the outer ones it is in. */
      const all = (first: number | Local, rows: () => void, image?: Local): void => {
        f.for(at, 0, count, 1, () => {
          f.get(at).i32(2).op('i32.shl').memory('i32.load', numbers).tee(picked);
          if (typeof first === 'number') f.i32(first);
          else f.get(first);
          f.op('i32.sub');
          rows();
          f.op('i32.lt_u').if(() => {
            f.get(at);
            if (image !== undefined) f.get(image).i32(count).op('i32.mul').op('i32.add');
            f.i32(rowBytes).op('i32.mul').set(read);
            f.get(picked);
            if (image !== undefined) f.get(image).i32(size).op('i32.mul').op('i32.add');
            f.i32(rowBytes).op('i32.mul').set(write);
            addRow(f, from, to, read, write);
          });
        });
      };
      if (outer > 1) {
        const image = f.local('i32');
        f.for(image, begin, end, 1, () => all(0, () => f.i32(size), image));
      } else all(begin, () => f.get(end).get(begin).op('i32.sub'));
      return f.ref;
    },
  };
  return { nodes: [index], kernels: [plan] };
};
