import { paramsKey } from '@gradus/tensor/backend';
import type { Graph, GraphNode, TypedArray, ValueId } from '@gradus/tensor/backend';
import { viewGraph } from '../graph-view.js';
import type { GraphView } from '../graph-view.js';
import { GraphEditor } from './graph-editor.js';
import { fitsStack, scanNode } from './scan-node.js';
import type { ScanNode } from './scan-node.js';
import { withoutUnread } from './trim-scans.js';
import type { ScanInputs } from './trim-scans.js';

/** What a loop computes again although an earlier loop had it in the same step. */
interface Recomputed {
  /** In the body of the later loop. */
  readonly here: ValueId;
  /** In the body of the earlier one. */
  readonly there: ValueId;
}

function keyOf({ primitive, params }: GraphNode, inputs: readonly ValueId[]): string {
  return `${primitive.name} ${inputs.join()} ${paramsKey(params)}`;
}

const sameData = (a: TypedArray, b: TypedArray): boolean =>
  a.constructor === b.constructor && a.length === b.length && a.every((n, i) => Object.is(n, b[i]));

/** Values of the body of `later` that are equal, step by step, to values of the body of `earlier`. */
function correspondence(earlier: ScanNode, later: ScanNode): Map<ValueId, ValueId> {
  const equal = new Map<ValueId, ValueId>();
  const pair = (
    outer: readonly ValueId[],
    inner: readonly ValueId[],
    from: readonly ValueId[],
    to: readonly ValueId[],
  ): void =>
    from.forEach((value, i) => {
      const k = outer.indexOf(value);
      if (k >= 0 && !equal.has(to[i] as ValueId)) equal.set(to[i] as ValueId, inner[k] as ValueId);
    });
  pair(earlier.history, earlier.inside.carries, later.steps, later.inside.steps);
  pair(earlier.steps, earlier.inside.steps, later.steps, later.inside.steps);
  pair(earlier.results, earlier.inside.results, later.steps, later.inside.steps);
  pair(earlier.captured, earlier.inside.captured, later.captured, later.inside.captured);
  for (const { value, data } of later.body.constants) {
    const { shape } = later.body.types[value] as { readonly shape: readonly number[] };
    const same = earlier.body.constants.find(
      (known) =>
        sameData(known.data, data) &&
        earlier.body.types[known.value]?.shape.join() === shape.join(),
    );
    if (same !== undefined) equal.set(value, same.value);
  }
  const known = new Map(earlier.body.nodes.map((node) => [keyOf(node, node.inputs), node]));
  for (const node of later.body.nodes) {
    const inputs = node.inputs.map((value) => equal.get(value));
    if (inputs.length === 0 || inputs.some((value) => value === undefined)) continue;
    const same = known.get(keyOf(node, inputs as ValueId[]));
    same?.outputs.forEach((value, i) => equal.set(node.outputs[i] as ValueId, value));
  }
  return equal;
}

/** Times as much memory as the products take, to save all that comes after them as well. */
const DEPTH = 2;

/**
 * What is worth keeping from the earlier loop. Its products, the largest part of the work, in any case, with what follows
 * each of them and nothing else reads. Better all that the rest of the later loop reads, activations mostly, when it is not
 * much more memory.
 */
function recomputed(earlier: ScanNode, later: ScanNode): Recomputed[] {
  if (earlier.length !== later.length) return [];
  const equal = correspondence(earlier, later);
  const view = viewGraph(later.body);
  const products = new Set<ValueId>();
  const edge = new Set<ValueId>();
  for (const { primitive, outputs } of later.body.nodes) {
    const [output] = outputs as readonly [ValueId];
    if (!equal.has(output)) continue;
    const readers = view.users(output).map((user) => view.node(user).outputs[0] as ValueId);
    if (view.isOutput(output) || readers.some((value) => !equal.has(value))) edge.add(output);
    if (primitive.name === 'matmul') products.add(lastOf(view, output, equal));
  }
  const bytes = (values: ReadonlySet<ValueId>): number =>
    [...values]
      .filter((value) => !earlier.inside.results.includes(equal.get(value) as ValueId))
      .reduce((sum, value) => sum + view.type(value).shape.reduce((size, n) => size * n, 4), 0);
  const chosen = bytes(edge) <= DEPTH * bytes(products) ? edge : products;
  return products.size === 0
    ? []
    : [...chosen].map((here) => ({ here, there: equal.get(here) as ValueId }));
}

