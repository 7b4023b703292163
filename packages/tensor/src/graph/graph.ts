import { TracedValueError } from '../errors.js';
import type { TypedArray } from '../dtype.js';
import type { Primitive, TensorType } from '../primitive.js';
import { formatShape } from '../shape.js';
import type { Tensor } from '../tensor.js';
import type { Trace } from '../trace.js';

/** The number of a value in its graph. */
export type ValueId = number;

/** One step of a graph: which primitive reads which values and writes which. */
export interface GraphNode {
  readonly primitive: Primitive;
  readonly params: unknown;
  readonly inputs: readonly ValueId[];
  readonly outputs: readonly ValueId[];
}

/** A value that is known when the graph is built. */
export interface Constant {
  readonly value: ValueId;
  readonly data: TypedArray;
}

/**
 * A computation as data: values are numbered, nodes are in an order in which they can run. This is what backends get.
 * `state[i]` is the value that holds carried tensor i when a run starts, `nextState[i]` the one it holds afterwards.
 */
export interface Graph {
  readonly types: readonly TensorType[];
  readonly inputs: readonly ValueId[];
  readonly state: readonly ValueId[];
  readonly constants: readonly Constant[];
  readonly nodes: readonly GraphNode[];
  readonly outputs: readonly ValueId[];
  readonly nextState: readonly ValueId[];
}

/** Whose primitives run a graph of their own inside (`scan`). */
export interface HasBody {
  readonly body: Graph;
}

export function hasBody(params: unknown): params is HasBody {
  return typeof params === 'object' && params !== null && 'body' in params;
}

/** Text that is equal exactly when parameters are: JSON calls every infinity and NaN null, and -0 the same as 0. */
export function paramsKey(params: unknown): string {
  return JSON.stringify(params ?? '', (_, value: unknown) =>
    typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))
      ? `number ${Object.is(value, -0) ? '-0' : value}`
      : value,
  );
}

/** What a recording has to tell to become a graph. */
export interface Recording {
  readonly trace: Trace;
  readonly inputs: readonly Tensor[];
  readonly state?: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly nextState?: readonly Tensor[];
}

/** Numbers the values of a finished recording. Tensors with numbers become constants. */
export function graphOf({ trace, inputs, state = [], outputs, nextState = [] }: Recording): Graph {
  const types: TensorType[] = [];
  const ids = new Map<Tensor, ValueId>();
  const constants: Constant[] = [];
  const define = (tensor: Tensor): ValueId => {
    const id = types.push({ shape: tensor.shape, dtype: tensor.dtype }) - 1;
    ids.set(tensor, id);
    return id;
  };
  const inputIds = inputs.map(define);
  const stateIds = state.map(define);
  for (const [outer, symbol] of trace.captured) {
    if (ids.has(symbol)) continue;
    if (outer.trace !== undefined)
      throw new TracedValueError('trace/foreign', 'A tensor of another recording was used.', {
        got: `${outer.dtype} ${formatShape(outer.shape)} from an enclosing compile`,
        expected: 'arguments of this function, or tensors with numbers',
        fix: 'pass the tensor as an argument',
      });
    constants.push({ value: define(symbol), data: outer.data });
  }
  const use = (tensor: Tensor): ValueId => {
    const own = trace.enter(tensor);
    const known = ids.get(own);
    if (known !== undefined) return known;
    // Returned without having been used: a constant that entered just now.
    const id = define(own);
    constants.push({ value: id, data: tensor.data });
    return id;
  };
  const nodes = trace.nodes.map((node): GraphNode => ({
    primitive: node.primitive,
    params: node.params,
    inputs: node.inputs.map(use),
    outputs: node.outputs.map(define),
  }));
  return {
    types,
    inputs: inputIds,
    state: stateIds,
    constants,
    nodes,
    outputs: outputs.map(use),
    nextState: nextState.map(use),
  };
}
