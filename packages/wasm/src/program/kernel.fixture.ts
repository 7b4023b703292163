import { compile } from '@gradus/tensor';
import type { GradusError, Tensor } from '@gradus/tensor';
import { bytesPerElement, referenceBackend } from '@gradus/tensor/backend';
import type { DType, Graph, TensorType, TypedArray, ValueId } from '@gradus/tensor/backend';
import { ModuleBuilder } from '../assembler/index.js';
import type { FunctionRef } from '../assembler/index.js';
import type { Features } from '../features.js';
import { libraryFunctions, libraryKernels, libraryModule } from '../kernels/library.js';
import type { LibraryFunction } from '../kernels/library.js';
import { viewGraph } from '../lowering/graph-view.js';
import type { Pattern } from '../lowering/pattern.js';
import type { KernelPlan, Lowered } from './kernel-plan.js';
import { statusWords, takeStatus } from './status.js';

/** The graph that `compile` makes of a function of these arguments. */
export function graphOf(fn: (...args: Tensor[]) => unknown, ...args: readonly Tensor[]): Graph {
  let graph: Graph | undefined;
  const compiled = compile(fn as (...args: Tensor[]) => Tensor, {
    backend: {
      name: 'recorder',
      createMemory: (types) => referenceBackend.createMemory(types),
      compile(recorded, memory) {
        graph = recorded;
        return referenceBackend.compile(recorded, memory);
      },
    },
  });
  compiled.graph(...args);
  return graph as Graph;
}

const sizeOf = ({ shape }: TensorType): number => shape.reduce((size, n) => size * n, 1);

function arrayOn(buffer: ArrayBuffer, dtype: DType, at: number, size: number): TypedArray {
  if (dtype === 'float32') return new Float32Array(buffer, at, size);
  if (dtype === 'float64') return new Float64Array(buffer, at, size);
  return dtype === 'int32' ? new Int32Array(buffer, at, size) : new Uint8Array(buffer, at, size);
}

export interface KernelRun {
  readonly outputs: readonly TypedArray[];
  /** Names of the kernels that ran, in order. */
  readonly kernels: readonly string[];
  /** Primitives that no kernel took. */
  readonly rest: readonly string[];
  /** The error that the kernels reported. */
  readonly error: GradusError | undefined;
}

const libraries = new Map<string, WebAssembly.Module>();

/** The library module of an engine with these features; compiling it takes longer than most tests. */
function compiledLibrary(features: Features): WebAssembly.Module {
  const key = JSON.stringify(features);
  const known = libraries.get(key) ?? new WebAssembly.Module(libraryModule(features));
  libraries.set(key, known);
  return known;
}

/** How a kernel's units are shared out: pieces that run one after the other, each with scratch memory of its own. */
type Sharing = (units: number) => readonly (readonly [number, number])[];

export const alone: Sharing = (units) => [[0, units]];
/** Three threads, the last piece first: what a unit leaves behind must not matter to another. */
export const shared: Sharing = (units) => {
  const [a, b] = [Math.ceil(units / 3), Math.ceil((2 * units) / 3)];
  return [
    [b, units],
    [0, a],
    [a, b],
  ];
};

/**
 * Runs a graph with the kernels that `patterns` make of its nodes, and with the reference loops for the nodes that they
 * leave. Memory that kernels have to write is filled with rubbish before.
 */
