import type { GraphNode, ValueId } from '@gradus/tensor/backend';
import {
  accessOf,
  boundariesOf,
  broadcastView,
  contiguous,
  isChain,
  isIdentity,
  isPerRow,
  perRow,
  sizeOf,
} from '../access.js';
import type { GraphView } from '../graph-view.js';
import type { Storage } from '../storage.js';
import { canEmit } from './emit-op.js';
import type { LoopOp, Operand, Rate } from './loop-op.js';

/** A total over at most this many elements counts as one row, so that what follows it can be in the same loop. */
const LARGEST_ONLY_ROW = 4096;

/** A loop under construction. */
export interface Cluster {
  readonly size: number;
  boundaries: readonly number[];
  /** Length of a row, once something is reduced along rows. */
  rowLength: number | undefined;
  ops: LoopOp[];
  /** Values that other operations of the loop can take from it, and how often they are computed. */
  own: ReadonlyMap<ValueId, Rate>;
}

/** What joining would add to a loop. */
export interface Fit {
  readonly ops: readonly LoopOp[];
  readonly boundaries: readonly number[];
  readonly rowLength: number | undefined;
  readonly own: ReadonlyMap<ValueId, Rate>;
}

/** What the graph tells loops. */
export interface Facts {
  readonly view: GraphView;
  readonly storage: Storage;
  /** The number that all elements of a value are, when it is known. */
  uniform(value: ValueId): number | undefined;
}

/** Whether a node can be part of a loop. */
export function isLoopNode(view: GraphView, index: number): boolean {
  const { primitive, inputs, outputs } = view.node(index);
  const { kind } = primitive.traits;
  if (kind !== 'elementwise' && !(kind === 'reduce' && !primitive.name.startsWith('arg')))
    return false;
  const types = [...inputs, ...outputs].map((value) => view.type(value));
  const [first] = primitive.name === 'select' ? types.slice(1) : types;
  return (
    types.every(({ dtype, shape }) => dtype !== 'float64' && sizeOf(shape) > 0) &&
    canEmit(primitive.name, first?.dtype ?? 'float32')
  );
}

/** Elements that a loop around this node runs over. */
export function loopSize({ view }: Facts, index: number): number {
  const { primitive, inputs, outputs } = view.node(index);
  const value = primitive.traits.kind === 'reduce' ? inputs[0] : outputs[0];
  return sizeOf(view.type(value as ValueId).shape);
}

/** A loop over so many elements that does nothing yet. */
export function emptyCluster(size: number): Cluster {
  return { size, boundaries: [], rowLength: undefined, ops: [], own: new Map() };
}

function union(
  a: readonly number[],
  b: readonly number[],
  size: number,
): readonly number[] | undefined {
  const all = [...new Set([...a, ...b])].filter((value) => value > 1 && value < size);
  all.sort((x, y) => x - y);
  return isChain(all, size) ? all : undefined;
}

/** How the loop sees an operand; undefined when it cannot. `over` is the shape the operand is broadcast to. */
function operandOf(
  facts: Facts,
  { ops, own, size, rowLength }: Cluster,
  value: ValueId,
  over: readonly number[],
  rate: Rate,
): Operand | undefined {
  const number = facts.uniform(value);
  const { dtype } = facts.view.type(value);
  if (number !== undefined) return { kind: 'constant', dtype, number };
  const { base, view } = facts.storage.find(value);
  const plain = accessOf(broadcastView(view, over));
  const access = rate === 'row' ? perRow(plain, rowLength as number) : plain;
  const ownRate = own.get(base);
  // A result of all rows is there only when the loop is done.
  if (ownRate === undefined && ops.some(({ output }) => output === base)) return undefined;
  if (ownRate === undefined) return { kind: 'memory', value: base, dtype, access };
  if (ownRate === 'element' && rate === 'element' && isIdentity(access, size))
    return { kind: 'own', value: base };
  if (ownRate === 'row' && rowLength !== undefined && isPerRow(access, rowLength, size / rowLength))
    return { kind: 'own', value: base };
  return undefined;
}

/** What the node would be in the loop, or undefined when it does not fit. */
export function fit(facts: Facts, cluster: Cluster, index: number): Fit | undefined {
  const node = facts.view.node(index);
  return node.primitive.traits.kind === 'reduce'
    ? fitReduce(facts, cluster, index, node)
    : fitMap(facts, cluster, index, node);
}

