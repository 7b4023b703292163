/**
 * The face that backends implement: `@gradus/tensor/backend`. A backend turns a graph into a program; tensors, gradients
 * and layers know nothing of it. `backendSuite` in `@gradus/testing` is its definition.
 */
import type { TypedArray } from './dtype.js';
import type { Graph } from './graph/graph.js';
import type { TensorType } from './primitive.js';

/** Memory that a family of programs shares and that keeps its values between runs: variables, optimizer state. */
export interface Memory {
  /** A copy of the values of carried tensor `index`. */
  read(index: number): TypedArray;
  write(index: number, data: ArrayLike<number>): void;
}

/** A graph, ready to run again and again. */
export interface Program {
  /** Runs once. Updates the carried memory; writes outputs to memory that the next run overwrites. */
  run(inputs: readonly TypedArray[]): void;
  /** The values of output `index` of the last run: a view, valid until the next run. */
  output(index: number): TypedArray;
  /** What runs, in words: for people, and for tests of what a backend fuses. */
  explain(): string;
}

export interface Backend {
  readonly name: string;
  createMemory(types: readonly TensorType[]): Memory;
  /** @param memory must be given when the graph has state, and must come from this backend. */
  compile(graph: Graph, memory?: Memory): Program;
}

export type { Constant, Graph, GraphNode, ValueId } from './graph/graph.js';
export { hasBody, paramsKey } from './graph/graph.js';
export { printGraph } from './graph/print.js';
export { planMemory } from './graph/plan.js';
export { simplify } from './graph/simplify.js';
export type { MemoryPlan } from './graph/plan.js';
export type { Kernel, KernelCall, Primitive, TensorType, Traits } from './primitive.js';
export { allocate, bytesPerElement } from './dtype.js';
export type { DType, TypedArray } from './dtype.js';
export { referenceBackend } from './reference/backend.js';
export { primitivesByName as primitives } from './primitives/index.js';
/** What a backend throws that finds a wrong index after the fact. */
export { indexError } from './primitives/gather.js';
