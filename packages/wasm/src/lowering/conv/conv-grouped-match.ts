import type { ValueId } from '@gradus/tensor/backend';
import type { GraphView } from '../graph-view.js';

/** What a chain of reshapes and one transpose makes of a value, and the nodes of the chain. */
interface Chain {
  readonly source: ValueId;
  /** Shape of what the transpose makes. */
  readonly shape: string;
  readonly nodes: readonly number[];
}

/** A `matmul` node that is part of a convolution of groups of channels. */
export interface GroupedConv {
  readonly kind: 'forward' | 'inputGradient' | 'kernelGradient';
  /** The node that knows the window: `unfold`, or `fold` for the gradient of the input. */
  readonly window: number;
  readonly groups: number;
  /** Filters of each group. */
  readonly filters: number;
  /** Image or gradient of the result; kernel or gradient of the result. As they lie in memory: channels last. */
  readonly x: ValueId;
  readonly y: ValueId;
  /** Chains that lead here; the last one leads from here. */
  readonly before: readonly (readonly number[])[];
  readonly after: readonly number[];
  /** The value behind `after`. */
  readonly result: ValueId;
}

/** Walks back over reshapes to a transpose by these axes, and over the reshapes before it. */
function backThrough(view: GraphView, value: ValueId, axes: string): Chain | undefined {
  const nodes: number[] = [];
  let at = value;
  let shape: string | undefined;
  for (;;) {
    const producer = view.producer(at);
    if (producer === undefined) break;
    const { primitive, params, inputs } = view.node(producer);
    const isTranspose = primitive.name === 'transpose';
    if (isTranspose) {
      if (shape !== undefined) break;
      if ((params as { readonly axes: readonly number[] }).axes.join() !== axes) return undefined;
      shape = view.type(at).shape.join();
    } else if (primitive.traits.alias !== true) break;
    nodes.push(producer);
    at = inputs[0] as ValueId;
  }
  return shape === undefined ? undefined : { source: at, shape, nodes };
}

/** Walks on over reshapes to a transpose by these axes, as long as nobody else reads on the way. */
function onThrough(view: GraphView, value: ValueId, axes: string): Chain | undefined {
  const nodes: number[] = [];
  let at = value;
  for (;;) {
    const users = view.users(at);
    if (users.length !== 1 || view.isOutput(at)) return undefined;
    const [user] = users as readonly [number];
    const { primitive, params, outputs } = view.node(user);
    nodes.push(user);
    at = outputs[0] as ValueId;
    if (primitive.name === 'transpose')
      return (params as { readonly axes: readonly number[] }).axes.join() === axes
        ? { source: at, shape: view.type(at).shape.join(), nodes }
        : undefined;
    if (primitive.traits.alias !== true) return undefined;
  }
}

/** The only reader of a value behind reshapes, when it is a `fold`. */
function foldOf(view: GraphView, value: ValueId): Chain | undefined {
  const nodes: number[] = [];
  let at = value;
  for (;;) {
    const users = view.users(at);
    if (users.length !== 1 || view.isOutput(at)) return undefined;
    const [user] = users as readonly [number];
    const { primitive, outputs } = view.node(user);
    nodes.push(user);
    at = outputs[0] as ValueId;
    if (primitive.name === 'fold') return { source: at, shape: view.type(at).shape.join(), nodes };
    if (primitive.traits.alias !== true) return undefined;
  }
}

/** The chain, when it makes this shape. */
function shaped(chain: Chain | undefined, ...shape: readonly number[]): Chain | undefined {
  return chain?.shape === shape.join() ? chain : undefined;
}

/**
 * Recognises the products of a convolution in groups, as `ops/conv.ts` writes it and as gradients follow from it: channels
 * and filters are brought into groups by transposes, which these kernels do not need.
 */
export function matchGroupedConv(view: GraphView, index: number): GroupedConv | undefined {
  const { primitive, inputs, outputs, params } = view.node(index);
  if (primitive.name !== 'matmul') return undefined;
  const [x, y] = inputs as readonly [ValueId, ValueId];
  const result = outputs[0] as ValueId;
  const { shape, dtype } = view.type(result);
  if (dtype !== 'float32' || shape.length !== 3 || shape.includes(0)) return undefined;
  const { transposeX, transposeY } = params as { transposeX: boolean; transposeY: boolean };
  const [groups, m, n] = shape as [number, number, number];
  if (!transposeY) {
    const windows = backThrough(view, x, '2,0,1,3');
    const window = windows === undefined ? undefined : view.producer(windows.source);
    if (windows === undefined || window === undefined) return undefined;
    if (view.node(window).primitive.name !== 'unfold') return undefined;
    const [taps, channels] = view.type(windows.source).shape.slice(-2) as [number, number];
    const perGroup = channels / groups;
    const count = view.type(x).shape[1] as number;
    if (shaped(windows, groups, count, taps, perGroup) === undefined) return undefined;
    const image = view.owner(view.node(window).inputs[0] as ValueId);
    const common = { window, groups, filters: n, x: image };
    if (transposeX) {
      const gradient = shaped(backThrough(view, y, '1,0,2'), groups, count, n);
      const kernel = shaped(onThrough(view, result, '1,2,0,3'), taps, perGroup, groups, n);
      if (m !== taps * perGroup || gradient === undefined || kernel === undefined) return undefined;
      return {
        ...common,
        kind: 'kernelGradient',
        y: view.owner(gradient.source),
        before: [[...windows.nodes, window], gradient.nodes],
        after: kernel.nodes,
        result: kernel.source,
      };
    }
    const kernel = shaped(backThrough(view, y, '2,0,1,3'), groups, taps, perGroup, n);
    const after = shaped(onThrough(view, result, '1,0,2'), m, groups, n);
    if (m !== count || kernel === undefined || after === undefined) return undefined;
    return {
      ...common,
      kind: 'forward',
      y: view.owner(kernel.source),
      before: [[...windows.nodes, window], kernel.nodes],
      after: after.nodes,
      result: after.source,
    };
  }
  if (transposeX) return undefined;
  const filters = view.type(x).shape[2] as number;
  const gradient = shaped(backThrough(view, x, '1,0,2'), groups, m, filters);
  const windows = onThrough(view, result, '1,2,0,3');
  const fold = windows === undefined ? undefined : foldOf(view, windows.source);
  if (gradient === undefined || windows === undefined || fold === undefined) return undefined;
  const perGroup = (view.type(fold.source).shape.at(-1) as number) / groups;
  const taps = n / perGroup;
  const kernel = shaped(backThrough(view, y, '2,0,1,3'), groups, taps, perGroup, filters);
  if (kernel === undefined || shaped(windows, m, taps, groups, perGroup) === undefined)
    return undefined;
  return {
    kind: 'inputGradient',
    window: fold.nodes.at(-1) as number,
    groups,
    filters,
    x: view.owner(gradient.source),
    y: view.owner(kernel.source),
    before: [gradient.nodes, kernel.nodes],
    after: [...windows.nodes, ...fold.nodes],
    result: fold.source,
  };
}

/** Those nodes of a chain (the last first) that nobody reads but products of grouped convolutions, from its end on. */
export function onlyForGroupedConv(view: GraphView, chain: readonly number[]): number[] {
  const taken = new Set<number>();
  for (const index of chain) {
    const values = view.node(index).outputs;
    const isFree = values.every(
      (value) =>
        !view.isOutput(value) &&
        view
          .users(value)
          .every((user) => taken.has(user) || matchGroupedConv(view, user) !== undefined),
    );
    if (!isFree) break;
    taken.add(index);
  }
  return [...taken];
}