function joined(
  cluster: Cluster,
  op: LoopOp,
  rate: Rate | undefined,
  rowLength: number | undefined,
): Fit | undefined {
  const accesses = op.operands.flatMap((operand) =>
    operand.kind === 'memory' ? boundariesOf(operand.access) : [],
  );
  const cuts = op.target === undefined ? [] : boundariesOf(op.target);
  const row = rowLength === undefined ? [] : [rowLength];
  const boundaries = union(cluster.boundaries, [...accesses, ...cuts, ...row], cluster.size);
  if (boundaries === undefined) return undefined;
  // Rows that are reduced must be the innermost dimension of the loop.
  if (rowLength !== undefined && (boundaries[0] ?? cluster.size) !== rowLength) return undefined;
  const own = new Map(cluster.own);
  if (rate !== undefined) own.set(op.output, rate);
  return { ops: [op], boundaries, rowLength, own };
}

function fitMap(facts: Facts, cluster: Cluster, index: number, node: GraphNode): Fit | undefined {
  const [output] = node.outputs as readonly [ValueId];
  const { shape, dtype } = facts.view.type(output);
  const size = sizeOf(shape);
  const { rowLength } = cluster;
  const attempt = (rate: Rate): Fit | undefined => {
    const operands = node.inputs.map((value) => operandOf(facts, cluster, value, shape, rate));
    if (operands.some((operand) => operand === undefined)) return undefined;
    const op: LoopOp = {
      node: index,
      kind: 'map',
      name: node.primitive.name,
      rate,
      operands: operands as Operand[],
      output,
      dtype,
    };
    return joined(cluster, op, rate, rowLength);
  };
  if (rowLength !== undefined && size === cluster.size / rowLength) {
    const atRow = attempt('row');
    if (atRow?.ops[0]?.operands.some(({ kind }) => kind === 'own')) return atRow;
  }
  return size === cluster.size ? attempt('element') : undefined;
}

function fitReduce(
  facts: Facts,
  cluster: Cluster,
  index: number,
  node: GraphNode,
): Fit | undefined {
  const [input] = node.inputs as readonly [ValueId];
  const [output] = node.outputs as readonly [ValueId];
  const { shape } = facts.view.type(input);
  const { dtype, shape: outputShape } = facts.view.type(output);
  const { axes } = node.params as { readonly axes: readonly number[] };
  const size = sizeOf(shape);
  const kept = contiguous(shape.map((length, axis) => (axes.includes(axis) ? 1 : length)));
  const target = accessOf({
    offset: 0,
    shape,
    strides: kept.strides.map((stride, axis) => (axes.includes(axis) ? 0 : stride)),
  });
  const isWhole = sizeOf(outputShape) === size;
  const base = { node: index, output, dtype, name: node.primitive.name } as const;
  const { rowLength } = cluster;

  // Of values that are there once a row: only across rows.
  if (rowLength !== undefined && size === cluster.size / rowLength && size !== cluster.size) {
    const operand = operandOf(facts, cluster, input, shape, 'row');
    if (operand?.kind === 'own')
      return joined(
        cluster,
        isWhole
          ? { ...base, kind: 'map', name: 'copy', rate: 'row', operands: [operand] }
          : {
              ...base,
              kind: 'reduceAcross',
              rate: 'row',
              operands: [operand],
              target: perRow(target, rowLength),
            },
        isWhole ? 'row' : undefined,
        rowLength,
      );
  }
  if (size !== cluster.size) return undefined;
  const operand = operandOf(facts, cluster, input, shape, 'element');
  if (
    operand === undefined ||
    (operand.kind === 'own' && cluster.own.get(operand.value) === 'row' && size !== 1)
  )
    return undefined;
  if (isWhole)
    return joined(
      cluster,
      { ...base, kind: 'map', name: 'copy', rate: 'element', operands: [operand] },
      'element',
      rowLength,
    );
  const [first] = target.segments as readonly [{ length: number; stride: number }];
  const isTotal = target.segments.length === 1 && first.stride === 0;
  const alongRows =
    first.stride === 0 &&
    (rowLength === undefined || rowLength === first.length) &&
    (isTotal
      ? size <= LARGEST_ONLY_ROW && rowLength === undefined && cluster.boundaries.length === 0
      : target.segments.length === 2 && target.segments[1]?.stride === 1);
  if (alongRows) {
    const fitting = joined(
      cluster,
      { ...base, kind: 'reduceRow', rate: 'element', operands: [operand] },
      'row',
      first.length,
    );
    if (fitting !== undefined) return fitting;
  }
  return joined(
    cluster,
    { ...base, kind: 'reduceAcross', rate: 'element', operands: [operand], target },
    undefined,
    rowLength,
  );
}
