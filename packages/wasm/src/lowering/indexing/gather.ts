import { bytesPerElement } from '@gradus/tensor/backend';
import type { ValueId } from '@gradus/tensor/backend';
import { kernelSignature } from '../../program/kernel-plan.js';
import type { KernelPlan } from '../../program/kernel-plan.js';
import type { Pattern } from '../pattern.js';
import { sizeOf } from '../access.js';
import { load, overChannels, store } from '../lanes.js';
import { emitIndexCheck } from './index-check.js';

/** Rows picked by number, each copied as a whole: an embedding, and every `take` along an axis. */
export const gatherPattern: Pattern = (view, index) => {
  const { primitive, params, inputs, outputs } = view.node(index);
  if (primitive.name !== 'gather') return undefined;
  const [table, indices] = inputs as readonly [ValueId, ValueId];
  const [output] = outputs as readonly [ValueId];
  const { shape, dtype } = view.type(table);
  const { axis } = params as { readonly axis: number };
  const outer = sizeOf(shape.slice(0, axis));
  const size = shape[axis] as number;
  const inner = sizeOf(shape.slice(axis + 1));
  const count = sizeOf(view.type(indices).shape);
  // With nothing to pick from, every index is wrong: the plain loop says so.
  if (dtype === 'float64' || size === 0) return undefined;
  const [source, where] = [view.owner(table), view.owner(indices)];
  const rowBytes = inner * bytesPerElement(dtype);
  const plan: KernelPlan = {
    name: 'gather',
    detail: `${count} of ${size} rows of ${inner}${outer > 1 ? `, ${outer} times` : ''}`,
    inputs: [source, where],
    outputs: [output],
    flops: 0,
    bytes: 2 * outer * count * rowBytes + 4 * count,
    units: outer * count,
    scratchBytes: 0,
    emit({ module, address, status }) {
      const f = module.function(kernelSignature);
      const [from, numbers, to] = [address(source), address(where), address(output)];
      emitIndexCheck(f, { operation: 'take', indices: numbers, count, size, status });
      const row = f.local('i32');
      const picked = f.local('i32');
      const read = f.local('i32');
      const write = f.local('i32');
      f.for(row, f.param(0), f.param(1), 1, () => {
        f.get(row);
        if (outer > 1) f.i32(count).op('i32.rem_u');
        f.i32(2).op('i32.shl').memory('i32.load', numbers).tee(picked);
        // An index that does not exist reads row 0; the run ends with an error.
        f.i32(0).get(picked).i32(size).op('i32.lt_u').op('select');
        if (outer > 1) f.get(row).i32(count).op('i32.div_u').i32(size).op('i32.mul').op('i32.add');
        f.i32(rowBytes).op('i32.mul').set(read);
        f.get(row).i32(rowBytes).op('i32.mul').set(write);
        if (rowBytes === 4) f.get(write).get(read).memory('i32.load', from).memory('i32.store', to);
        else if (dtype === 'bool')
          f.get(write)
            .i32(to)
            .op('i32.add')
            .get(read)
            .i32(from)
            .op('i32.add')
            .i32(rowBytes)
            .memoryCopy();
        else
          overChannels(f, inner, 8, [read, write], (offset, lanes) => {
            f.get(write).get(read);
            load(f, lanes, from + offset);
            store(f, lanes, to + offset);
          });
      });
      return f.ref;
    },
  };
  return { nodes: [index], kernels: [plan] };
};
