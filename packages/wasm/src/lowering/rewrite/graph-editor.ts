import { allocate, primitives } from '@gradus/tensor/backend';
import type {
  Constant,
  DType,
  Graph,
  GraphNode,
  Primitive,
  TensorType,
  ValueId,
} from '@gradus/tensor/backend';

/** A graph while it is written anew: nodes are copied or replaced in order, values keep their numbers and new ones come after. */
export class GraphEditor {
  readonly #graph: Graph;
  readonly #types: TensorType[];
  readonly #nodes: GraphNode[] = [];
  readonly #constants: Constant[];
  readonly #replaced = new Map<ValueId, ValueId>();

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#types = [...graph.types];
    this.#constants = [...graph.constants];
  }

  type(value: ValueId): TensorType {
    return this.#types[value] as TensorType;
  }

  /** What stands for a value now. */
  resolve(value: ValueId): ValueId {
    const next = this.#replaced.get(value);
    return next === undefined ? value : this.resolve(next);
  }

  /** Everything that reads `value` from now on reads `by`. */
  replace(value: ValueId, by: ValueId): void {
    this.#replaced.set(value, by);
  }

  /** A new value, for a node that is yet to come. */
  define(type: TensorType): ValueId {
    return this.#types.push(type) - 1;
  }

  /** A number of no axes. */
  constant(number: number, dtype: DType): ValueId {
    const value = this.define({ shape: [], dtype });
    const data = allocate(dtype, 1);
    data[0] = number;
    this.#constants.push({ value, data });
    return value;
  }

  keep(node: GraphNode): void {
    this.#nodes.push({ ...node, inputs: node.inputs.map((value) => this.resolve(value)) });
  }

  /** A new node; gives its results. */
  addAll(name: string, inputs: readonly ValueId[], params: unknown): readonly ValueId[] {
    const primitive = primitives.get(name) as Primitive;
    const known = inputs.map((value) => this.resolve(value));
    const types = primitive.infer(
      known.map((value) => this.type(value)),
      params,
    );
    const outputs = types.map((type) => this.define(type));
    this.#nodes.push({ primitive, params, inputs: known, outputs });
    return outputs;
  }

  /** A new node of one result. */
  add(name: string, inputs: readonly ValueId[], params: unknown): ValueId {
    return this.addAll(name, inputs, params)[0] as ValueId;
  }

  finish(): Graph {
    return {
      ...this.#graph,
      types: this.#types,
      constants: this.#constants,
      nodes: this.#nodes,
      outputs: this.#graph.outputs.map((value) => this.resolve(value)),
      nextState: this.#graph.nextState.map((value) => this.resolve(value)),
    };
  }
}
