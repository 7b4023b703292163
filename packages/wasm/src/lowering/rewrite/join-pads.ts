import type { Graph, ValueId } from '@gradus/tensor/backend';
import { viewGraph } from '../graph-view.js';
import type { GraphView } from '../graph-view.js';
import { GraphEditor } from './graph-editor.js';

interface PadParams {
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly interior: readonly number[];
  readonly value: number;
}

/** A tensor inside of zeros along one axis. */
interface Block {
  readonly value: ValueId;
  readonly axis: number;
  readonly start: number;
  readonly length: number;
}

function blockOf(view: GraphView, index: number): Block | undefined {
  const { primitive, params, inputs } = view.node(index);
  if (primitive.name !== 'pad') return undefined;
  const { low, high, interior, value } = params as PadParams;
  const axes = low.flatMap((n, axis) => (n !== 0 || high[axis] !== 0 ? [axis] : []));
  const [axis] = axes;
  if (axis === undefined || axes.length > 1 || value !== 0 || interior.some((n) => n !== 0))
    return undefined;
  const [input] = inputs as readonly [ValueId];
  const start = low[axis] as number;
  if (start < 0 || (high[axis] as number) < 0) return undefined;
  return { value: input, axis, start, length: view.type(input).shape[axis] as number };
}

/** The blocks that a sum is made of, when each is used only here. */
function blocksOf(view: GraphView, value: ValueId, isTop: boolean): Block[] | undefined {
  const index = view.producer(value);
  if (index === undefined) return undefined;
  if (!isTop && (view.users(value).length !== 1 || view.isOutput(value))) return undefined;
  const { primitive, inputs } = view.node(index);
  if (primitive.name !== 'add') {
    const block = blockOf(view, index);
    return block && [block];
  }
  const [a, b] = inputs as readonly [ValueId, ValueId];
  if (a === b) return undefined;
  const [left, right] = [blocksOf(view, a, false), blocksOf(view, b, false)];
  return left && right && [...left, ...right];
}

/**
 * Sums of tensors that are padded with zeros to lie side by side become the tensors joined: what is left of the gradient
 * of a tensor that was cut into pieces.
 */
export function joinPads(graph: Graph): Graph {
  const view = viewGraph(graph);
  const editor = new GraphEditor(graph);
  let isChanged = false;
  for (const node of graph.nodes) {
    const [output] = node.outputs as readonly [ValueId];
    const blocks = node.primitive.name === 'add' ? blocksOf(view, output, true) : undefined;
    const sorted = blocks?.sort((x, y) => x.start - y.start);
    const axis = sorted?.[0]?.axis ?? 0;
    const total = view.type(output).shape[axis];
    const isWhole =
      sorted !== undefined &&
      sorted.every((block) => block.axis === axis) &&
      sorted.reduce((end, block) => (block.start === end ? end + block.length : NaN), 0) === total;
    if (!isWhole) {
      editor.keep(node);
      continue;
    }
    isChanged = true;
    editor.replace(
      output,
      editor.add(
        'concat',
        sorted.map(({ value }) => value),
        { axis },
      ),
    );
  }
  return isChanged ? editor.finish() : graph;
}
