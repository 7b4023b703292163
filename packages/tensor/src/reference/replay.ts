import { allocate } from '../dtype.js';
import type { DType, TypedArray } from '../dtype.js';
import type { Graph, ValueId } from '../graph/graph.js';
import { planMemory } from '../graph/plan.js';
import type { Kernel, TensorType } from '../primitive.js';
import { sizeOf } from '../shape.js';

interface Step {
  readonly kernel: Kernel;
  readonly inputs: TypedArray[];
  readonly outputs: TypedArray[];
}

/** A graph bound to memory: `run` replays its loops and allocates nothing. */
export interface Replay {
  run(inputs: readonly TypedArray[]): void;
  /** Where a value lives after `run`. */
  valueOf(id: ValueId): TypedArray;
  readonly arenaBytes: number;
}

function viewOf(buffer: ArrayBuffer, dtype: DType, size: number): TypedArray {
  if (dtype === 'float32') return new Float32Array(buffer, 0, size);
  if (dtype === 'float64') return new Float64Array(buffer, 0, size);
  return dtype === 'int32' ? new Int32Array(buffer, 0, size) : new Uint8Array(buffer, 0, size);
}

/**
 * Plans memory, binds every loop to its arrays, and returns what replays them.
 *
 * @param state memory of the carried values, read where it is; writing it back is the caller's business.
 */
export function bindReplay(graph: Graph, state: readonly TypedArray[] = []): Replay {
  const { bufferOf, bufferBytes, aliasOf } = planMemory(graph);
  const buffers = bufferBytes.map((bytes) => new ArrayBuffer(bytes));
  const values = new Map<ValueId, TypedArray>();
  graph.constants.forEach(({ value, data }) => values.set(value, data));
  graph.state.forEach((id, i) => values.set(id, state[i] as TypedArray));
  // Inputs have no memory of their own: each run puts the caller's arrays into the steps that read them.
  const places = new Map<ValueId, { list: TypedArray[]; at: number }[]>(
    graph.inputs.map((id) => [id, []]),
  );

  const owner = (id: ValueId): ValueId => aliasOf.get(id) ?? id;
  const steps: Step[] = [];
  for (const { primitive, params, inputs, outputs } of graph.nodes) {
    if (aliasOf.has(outputs[0] as ValueId)) continue;
    const outputArrays = outputs.map((id) => {
      const { dtype, shape } = graph.types[id] as TensorType;
      const array = viewOf(
        buffers[bufferOf.get(id) as number] as ArrayBuffer,
        dtype,
        sizeOf(shape),
      );
      values.set(id, array);
      return array;
    });
    const inputArrays: TypedArray[] = [];
    inputs.forEach((id, at) => {
      const known = values.get(owner(id));
      places.get(owner(id))?.push({ list: inputArrays, at });
      inputArrays.push(known ?? allocate('float32', 0));
    });
    const kernel = primitive.reference({
      inputs: inputs.map((id) => graph.types[id] as TensorType),
      outputs: outputs.map((id) => graph.types[id] as TensorType),
      params,
    });
    steps.push({ kernel, inputs: inputArrays, outputs: outputArrays });
  }
  const current: TypedArray[] = [];
  const inputIndex = new Map(graph.inputs.map((id, i) => [id, i]));
  const placeLists = graph.inputs.map((id) => places.get(id) ?? []);
  return {
    run(inputs) {
      for (let i = 0; i < placeLists.length; i++) {
        const array = inputs[i] as TypedArray;
        current[i] = array;
        for (const { list, at } of placeLists[i] ?? []) list[at] = array;
      }
      for (const { kernel, inputs: from, outputs: to } of steps) kernel(from, to);
    },
    valueOf(id) {
      const own = owner(id);
      const index = inputIndex.get(own);
      return (index === undefined ? values.get(own) : current[index]) as TypedArray;
    },
    arenaBytes: bufferBytes.reduce((a, b) => a + b, 0),
  };
}
