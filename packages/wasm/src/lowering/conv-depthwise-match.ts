import type { ValueId } from '@gradus/tensor/backend';
import type { GraphView } from './graph-view.js';

/** Kernels with more taps would become too much code. */
const MOST_TAPS = 49;

/** What a chain of reshapes and one transpose makes of a value, and the nodes of the chain. */
interface Chain {
  readonly source: ValueId;
  readonly nodes: readonly number[];
}

/** A `matmul` node that is part of a convolution of each channel by itself. */
export interface Depthwise {
  readonly kind: 'forward' | 'inputGradient' | 'kernelGradient';
  /** The node that knows the window: `unfold`, or `fold` for the gradient of the input. */
  readonly window: number;
  /** Windows or gradient of the result; kernel or gradient of the result. As they lie in memory: channels last. */
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
  let hasTransposed = false;
  for (;;) {
    const producer = view.producer(at);
    if (producer === undefined) break;
    const { primitive, params, inputs } = view.node(producer);
    const isTranspose = primitive.name === 'transpose';
    if (isTranspose) {
      if (hasTransposed) break;
      if ((params as { readonly axes: readonly number[] }).axes.join() !== axes) return undefined;
      hasTransposed = true;
    } else if (primitive.traits.alias !== true) break;
    nodes.push(producer);
    at = inputs[0] as ValueId;
  }
  return hasTransposed ? { source: at, nodes } : undefined;
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
        ? { source: at, nodes }
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
    if (primitive.name === 'fold') return { source: at, nodes };
    if (primitive.traits.alias !== true) return undefined;
  }
}

/** Recognises the products of a convolution whose groups have one channel and one filter each. */
export function matchDepthwise(view: GraphView, index: number): Depthwise | undefined {
  const { primitive, inputs, outputs, params } = view.node(index);
  if (primitive.name !== 'matmul') return undefined;
  const [x, y] = inputs as readonly [ValueId, ValueId];
  const result = outputs[0] as ValueId;
  const { shape, dtype } = view.type(result);
  if (dtype !== 'float32' || shape.length !== 3 || shape.includes(0)) return undefined;
  const { transposeX, transposeY } = params as { transposeX: boolean; transposeY: boolean };
  const channels = shape[0] as number;
  // One matrix for each channel: nothing is broadcast.
  if (view.type(x).shape[0] !== channels || view.type(y).shape[0] !== channels) return undefined;
  const isWindow = (value: ValueId): number | undefined => {
    const producer = view.producer(value);
    if (producer === undefined || view.node(producer).primitive.name !== 'unfold') return undefined;
    return view.type(value).shape.at(-1) === channels ? producer : undefined;
  };
  if (!transposeY) {
    const windows = backThrough(view, x, '2,0,1,3');
    const window = windows === undefined ? undefined : isWindow(windows.source);
    if (windows === undefined || window === undefined || shape[2] !== 1) return undefined;
    const taps = view.type(windows.source).shape.at(-2) as number;
    if (taps > MOST_TAPS) return undefined;
    // [channels, positions, taps] or that transposed: with more channels in a group there would be more than taps.
    if (view.type(x).shape[2] !== taps) return undefined;
    const image = view.node(window).inputs[0] as ValueId;
    if (transposeX) {
      const gradient = backThrough(view, y, '1,0,2');
      const kernel = onThrough(view, result, '1,2,0,3');
      if (gradient === undefined || kernel === undefined) return undefined;
      return {
        kind: 'kernelGradient',
        window,
        x: view.owner(image),
        y: view.owner(gradient.source),
        before: [windows.nodes, gradient.nodes],
        after: kernel.nodes,
        result: kernel.source,
      };
    }
    const kernel = backThrough(view, y, '2,0,1,3');
    const after = onThrough(view, result, '1,0,2');
    if (kernel === undefined || after === undefined) return undefined;
    return {
      kind: 'forward',
      window,
      x: view.owner(image),
      y: view.owner(kernel.source),
      before: [[...windows.nodes, window], kernel.nodes],
      after: after.nodes,
      result: after.source,
    };
  }
  if (transposeX || view.type(x).shape[2] !== 1) return undefined;
  const gradient = backThrough(view, x, '1,0,2');
  const kernel = backThrough(view, y, '2,0,1,3');
  const windows = onThrough(view, result, '1,2,0,3');
  const fold = windows === undefined ? undefined : foldOf(view, windows.source);
  if (gradient === undefined || kernel === undefined || windows === undefined || fold === undefined)
    return undefined;
  const isSingle = view.type(fold.source).shape.at(-1) === channels;
  if (!isSingle || (shape[2] as number) > MOST_TAPS) return undefined;
  return {
    kind: 'inputGradient',
    window: fold.nodes.at(-1) as number,
    x: view.owner(gradient.source),
    y: view.owner(kernel.source),
    before: [gradient.nodes, kernel.nodes],
    after: [...windows.nodes, ...fold.nodes],
    result: fold.source,
  };
}

/** Those nodes of a chain (the last first) that nobody reads but products of such convolutions, from its end on. */
export function onlyForDepthwise(view: GraphView, chain: readonly number[]): number[] {
  const taken = new Set<number>();
  for (const index of chain) {
    const values = view.node(index).outputs;
    const isFree = values.every(
      (value) =>
        !view.isOutput(value) &&
        view
          .users(value)
          .every((user) => taken.has(user) || matchDepthwise(view, user) !== undefined),
    );
    if (!isFree) break;
    taken.add(index);
  }
  return [...taken];
}
