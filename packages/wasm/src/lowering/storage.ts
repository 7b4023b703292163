import type { GraphNode, ValueId } from '@gradus/tensor/backend';
import { broadcastView, contiguous, reshapeView } from './access.js';
import type { StridedView } from './access.js';
import type { GraphView } from './graph-view.js';
import { isLoopNode } from './loops/cluster.js';

/** Where the elements of a value are: in the memory of `base`, which is the value itself unless it only rearranges another. */
export interface Stored {
  readonly base: ValueId;
  readonly view: StridedView;
}

/** Answers where each value is found. */
export interface Storage {
  find(value: ValueId): Stored;
  /** Whether the node only changes how its input is read, and has no kernel. */
  isVirtual(node: number): boolean;
  /** Whether something wants the value in memory, in row-major order. */
  isWanted(value: ValueId): boolean;
}

/** How the result of a layout node lies in the memory that its input lies in; undefined when strides cannot say it. */
export function rearrange(node: GraphNode, from: StridedView): StridedView | undefined {
  const { name } = node.primitive;
  const params = node.params as never;
  if (name === 'reshape') return reshapeView(from, (params as { shape: number[] }).shape);
  if (name === 'broadcast') return broadcastView(from, (params as { shape: number[] }).shape);
  if (name === 'transpose') {
    const { axes } = params as { axes: number[] };
    return {
      offset: from.offset,
      shape: axes.map((axis) => from.shape[axis] as number),
      strides: axes.map((axis) => from.strides[axis] as number),
    };
  }
  if (name === 'flip') {
    const { axes } = params as { axes: number[] };
    let { offset } = from;
    const strides = from.strides.map((stride, axis) => {
      if (!axes.includes(axis)) return stride;
      offset += ((from.shape[axis] as number) - 1) * stride;
      return -stride;
    });
    return { offset, shape: from.shape, strides };
  }
  if (name === 'slice') {
    const { begin, size, step } = params as { begin: number[]; size: number[]; step: number[] };
    return {
      offset: begin.reduce(
        (offset, start, axis) => offset + start * (from.strides[axis] as number),
        from.offset,
      ),
      shape: size,
      strides: from.strides.map((stride, axis) => stride * (step[axis] as number)),
    };
  }
  return undefined;
}

/**
 * Decides which layout nodes need a copy. One needs none when everything that reads it can read through strides, and
 * strides can describe it; a reshape of what lies in memory never does.
 */
export function planStorage(view: GraphView): Storage {
  const { graph } = view;
  const isLayout = (index: number): boolean =>
    !view.isClaimed(index) &&
    view.node(index).primitive.traits.kind === 'layout' &&
    view.type(view.node(index).outputs[0] as ValueId).dtype !== 'float64';

  // Backwards: who is read by something that wants it in memory.
  const wanted = new Set<ValueId>();
  const place = (): Map<ValueId, Stored> => {
    const stored = new Map<ValueId, Stored>();
    graph.types.forEach(({ shape }, value) =>
      stored.set(value, { base: value, view: contiguous(shape) }),
    );
    graph.nodes.forEach((node, index) => {
      const [value] = node.outputs as readonly [ValueId];
      const [from] = node.inputs as readonly [ValueId];
      const isAlias = node.primitive.traits.alias === true;
      if (!isAlias && (!isLayout(index) || wanted.has(value))) return;
      const source = stored.get(from) as Stored;
      const result = rearrange(node, source.view);
      if (result !== undefined) stored.set(value, { base: source.base, view: result });
    });
    return stored;
  };
  const want = (value: ValueId): void => {
    wanted.add(value);
    const index = view.producer(value);
    // A reshape in memory needs what it reshapes in memory.
    if (index !== undefined && view.node(index).primitive.traits.alias === true)
      want(view.node(index).inputs[0] as ValueId);
  };
  const candidates = place();
  for (let index = graph.nodes.length - 1; index >= 0; index--) {
    const node = view.node(index);
    for (const value of node.outputs) if (view.isOutput(value)) want(value);
    // Loops read through any strides, and so do the copies that layout nodes become.
    const isReader = isLayout(index) || (!view.isClaimed(index) && isLoopNode(view, index));
    if (!isReader) node.inputs.forEach(want);
    else if (node.primitive.traits.alias === true) {
      const [value] = node.outputs as readonly [ValueId];
      if (wanted.has(value) || (candidates.get(value) as Stored).base === value)
        want(node.inputs[0] as ValueId);
    }
  }
  const final = place();
  return {
    isWanted: (value) => wanted.has(value),
    find: (value) => final.get(value) as Stored,
    isVirtual: (index) => {
      const [value] = view.node(index).outputs as readonly [ValueId];
      return (final.get(value) as Stored).base !== value;
    },
  };
}
