import type { Backend, Memory, Program } from '../backend.js';
import { allocate } from '../dtype.js';
import type { TypedArray } from '../dtype.js';
import { ValueError } from '../errors.js';
import type { Graph } from '../graph/graph.js';
import { printGraph } from '../graph/print.js';
import type { TensorType } from '../primitive.js';
import { sizeOf } from '../shape.js';
import { bindReplay } from './replay.js';

class ReferenceMemory implements Memory {
  readonly arrays: readonly TypedArray[];

  constructor(types: readonly TensorType[]) {
    this.arrays = types.map(({ dtype, shape }) => allocate(dtype, sizeOf(shape)));
  }

  read(index: number): TypedArray {
    return (this.arrays[index] as TypedArray).slice();
  }

  write(index: number, data: ArrayLike<number>): void {
    (this.arrays[index] as TypedArray).set(data);
  }
}

class ReferenceProgram implements Program {
  readonly #graph: Graph;
  readonly #replay: ReturnType<typeof bindReplay>;
  readonly #outputs: readonly { value: number; copy: TypedArray | undefined }[];
  readonly #updates: readonly {
    value: number;
    target: TypedArray;
    staging: TypedArray | undefined;
  }[];

  constructor(graph: Graph, memory: ReferenceMemory) {
    const state = memory.arrays;
    const isState = new Set<number>(graph.state);
    const copyOf = (value: number): TypedArray | undefined => {
      const { dtype, shape } = graph.types[value] as TensorType;
      return aliasesState(graph, value, isState) ? allocate(dtype, sizeOf(shape)) : undefined;
    };
    this.#graph = graph;
    this.#replay = bindReplay(graph, state);
    // What lives in carried memory is copied before that memory is overwritten.
    this.#outputs = graph.outputs.map((value) => ({ value, copy: copyOf(value) }));
    this.#updates = graph.nextState.flatMap((value, i) =>
      value === graph.state[i]
        ? []
        : [{ value, target: state[i] as TypedArray, staging: copyOf(value) }],
    );
  }

  run(inputs: readonly TypedArray[]): void {
    this.#replay.run(inputs);
    for (const { value, copy } of this.#outputs) copy?.set(this.#replay.valueOf(value));
    for (const { value, staging } of this.#updates) staging?.set(this.#replay.valueOf(value));
    for (const { value, target, staging } of this.#updates)
      target.set(staging ?? this.#replay.valueOf(value));
  }

  output(index: number): TypedArray {
    const { value, copy } = this.#outputs[index] as { value: number; copy: TypedArray | undefined };
    return copy ?? this.#replay.valueOf(value);
  }

  explain(): string {
    return `reference loops, arena of ${this.#replay.arenaBytes} bytes\n${printGraph(this.#graph)}`;
  }
}

/** Whether a value is carried memory, possibly under another shape. */
function aliasesState(graph: Graph, value: number, isState: ReadonlySet<number>): boolean {
  let id = value;
  for (;;) {
    if (isState.has(id)) return true;
    const maker = graph.nodes.find((node) => node.outputs.includes(id));
    if (maker?.primitive.traits.alias !== true) return false;
    id = maker.inputs[0] as number;
  }
}

/** The backend that everything else is measured against: plain loops over typed arrays, one per node, in any dtype. */
export const referenceBackend: Backend = {
  name: 'reference',
  createMemory: (types) => new ReferenceMemory(types),
  compile(graph, memory = new ReferenceMemory([])) {
    if (!(memory instanceof ReferenceMemory))
      throw new ValueError('backend/memory', 'This state belongs to another backend.', {
        expected: 'a state created with the reference backend',
        fix: 'pass the same backend to createState and compile',
      });
    return new ReferenceProgram(graph, memory);
  },
};
