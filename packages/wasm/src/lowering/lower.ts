import type { Graph, TensorType, ValueId } from '@gradus/tensor/backend';
import type { Features } from '../features.js';
import type { KernelPlan } from '../program/kernel-plan.js';
import { sizeOf } from './access.js';
import { copyLoops } from './copies.js';
import { viewGraph } from './graph-view.js';
import type { GraphView } from './graph-view.js';
import { hostKernel } from './host-kernel.js';
import { findKnown } from './known.js';
import type { Known } from './known.js';
import { isLoopNode } from './loops/cluster.js';
import { Grouping, loopOf } from './loops/group.js';
import type { Group } from './loops/group.js';
import { loopKernels } from './loops/loop-kernel.js';
import type { ValueTypes } from './loops/loop-kernel.js';
import { patterns } from './patterns.js';
import { sideBySide } from './side-by-side.js';
import { planStorage } from './storage.js';
import type { Storage } from './storage.js';

/** A graph as kernels, in the order in which they run, and where each of its values is found. */
export interface LoweredGraph {
  readonly view: GraphView;
  readonly storage: Storage;
  readonly known: Known;
  readonly kernels: readonly KernelPlan[];
  /** Types of all values, those that exist only between kernels included. */
  readonly types: readonly TensorType[];
}

/**
 * Turns a graph into kernels: first what is recognised as a whole (products with what follows them, convolutions,
 * poolings, ...), then loops over everything that works element by element or reduces, then copies of what has to be
 * rearranged in memory; what is left runs as the plain loop of its primitive.
 */
export function lower(graph: Graph, features: Features): LoweredGraph {
  const view = viewGraph(graph);
  const types = [...graph.types];
  const values: ValueTypes = {
    type: (value) => types[value] as TensorType,
    temporary: (type) => types.push(type) - 1,
  };
  const known = findKnown(view);
  const kernelsOf = new Map<Group, KernelPlan[]>();
  const claimed: { readonly nodes: readonly number[]; readonly kernels: KernelPlan[] }[] = [];
  graph.nodes.forEach((node, index) => {
    if (view.isClaimed(index) || known.data(node.outputs[0] as ValueId) !== undefined) return;
    if (node.outputs.every((value) => sizeOf(view.type(value).shape) === 0)) return;
    for (const pattern of patterns) {
      const lowered = pattern(view, index, features);
      if (lowered === undefined) continue;
      view.claim(lowered.nodes);
      claimed.push({ nodes: lowered.nodes, kernels: [...lowered.kernels] });
      return;
    }
  });
  const storage = planStorage(view);
  const facts = { view, storage, uniform: known.uniform };
  const grouping = new Grouping(facts);
  for (const { nodes, kernels } of claimed) kernelsOf.set(grouping.addFixed(nodes), kernels);
  graph.nodes.forEach(({ outputs }, index) => {
    const [output] = outputs as readonly [ValueId];
    if (view.isClaimed(index) || storage.isVirtual(index) || known.data(output) !== undefined)
      return;
    if (known.uniform(output) !== undefined && !storage.isWanted(output)) return;
    if (outputs.every((value) => sizeOf(view.type(value).shape) === 0)) return;
    if (isLoopNode(view, index)) {
      grouping.addLoopNode(index);
      return;
    }
    const loops = copyLoops(view, storage, known, index);
    kernelsOf.set(
      grouping.addFixed([index]),
      loops === undefined
        ? [hostKernel(view, storage, index)]
        : loops.flatMap((loop) => loopKernels(loop, values)),
    );
  });

  const readers = readersOf(view, storage);
  const next = new Set(graph.nextState.map((value) => storage.find(value).base));
  const writesState = (group: Group): boolean =>
    group.nodes.some((index) => view.node(index).outputs.some((value) => next.has(value)));
  const kernels = grouping.ordered(writesState).flatMap((group) => {
    const fixed = kernelsOf.get(group);
    if (fixed !== undefined || group.cluster === undefined) return fixed ?? [];
    const own = new Set(group.nodes);
    const isNeeded = (value: ValueId): boolean => {
      const users = readers.get(value) ?? [];
      return users.some((user) => !own.has(user));
    };
    return loopKernels(loopOf(group.cluster, view, storage, isNeeded), values);
  });
  return { view, storage, known, kernels: sideBySide(kernels), types };
}

/** A reader outside of the graph: whoever takes the outputs, or the next run. */
const OUTSIDE = -1;

/** The nodes that read the memory of a value, through whatever only rearranges it. */
function readersOf(view: GraphView, storage: Storage): Map<ValueId, number[]> {
  const readers = new Map<ValueId, number[]>();
  const note = (value: ValueId, reader: number): void => {
    const { base } = storage.find(value);
    const list = readers.get(base);
    if (list === undefined) readers.set(base, [reader]);
    else list.push(reader);
  };
  view.graph.nodes.forEach((node, index) => {
    if (!view.isClaimed(index) && storage.isVirtual(index)) return;
    node.inputs.forEach((value) => note(value, index));
  });
  [...view.graph.outputs, ...view.graph.nextState].forEach((value) => note(value, OUTSIDE));
  return readers;
}