export function runWithKernels(
  graph: Graph,
  patterns: readonly Pattern[],
  inputs: readonly TypedArray[],
  features: Features,
  sharing: Sharing = alone,
): KernelRun {
  const view = viewGraph(graph);
  const loweredOf = new Map<number, Lowered>();
  graph.nodes.forEach((_, index) => {
    if (view.isClaimed(index)) return;
    for (const pattern of patterns) {
      const lowered = pattern(view, index, features);
      if (lowered === undefined) continue;
      view.claim(lowered.nodes);
      lowered.nodes.forEach((node) => loweredOf.set(node, lowered));
      return;
    }
  });

  let end = 4096;
  const take = (bytes: number): number => {
    const at = end;
    end += Math.ceil(bytes / 16) * 16 + 16;
    return at;
  };
  const addresses = graph.types.map((type) => take(sizeOf(type) * bytesPerElement(type.dtype)));
  const address = (value: ValueId): number => addresses[view.owner(value)] as number;
  const all = [...new Set(loweredOf.values())];
  const plans = all.flatMap(({ kernels }) => kernels);
  const scratch = plans.map(({ scratchBytes }) => [0, 1, 2].map(() => take(scratchBytes)));
  const sharedAt = plans.map(({ sharedBytes }) => take(sharedBytes ?? 0));
  const status = take(16);
  const memory = new WebAssembly.Memory({
    initial: Math.ceil(end / 65536) + 1,
    maximum: 65536,
    shared: features.shared,
  });
  const buffer = memory.buffer;
  new Uint8Array(buffer).fill(0xa5);
  const words = new Int32Array(buffer, status, statusWords.count).fill(0);
  const arrayOf = (value: ValueId): TypedArray => {
    const type = graph.types[value] as TensorType;
    return arrayOn(buffer, type.dtype, address(value), sizeOf(type));
  };

  const module = new ModuleBuilder({ shared: features.shared });
  const imports = new Map<LibraryFunction, FunctionRef>();
  for (const name of libraryFunctions(features))
    imports.set(name, module.importFunction(name, libraryKernels[name].signature));
  const exported = plans.map((plan, i) => {
    const target = plan.emit({
      module,
      features,
      address,
      isCarried: () => false,
      library: (name) => imports.get(name) as FunctionRef,
      shared: sharedAt[i] as number,
      status,
    });
    const entry = module.function({ params: ['i32', 'i32', 'i32'], results: [] }, `kernel${i}`);
    entry.get(entry.param(0)).get(entry.param(1)).get(entry.param(2)).call(target);
    return `kernel${i}`;
  });
  const library = new WebAssembly.Instance(compiledLibrary(features), {
    env: { memory },
  });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module.finish()), {
    env: { memory, ...library.exports },
  });

  graph.inputs.forEach((value, i) => arrayOf(value).set(inputs[i] as TypedArray));
  graph.constants.forEach(({ value, data }) => arrayOf(value).set(data));
  const names: string[] = [];
  const rest: string[] = [];
  const run = (plan: KernelPlan): void => {
    const i = plans.indexOf(plan);
    const kernel = instance.exports[exported[i] as string] as (...args: number[]) => void;
    sharing(plan.units).forEach(([begin, stop], k) => {
      if (begin < stop) kernel(begin, stop, scratch[i]?.[k] as number);
    });
    names.push(plan.name);
  };
  const ready = new Set<ValueId>([...graph.inputs, ...graph.constants.map(({ value }) => value)]);
  const done = new Set<number>();
  const isReady = (index: number): boolean =>
    view.node(index).inputs.every((value) => ready.has(value));
  const step = (index: number): boolean => {
    const lowered = loweredOf.get(index);
    const { primitive, params, inputs: from, outputs: to } = view.node(index);
    if (lowered === undefined) {
      if (!isReady(index)) return false;
      if (primitive.traits.alias !== true) {
        const types = { inputs: from.map(view.type), outputs: to.map(view.type), params };
        primitive.reference(types)(from.map(arrayOf), to.map(arrayOf));
        rest.push(primitive.name);
      }
      to.forEach((value) => ready.add(value));
      done.add(index);
      return true;
    }
    const own = new Set(lowered.nodes.flatMap((node) => view.node(node).outputs));
    const isWaiting = lowered.nodes.some((node) =>
      view.node(node).inputs.some((value) => !ready.has(value) && !own.has(value)),
    );
    if (isWaiting) return false;
    lowered.kernels.forEach(run);
    own.forEach((value) => ready.add(value));
    lowered.nodes.forEach((node) => done.add(node));
    return true;
  };
  while (done.size < graph.nodes.length) {
    const next = graph.nodes.findIndex((_, index) => !done.has(index) && step(index));
    if (next < 0) throw new Error('The nodes that were claimed wait for each other.');
  }
  return {
    outputs: graph.outputs.map((value) => arrayOf(value).slice()),
    kernels: names,
    rest,
    error: takeStatus(words),
  };
}

/** What the reference loops make of a graph. */
export function runReference(graph: Graph, inputs: readonly TypedArray[]): TypedArray[] {
  const program = referenceBackend.compile(graph);
  program.run(inputs);
  return graph.outputs.map((_, i) => program.output(i).slice());
}
