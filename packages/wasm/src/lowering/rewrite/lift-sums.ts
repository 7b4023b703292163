import type { Graph, GraphNode, ValueId } from '@gradus/tensor/backend';
import { viewGraph } from '../graph-view.js';
import type { GraphView } from '../graph-view.js';
import { GraphEditor } from './graph-editor.js';
import { fitsStack } from './scan-node.js';
import type { ScanParams } from './scan-node.js';

/** What is added to a carried sum in each step: the product of two matrices, or the sum of something over some axes. */
type Summand =
  | { readonly kind: 'product'; readonly x: ValueId; readonly y: ValueId }
  | { readonly kind: 'sum'; readonly x: ValueId; readonly axes: readonly number[] };

/** A carried tensor that is nothing but a sum over the steps. */
interface CarriedSum {
  readonly carry: number;
  readonly summand: Summand;
  /** Nodes of the body that only the sum needs. */
  readonly nodes: readonly number[];
}

function summandOf(view: GraphView, value: ValueId): [Summand, number] | undefined {
  const index = view.producer(value);
  if (index === undefined || view.users(value).length !== 1 || view.isOutput(value))
    return undefined;
  const { primitive, params, inputs } = view.node(index);
  const [x, y] = inputs as readonly [ValueId, ValueId];
  if (primitive.name === 'sum')
    return [{ kind: 'sum', x, axes: (params as { readonly axes: readonly number[] }).axes }, index];
  if (primitive.name !== 'matmul') return undefined;
  const { transposeX, transposeY } = params as {
    readonly transposeX: boolean;
    readonly transposeY: boolean;
  };
  const isPlain = [x, y].every((operand) => view.type(operand).shape.length === 2);
  if (!transposeX || transposeY || !isPlain) return undefined;
  return [{ kind: 'product', x, y }, index];
}

/** The sums that a loop carries, when nobody wants to know how far they were in between. */
function carriedSums(outer: GraphView, scan: number): CarriedSum[] {
  const { params, outputs } = outer.node(scan);
  const { body, carryCount } = params as ScanParams;
  const view = viewGraph(body);
  const sums: CarriedSum[] = [];
  for (let carry = 0; carry < carryCount; carry++) {
    const before = body.inputs[carry] as ValueId;
    const after = body.outputs[carry] as ValueId;
    const history = outputs[carryCount + carry] as ValueId;
    if (outer.users(history).length > 0 || outer.isOutput(history)) continue;
    const index = view.producer(after);
    if (index === undefined || view.node(index).primitive.name !== 'add') continue;
    const isAlone =
      view.users(before).length === 1 &&
      view.users(after).length === 0 &&
      body.outputs.filter((value) => value === before).length === 0 &&
      body.outputs.filter((value) => value === after).length === 1;
    const [a, b] = view.node(index).inputs as readonly [ValueId, ValueId];
    const other = a === before ? b : a;
    const type = view.type(after);
    if (!isAlone || (a !== before && b !== before) || other === before) continue;
    if (type.dtype !== 'float32' || view.type(other).shape.join() !== type.shape.join()) continue;
    const found = summandOf(view, other);
    if (found === undefined) continue;
    const [{ x, ...rest }] = found;
    const read = rest.kind === 'product' ? [x, rest.y] : [x];
    if (!read.every((value) => fitsStack(params as ScanParams, value))) continue;
    sums.push({ carry, summand: found[0], nodes: [index, found[1]] });
  }
  return sums;
}

/** Lets a loop collect what it sums, and sums all at once behind it: one large product instead of many small ones. */
function liftFrom(
  editor: GraphEditor,
  node: GraphNode,
  sums: readonly CarriedSum[],
  isZero: (value: ValueId) => boolean,
): void {
  const { body, length, reverse, carryCount, stepCount } = node.params as ScanParams;
  const lifted = new Set(sums.map(({ carry }) => carry));
  const gone = new Set(sums.flatMap(({ nodes }) => nodes));
  const kept = <T>(list: readonly T[], start: number): T[] =>
    list.slice(start, start + carryCount).filter((_, i) => !lifted.has(i));
  const results = body.outputs.slice(carryCount);
  /** Where all steps of a value of the body are found: among what the loop reads, or in results of it. */
  const stacks = new Map<ValueId, number>();
  const steps = body.inputs.slice(carryCount, carryCount + stepCount);
  for (const { summand } of sums)
    for (const value of summand.kind === 'product' ? [summand.x, summand.y] : [summand.x]) {
      if (steps.includes(value) || stacks.has(value)) continue;
      const known = results.indexOf(value);
      stacks.set(value, known >= 0 ? known : results.push(value) - 1);
    }
  const keptCount = carryCount - lifted.size;
  const params: ScanParams = {
    length,
    reverse,
    stepCount,
    carryCount: keptCount,
    body: {
      ...body,
      inputs: [...kept(body.inputs, 0), ...body.inputs.slice(carryCount)],
      nodes: body.nodes.filter((_, i) => !gone.has(i)),
      outputs: [...kept(body.outputs, 0), ...results],
    },
  };
  const outputs = editor.addAll(
    'scan',
    [...kept(node.inputs, 0), ...node.inputs.slice(carryCount)],
    params,
  );
  kept(node.outputs, 0).forEach((value, i) => editor.replace(value, outputs[i] as ValueId));
  kept(node.outputs, carryCount).forEach((value, i) =>
    editor.replace(value, outputs[keptCount + i] as ValueId),
  );
  node.outputs
    .slice(2 * carryCount)
    .forEach((value, i) => editor.replace(value, outputs[2 * keptCount + i] as ValueId));
  const stackOf = (value: ValueId): ValueId => {
    const step = steps.indexOf(value);
    return step >= 0
      ? (node.inputs[carryCount + step] as ValueId)
      : (outputs[2 * keptCount + (stacks.get(value) as number)] as ValueId);
  };
  for (const { carry, summand } of sums) {
    const total =
      summand.kind === 'product'
        ? editor.add(
            'matmul',
            [summand.x, summand.y].map((value) => rows(editor, stackOf(value))),
            { transposeX: true, transposeY: false },
          )
        : editor.add('sum', [stackOf(summand.x)], {
            axes: [0, ...summand.axes.map((axis) => axis + 1)],
          });
    const start = node.inputs[carry] as ValueId;
    editor.replace(
      node.outputs[carry] as ValueId,
      isZero(start) ? total : editor.add('add', [start, total], undefined),
    );
  }
}

/** The matrices of all steps as one, one below the other. */
function rows(editor: GraphEditor, stack: ValueId): ValueId {
  const [steps, height, width] = editor.type(editor.resolve(stack)).shape as readonly [
    number,
    number,
    number,
  ];
  return editor.add('reshape', [stack], { shape: [steps * height, width] });
}

/**
 * Takes sums of products out of loops: the gradient of a recurrent weight is `sum over steps of x_t' y_t`, which is one
 * product of all steps, several times faster than many small ones that are added up in memory.
 */
export function liftSums(graph: Graph): Graph {
  const view = viewGraph(graph);
  const editor = new GraphEditor(graph);
  let isChanged = false;
  graph.nodes.forEach((node, index) => {
    const sums = node.primitive.name === 'scan' ? carriedSums(view, index) : [];
    if (sums.length === 0) {
      editor.keep(node);
      return;
    }
    isChanged = true;
    liftFrom(editor, node, sums, (value) => view.numberOf(value) === 0);
  });
  return isChanged ? editor.finish() : graph;
}