/** The end of a chain of elementwise operations, each of which is all that reads the one before. */
function lastOf(view: GraphView, value: ValueId, equal: ReadonlyMap<ValueId, ValueId>): ValueId {
  const [user, ...others] = view.users(value);
  if (user === undefined || others.length > 0 || view.isOutput(value)) return value;
  const { primitive, outputs } = view.node(user);
  const [result] = outputs as readonly [ValueId];
  const isSameSize = view.type(result).shape.join() === view.type(value).shape.join();
  const isNext = primitive.traits.kind === 'elementwise' && isSameSize && equal.has(result);
  return isNext ? lastOf(view, result, equal) : value;
}

/** A loop that is given some of its values instead of computing them, without what it needs no longer. */
function withSteps(
  later: ScanNode,
  given: readonly Recomputed[],
  stacks: readonly ValueId[],
): ScanInputs {
  const values = given.map(({ here }) => here);
  const { inside } = later;
  const body: Graph = {
    ...later.body,
    inputs: [...inside.carries, ...inside.steps, ...values, ...inside.captured],
    nodes: later.body.nodes.filter((node) => !node.outputs.some((value) => values.includes(value))),
  };
  const { captured, steps } = later;
  return withoutUnread({ body, steps: [...steps, ...stacks], captured }, later.carryCount);
}

/**
 * Lets a loop keep what a later one would compute again. The gradient of a loop runs each step a second time, from what
 * was carried; its products, the largest part of the work, are then read from memory instead.
 */
export function shareSteps(graph: Graph): Graph {
  const scans = graph.nodes.flatMap((node, index) =>
    node.primitive.name === 'scan' ? [{ index, scan: scanNode(node) }] : [],
  );
  if (scans.length < 2) return graph;
  const editor = new GraphEditor(graph);
  /** New results of loops: values of their bodies, and the stacks of them. */
  const saved = new Map<number, Map<ValueId, ValueId>>();
  const changes = new Map<number, { readonly given: Recomputed[]; readonly stacks: ValueId[] }>();
  for (const later of scans) {
    const given: Recomputed[] = [];
    const stacks: ValueId[] = [];
    for (const { index, scan: earlier } of scans) {
      if (index >= later.index) break;
      for (const found of recomputed(earlier, later.scan)) {
        if (given.some(({ here }) => here === found.here)) continue;
        if (earlier.body.inputs.includes(found.there)) continue;
        const known = earlier.inside.results.indexOf(found.there);
        if (known < 0 && !fitsStack(earlier, found.there)) continue;
        given.push(found);
        if (known >= 0) {
          stacks.push(earlier.results[known] as ValueId);
          continue;
        }
        const own = saved.get(index) ?? new Map<ValueId, ValueId>();
        saved.set(index, own);
        const { shape, dtype } = later.scan.body.types[found.here] as (typeof graph.types)[number];
        const stack =
          own.get(found.there) ?? editor.define({ shape: [earlier.length, ...shape], dtype });
        own.set(found.there, stack);
        stacks.push(stack);
      }
    }
    if (given.length > 0) changes.set(later.index, { given, stacks });
  }
  if (changes.size === 0) return graph;
  graph.nodes.forEach((node, index) => {
    const own = saved.get(index);
    const change = changes.get(index);
    if (own === undefined && change === undefined) {
      editor.keep(node);
      return;
    }
    const scan = scanNode(node);
    // A loop may give to a later one and take from an earlier one: what it gives must be a result of its body before
    // that is trimmed, which drops what nothing reads and numbers the rest anew.
    const outputs = [...scan.body.outputs, ...(own?.keys() ?? [])];
    const giving: ScanNode = { ...scan, body: { ...scan.body, outputs } };
    const { body, steps, captured } =
      change === undefined ? giving : withSteps(giving, change.given, change.stacks);
    editor.keep({
      ...node,
      inputs: [...scan.carries, ...steps, ...captured],
      outputs: [...node.outputs, ...(own?.values() ?? [])],
      params: {
        length: scan.length,
        reverse: scan.reverse,
        carryCount: scan.carryCount,
        stepCount: steps.length,
        body,
      },
    });
  });
  return editor.finish();
}
