import type { ValueId } from '@gradus/tensor/backend';
import type { KernelPlan } from '../program/kernel-plan.js';
import { bytesOf, sizeOf } from './access.js';
import type { GraphView } from './graph-view.js';
import type { Storage } from './storage.js';

/** A node that has no kernel here: the plain loop of its primitive, in JavaScript, on views of the memory. */
export function hostKernel(view: GraphView, storage: Storage, index: number): KernelPlan {
  const { primitive, params, inputs, outputs } = view.node(index);
  const types = { inputs: inputs.map(view.type), outputs: outputs.map(view.type) };
  const kernel = primitive.reference({ ...types, params });
  const bytes = [...types.inputs, ...types.outputs].reduce((sum, type) => sum + bytesOf(type), 0);
  return {
    name: 'host',
    detail: `${primitive.name} in plain JavaScript: there is no kernel for it yet`,
    inputs: inputs.map((value) => storage.find(value).base),
    outputs: [...outputs],
    flops: sizeOf((types.outputs[0] as { shape: readonly number[] }).shape),
    bytes,
    units: 1,
    scratchBytes: 0,
    host: { inputs: [...inputs] as ValueId[], run: kernel },
    emit: () => {
      throw new Error('A host kernel has no code.');
    },
  };
}
