import { TracedValueError } from './errors.js';
import type { Primitive, TensorType } from './primitive.js';
import { Tensor } from './tensor.js';

/** One use of a primitive, remembered. Ids grow with time, so sorting by id is a topological order. */
export interface Node {
  readonly id: number;
  readonly primitive: Primitive;
  readonly params: unknown;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  /** The recording it belongs to; undefined for a node of the eager tape. */
  readonly trace: Trace | undefined;
}

let nextId = 1;

/** Makes a node and tells its outputs where they come from. */
export function createNode(
  primitive: Primitive,
  params: unknown,
  inputs: readonly Tensor[],
  outputs: readonly Tensor[],
  trace?: Trace,
): Node {
  const node = { id: nextId++, primitive, params, inputs, outputs, trace };
  outputs.forEach((output, index) => output.setOrigin(node, index));
  return node;
}

/** How a tensor from outside appears inside a recording. The gradient walk passes through it; graphs do not contain it. */
const lift: Primitive = {
  name: 'lift',
  traits: { kind: 'identity', linear: true },
  infer: (inputs) => inputs,
  vjp: ({ gradients }) => gradients,
  reference: () => {
    throw new TracedValueError(
      'trace/lift',
      'A lifted tensor is an input of its recording and is never computed.',
    );
  },
};

/**
 * A recording of operations on tensors that have no numbers yet. An operation is recorded where its deepest input lives:
 * what does not depend on the recording is computed outside, once. Recordings nest (a `scan` body inside `compile`).
 */
export class Trace {
  readonly depth: number;
  readonly nodes: Node[] = [];
  readonly inputs: Tensor[] = [];
  /** Tensors from outside, and the symbol that stands for each in here. */
  readonly captured: Map<Tensor, Tensor> = new Map();
  readonly #purpose: string;
  #closed = false;

  constructor(purpose: string, depth: number) {
    this.#purpose = purpose;
    this.depth = depth;
  }

  /** A new input symbol. */
  input(type: TensorType): Tensor {
    const symbol = new Tensor(type, undefined, this);
    this.inputs.push(symbol);
    return symbol;
  }

  /** The tensor as seen from inside this recording. */
  enter(tensor: Tensor): Tensor {
    if (tensor.trace === this) return tensor;
    let symbol = this.captured.get(tensor);
    if (symbol === undefined) {
      symbol = new Tensor(tensor, undefined, this);
      createNode(lift, undefined, [tensor], [symbol], this);
      this.captured.set(tensor, symbol);
    }
    return symbol;
  }

  record(
    primitive: Primitive,
    inputs: readonly Tensor[],
    params: unknown,
    types: readonly TensorType[],
  ): Tensor[] {
    if (this.#closed)
      throw new TracedValueError(
        'trace/leaked',
        `A tensor of a finished ${this.#purpose} is used outside of it.`,
        {
          got: `${primitive.name} of a tensor that was only a placeholder`,
          expected: `tensors that the ${this.#purpose} returned`,
          fix: 'return what you need from the function instead of keeping it in an outer variable',
        },
      );
    const outputs = types.map((type) => new Tensor(type, undefined, this));
    this.nodes.push(
      createNode(
        primitive,
        params,
        inputs.map((input) => this.enter(input)),
        outputs,
        this,
      ),
    );
    return outputs;
  }

  close(): void {
    this.#closed = true;
  }
}

/** The innermost recording that any of the tensors belongs to. */
export function deepestTrace(tensors: readonly Tensor[]): Trace | undefined {
  let deepest: Trace | undefined;
  for (const { trace } of tensors)
    if (trace !== undefined && (deepest === undefined || trace.depth > deepest.depth))
      deepest = trace;
  return deepest;
}

let depth = 0;

/** Runs `body` with a fresh recording and closes it afterwards, whatever happens. */
export function withTrace<T>(purpose: string, body: (trace: Trace) => T): T {
  const trace = new Trace(purpose, ++depth);
  try {
    return body(trace);
  } finally {
    trace.close();
    depth--;
  }
}
