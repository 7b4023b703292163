import { bytesPerElement } from '../dtype.js';
import type { TensorType } from '../primitive.js';
import { sizeOf } from '../shape.js';
import type { Graph, ValueId } from './graph.js';

/** Where the values of a graph live. Values that are never alive together share a buffer. */
export interface MemoryPlan {
  /** For each value that a node computes: the buffer, in `bufferBytes`. */
  readonly bufferOf: ReadonlyMap<ValueId, number>;
  readonly bufferBytes: readonly number[];
  /** A value that shares the memory of another: the same elements under another shape. */
  readonly aliasOf: ReadonlyMap<ValueId, ValueId>;
}

/**
 * Assigns buffers by walking the nodes once: a value's buffer returns to the free list after its last use and is given
 * to the next value of at most that size (best fit), so that memory is bounded by what is alive, not by what is computed.
 */
export function planMemory(graph: Graph): MemoryPlan {
  const aliasOf = new Map<ValueId, ValueId>();
  const owner = (id: ValueId): ValueId => aliasOf.get(id) ?? id;
  for (const { primitive, inputs, outputs } of graph.nodes)
    if (primitive.traits.alias === true)
      aliasOf.set(outputs[0] as ValueId, owner(inputs[0] as ValueId));

  const lastUse = new Map<ValueId, number>();
  graph.nodes.forEach((node, step) =>
    [...node.inputs, ...node.outputs].forEach((id) => lastUse.set(owner(id), step)),
  );
  for (const id of [...graph.outputs, ...graph.nextState]) lastUse.set(owner(id), Infinity);

  const bufferOf = new Map<ValueId, number>();
  const bufferBytes: number[] = [];
  const free: number[] = [];
  const bytesOf = (id: ValueId): number => {
    const { shape, dtype } = graph.types[id] as TensorType;
    // Whole eights, so that any dtype may use the buffer later.
    return Math.ceil((sizeOf(shape) * bytesPerElement(dtype)) / 8) * 8;
  };
  graph.nodes.forEach((node, step) => {
    for (const id of node.outputs) {
      if (aliasOf.has(id)) continue;
      const bytes = bytesOf(id);
      let best = -1;
      free.forEach((buffer, i) => {
        const size = bufferBytes[buffer] as number;
        if (size >= bytes && (best < 0 || size < (bufferBytes[free[best] as number] as number)))
          best = i;
      });
      const buffer = best >= 0 ? (free.splice(best, 1)[0] as number) : bufferBytes.push(bytes) - 1;
      bufferOf.set(id, buffer);
    }
    for (const id of new Set([...node.inputs, ...node.outputs].map(owner))) {
      const buffer = bufferOf.get(id);
      if (buffer !== undefined && lastUse.get(id) === step) free.push(buffer);
    }
  });
  return { bufferOf, bufferBytes, aliasOf };
}
