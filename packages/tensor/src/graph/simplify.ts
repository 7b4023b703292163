import type { TypedArray } from '../dtype.js';
import { allocate } from '../dtype.js';
import type { Primitive, TensorType } from '../primitive.js';
import { layoutPrimitives } from '../primitives/layout.js';
import { sameShape, sizeOf } from '../shape.js';
import type { Graph, GraphNode, ValueId } from './graph.js';
import { hasBody, paramsKey } from './graph.js';

/** Constants larger than this are not computed in advance: they would only move work from run time to memory. */
const LARGEST_FOLDED = 4096;

/** Text that is equal exactly when two nodes compute the same; undefined when that cannot be told from the params. */
function keyOf(node: GraphNode): string | undefined {
  if (hasBody(node.params)) return undefined;
  return `${node.primitive.name} ${node.inputs.join()} ${paramsKey(node.params)}`;
}

/** Constants up to this size are compared, so that the many scalars of a step are kept once. */
const LARGEST_COMPARED = 64;

function constantKey({ dtype, shape }: TensorType, data: TypedArray): string {
  const values = Array.from(data, (value) => (Object.is(value, -0) ? '-0' : String(value)));
  return `${dtype}[${shape.join()}] ${values.join()}`;
}

function uniform(data: TypedArray): boolean {
  return data.length > 1 && data.every((value) => Object.is(value, data[0]));
}

/**
 * A smaller graph that computes the same bits: constants of one repeated number become a broadcast scalar, identities and
 * casts to the same dtype vanish, nodes of constants are computed now, equal nodes are merged, and nodes that nothing
 * needs are dropped.
 */
export function simplify(graph: Graph): Graph {
  const types: TensorType[] = [...graph.types];
  const constants = new Map<ValueId, TypedArray>();
  const nodes: GraphNode[] = [];
  const alias = new Map<ValueId, ValueId>();
  const resolve = (id: ValueId): ValueId => alias.get(id) ?? id;

  const small = new Map<string, ValueId>();
  for (const { value, data } of graph.constants) {
    const type = types[value] as TensorType;
    const key = data.length <= LARGEST_COMPARED ? constantKey(type, data) : undefined;
    const earlier = key === undefined ? undefined : small.get(key);
    if (earlier !== undefined) {
      alias.set(value, earlier);
      continue;
    }
    if (key !== undefined) small.set(key, value);
    if (!uniform(data)) {
      constants.set(value, data);
      continue;
    }
    const scalar = types.push({ shape: [], dtype: type.dtype }) - 1;
    constants.set(scalar, data.slice(0, 1));
    nodes.push({
      primitive: layoutPrimitives.broadcast as Primitive,
      params: { shape: type.shape },
      inputs: [scalar],
      outputs: [value],
    });
  }

  const seen = new Map<string, readonly ValueId[]>();
  for (const original of [...nodes.splice(0), ...graph.nodes]) {
    const node = { ...original, inputs: original.inputs.map(resolve) };
    const { primitive, params, inputs, outputs } = node;
    const [input] = inputs;
    const [output] = outputs as readonly [ValueId];
    const outputType = types[output] as TensorType;
    const inputType = input === undefined ? undefined : types[input];
    const isSame =
      primitive.traits.kind === 'identity' ||
      (primitive.traits.alias === true &&
        sameShape((inputType as TensorType).shape, outputType.shape));
    if (isSame) {
      alias.set(output, input as ValueId);
      continue;
    }
    const values = inputs.map((id) => constants.get(id));
    const total = outputs.reduce((sum, id) => sum + sizeOf((types[id] as TensorType).shape), 0);
    const isKnown = inputs.length > 0 && values.every((value) => value !== undefined);
    // A broadcast stays a node: backends read a repeated scalar without storing it.
    if (isKnown && total <= LARGEST_FOLDED && primitive.name !== 'broadcast') {
      const arrays = outputs.map((id) => {
        const type = types[id] as TensorType;
        return allocate(type.dtype, sizeOf(type.shape));
      });
      const call = {
        inputs: inputs.map((id) => types[id] as TensorType),
        outputs: outputs.map((id) => types[id] as TensorType),
        params,
      };
      primitive.reference(call)(values as TypedArray[], arrays);
      outputs.forEach((id, i) => constants.set(id, arrays[i] as TypedArray));
      continue;
    }
    const key = keyOf(node);
    const earlier = key === undefined ? undefined : seen.get(key);
    if (earlier !== undefined) {
      outputs.forEach((id, i) => alias.set(id, earlier[i] as ValueId));
      continue;
    }
    if (key !== undefined) seen.set(key, outputs);
    nodes.push(node);
  }

  const outputs = graph.outputs.map(resolve);
  const nextState = graph.nextState.map(resolve);
  return dropUnused({ ...graph, types, constants: toList(constants), nodes, outputs, nextState });
}

function toList(constants: ReadonlyMap<ValueId, TypedArray>): Graph['constants'] {
  return [...constants].map(([value, data]) => ({ value, data }));
}

/** Keeps the nodes and constants that outputs and next state need, and numbers the values anew. */
function dropUnused(graph: Graph): Graph {
  const needed = new Set<ValueId>([...graph.outputs, ...graph.nextState]);
  const nodes: GraphNode[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((id) => needed.has(id))) continue;
    node.inputs.forEach((id) => needed.add(id));
    nodes.push(node);
  }
  nodes.reverse();
  const constants = graph.constants.filter(({ value }) => needed.has(value));

  const numbers = new Map<ValueId, ValueId>();
  const types: TensorType[] = [];
  const define = (id: ValueId): ValueId => {
    const number = types.push(graph.types[id] as TensorType) - 1;
    numbers.set(id, number);
    return number;
  };
  const use = (id: ValueId): ValueId => numbers.get(id) as ValueId;
  return {
    inputs: graph.inputs.map(define),
    state: graph.state.map(define),
    constants: constants.map(({ value, data }) => ({ value: define(value), data })),
    nodes: nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(use),
      outputs: node.outputs.map(define),
    })),
    outputs: graph.outputs.map(use),
    nextState: graph.nextState.map(use),
    types,
  };
}
