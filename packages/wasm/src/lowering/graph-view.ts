import type { Graph, GraphNode, TensorType, ValueId } from '@gradus/tensor/backend';

/** A graph with the questions that lowerings ask of it, answered in constant time. */
export interface GraphView {
  readonly graph: Graph;
  node(index: number): GraphNode;
  type(value: ValueId): TensorType;
  /** The node that computes a value; undefined for inputs, state and constants. */
  producer(value: ValueId): number | undefined;
  /** The nodes that read a value, each once, in order. */
  users(value: ValueId): readonly number[];
  /** Whether the value leaves the graph, as an output or as next state. */
  isOutput(value: ValueId): boolean;
  /** The value whose memory it shares: itself, unless it is a reshape of another. */
  owner(value: ValueId): ValueId;
  /** The number that all elements of a value are, where it is a constant of one element, repeated or reshaped or not. */
  numberOf(value: ValueId): number | undefined;
  /** Whether a kernel computes this node already. */
  isClaimed(node: number): boolean;
  claim(nodes: readonly number[]): void;
}

/** Looks at a graph, with nothing claimed yet. */
export function viewGraph(graph: Graph): GraphView {
  const producers = new Map<ValueId, number>();
  const users = new Map<ValueId, number[]>();
  const owners = new Map<ValueId, ValueId>();
  graph.nodes.forEach(({ primitive, inputs, outputs }, index) => {
    outputs.forEach((value) => producers.set(value, index));
    for (const value of new Set(inputs)) {
      const list = users.get(value);
      if (list === undefined) users.set(value, [index]);
      else list.push(index);
    }
    if (primitive.traits.alias === true) {
      const [from] = inputs as readonly [ValueId];
      owners.set(outputs[0] as ValueId, owners.get(from) ?? from);
    }
  });
  const constants = new Map(graph.constants.map(({ value, data }) => [value, data]));
  const numberOf = (value: ValueId): number | undefined => {
    const index = producers.get(value);
    if (index === undefined) {
      const data = constants.get(value);
      return data?.length === 1 ? data[0] : undefined;
    }
    const { primitive, inputs } = graph.nodes[index] as GraphNode;
    const repeats = primitive.name === 'broadcast' || primitive.traits.alias === true;
    return repeats ? numberOf(inputs[0] as ValueId) : undefined;
  };
  const leaving = new Set<ValueId>([...graph.outputs, ...graph.nextState]);
  const claimed = new Set<number>();
  return {
    graph,
    node: (index) => graph.nodes[index] as GraphNode,
    type: (value) => graph.types[value] as TensorType,
    producer: (value) => producers.get(value),
    users: (value) => users.get(value) ?? [],
    isOutput: (value) => leaving.has(value),
    owner: (value) => owners.get(value) ?? value,
    numberOf,
    isClaimed: (index) => claimed.has(index),
    claim: (nodes) => nodes.forEach((index) => claimed.add(index)),
  };
}
