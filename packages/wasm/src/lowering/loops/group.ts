import type { ValueId } from '@gradus/tensor/backend';
import { accessOf, contiguous, perRow } from '../access.js';
import type { GraphView } from '../graph-view.js';
import type { Storage } from '../storage.js';
import { emptyCluster, fit, loopSize } from './cluster.js';
import type { Cluster, Facts, Fit } from './cluster.js';
import type { Loop, Store } from './loop-op.js';

/** More operations than this in one loop would only spill registers. */
const MOST_OPS = 128;

/** Nodes that run together: a loop under construction, or nodes that something else has made a kernel of. */
export interface Group {
  readonly nodes: number[];
  cluster: Cluster | undefined;
  isDead: boolean;
}

/** Who produces what a node reads, through views. */
function sourcesOf({ view, storage }: Facts, index: number): number[] {
  return view.node(index).inputs.flatMap((value) => {
    const producer = view.producer(storage.find(value).base);
    return producer === undefined ? [] : [producer];
  });
}

/**
 * Grows loops: each node joins a loop that computes what it reads, or that reads what it reads, when it runs over the
 * same elements and no circle of loops waiting for each other comes of it. Otherwise it begins a loop of its own.
 */
export class Grouping {
  readonly #facts: Facts;
  readonly #groupOf = new Map<number, Group>();
  /** Loops that read a value from memory. */
  readonly #readers = new Map<ValueId, Set<Group>>();

  constructor(facts: Facts) {
    this.#facts = facts;
  }

  /** Nodes that are a kernel already. */
  addFixed(nodes: readonly number[]): Group {
    const group: Group = { nodes: [...nodes], cluster: undefined, isDead: false };
    nodes.forEach((index) => this.#groupOf.set(index, group));
    return group;
  }

  addLoopNode(index: number): void {
    const candidates = this.#candidates(index);
    for (const group of candidates) {
      const fitting = fit(this.#facts, group.cluster as Cluster, index);
      if (fitting === undefined || (group.cluster as Cluster).ops.length >= MOST_OPS) continue;
      this.#groupOf.set(index, group);
      group.nodes.push(index);
      if (this.#waitsForItself(group)) {
        group.nodes.pop();
        this.#groupOf.delete(index);
        continue;
      }
      extend(group.cluster as Cluster, fitting);
      this.#noteReads(group);
      this.#merge(group, candidates);
      return;
    }
    const cluster = emptyCluster(loopSize(this.#facts, index));
    extend(cluster, fit(this.#facts, cluster, index) as Fit);
    const group: Group = { nodes: [index], cluster, isDead: false };
    this.#groupOf.set(index, group);
    this.#noteReads(group);
  }

  /** All groups, each after those it reads from. Groups that write next state come as late as they can. */
  ordered(isLate: (group: Group) => boolean): Group[] {
    const groups = [...new Set(this.#groupOf.values())];
    const waiting = new Map(groups.map((group) => [group, new Set(this.#sources(group))]));
    const result: Group[] = [];
    const first = new Map(groups.map((group) => [group, Math.min(...group.nodes)]));
    const count = this.#facts.view.graph.nodes.length;
    const rank = (group: Group): number =>
      (isLate(group) ? count : 0) + (first.get(group) as number);
    while (waiting.size > 0) {
      let next: Group | undefined;
      for (const [group, sources] of waiting)
        if (sources.size === 0 && (next === undefined || rank(group) < rank(next))) next = group;
      const chosen = next as Group;
      waiting.delete(chosen);
      for (const sources of waiting.values()) sources.delete(chosen);
      result.push(chosen);
    }
    return result;
  }

  /** Loops worth trying, best first: those that compute an operand, then those that read the same memory. */
  #candidates(index: number): Group[] {
    const { view, storage } = this.#facts;
    const found = new Set<Group>();
    for (const source of sourcesOf(this.#facts, index).toSorted((a, b) => b - a)) {
      const group = this.#groupOf.get(source);
      if (group?.cluster !== undefined) found.add(group);
    }
    for (const value of view.node(index).inputs)
      for (const group of this.#readers.get(storage.find(value).base) ?? [])
        if (!group.isDead) found.add(group);
    return [...found];
  }

  #noteReads(group: Group): void {
    for (const { operands } of (group.cluster as Cluster).ops)
      for (const operand of operands) {
        if (operand.kind !== 'memory') continue;
        const readers = this.#readers.get(operand.value);
        if (readers === undefined) this.#readers.set(operand.value, new Set([group]));
        else readers.add(group);
      }
  }

  /** Two loops that a new node ties together become one, when they can. */
  #merge(group: Group, candidates: readonly Group[]): void {
    for (const other of candidates) {
      if (other === group || other.isDead || other.cluster?.size !== group.cluster?.size) continue;
      const nodes = [...group.nodes, ...other.nodes].sort((a, b) => a - b);
      if (nodes.length > MOST_OPS) continue;
      const cluster = emptyCluster((group.cluster as Cluster).size);
      const isFitting = nodes.every((index) => {
        const fitting = fit(this.#facts, cluster, index);
        if (fitting !== undefined) extend(cluster, fitting);
        return fitting !== undefined;
      });
      if (!isFitting) continue;
      other.nodes.forEach((index) => this.#groupOf.set(index, group));
      const before = group.nodes.splice(0);
      group.nodes.push(...nodes);
      if (this.#waitsForItself(group)) {
        group.nodes.splice(0, Infinity, ...before);
        other.nodes.forEach((index) => this.#groupOf.set(index, other));
        continue;
      }
      group.cluster = cluster;
      other.isDead = true;
      this.#noteReads(group);
    }
  }

  #sources(group: Group): Group[] {
    return group.nodes
      .flatMap((index) => sourcesOf(this.#facts, index))
      .flatMap((source) => this.#groupOf.get(source) ?? [])
      .filter((source) => source !== group);
  }

  #waitsForItself(group: Group): boolean {
    const seen = new Set<Group>();
    const stack = this.#sources(group);
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      if (next === group) return true;
      if (seen.has(next)) continue;
      seen.add(next);
      for (const index of next.nodes)
        for (const source of sourcesOf(this.#facts, index)) {
          const found = this.#groupOf.get(source);
          if (found !== undefined && found !== next) stack.push(found);
        }
    }
    return false;
  }
}

function extend(cluster: Cluster, fitting: Fit): void {
  cluster.ops = [...cluster.ops, ...fitting.ops];
  cluster.boundaries = fitting.boundaries;
  cluster.rowLength = fitting.rowLength;
  cluster.own = fitting.own;
}

/** The finished loop: with what it leaves in memory, which is what others read. */
export function loopOf(
  cluster: Cluster,
  view: GraphView,
  storage: Storage,
  isNeeded: (value: ValueId) => boolean,
): Loop {
  const stores = cluster.ops.flatMap((op): Store[] => {
    if (op.kind === 'reduceAcross' || !isNeeded(op.output)) return [];
    const whole = accessOf(contiguous(view.type(op.output).shape));
    const isRow = cluster.own.get(op.output) === 'row' && cluster.rowLength !== 1;
    const access = isRow ? perRow(whole, cluster.rowLength as number) : whole;
    return [{ value: op.output, into: storage.find(op.output).base, access }];
  });
  return { size: cluster.size, boundaries: cluster.boundaries, ops: cluster.ops, stores };
}
