import type { Graph, Program, TensorType, TypedArray } from '@gradus/tensor/backend';
import { printGraph } from '@gradus/tensor/backend';
import type { FamilyMemory } from '../engine/family-memory.js';
import type { LinearMemory } from '../engine/linear-memory.js';
import type { Features } from '../features.js';
import type { LibraryFunction } from '../kernels/library.js';
import { sizeOf } from '../lowering/access.js';
import { lower } from '../lowering/lower.js';
import { assemble } from './assemble.js';
import { explainKernels } from './explain.js';
import type { KernelPlan } from './kernel-plan.js';
import { layOut } from './layout.js';
import type { MemoryLayout } from './layout.js';

/** The library, ready in a memory. */
export type LibraryInstance = (
  memory: WebAssembly.Memory,
  names: readonly LibraryFunction[],
) => WebAssembly.ModuleImports;

interface HostViews {
  readonly inputs: TypedArray[];
  readonly outputs: TypedArray[];
}

/** A graph as one WebAssembly module, bound to the memory of its family. */
export class WasmProgram implements Program {
  readonly #graph: Graph;
  readonly #linear: LinearMemory;
  readonly #kernels: readonly KernelPlan[];
  readonly #layout: MemoryLayout;
  readonly #features: Features;
  readonly #run: () => void;
  #buffer: ArrayBuffer | undefined;
  #inputViews: TypedArray[] = [];
  #outputViews: TypedArray[] = [];
  #hostViews: HostViews[] = [];

  constructor(graph: Graph, family: FamilyMemory, features: Features, library: LibraryInstance) {
    this.#graph = graph;
    this.#linear = family.linear;
    this.#features = features;
    const lowered = lower(graph, features);
    this.#kernels = lowered.kernels;
    this.#layout = layOut(lowered, family.addresses, family.linear);
    const scratchBytes = Math.max(0, ...this.#kernels.map((kernel) => kernel.scratchBytes));
    const scratch = this.#linear.allocate(scratchBytes, 'scratch memory');
    const bytes = assemble(this.#kernels, this.#layout, features, scratch);
    const names = this.#kernels.flatMap(({ uses = [] }) => uses);
    const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
      env: {
        memory: this.#linear.memory,
        host: (index: number) => this.#runHost(index),
        ...library(this.#linear.memory, names),
      },
    });
    this.#run = instance.exports['run'] as () => void;
    for (const { value, address, data } of this.#layout.constants)
      this.#viewOf(value, address).set(data);
  }

  run(inputs: readonly TypedArray[]): void {
    if (this.#buffer !== this.#linear.buffer) this.#refresh();
    for (let i = 0; i < inputs.length; i++)
      (this.#inputViews[i] as TypedArray).set(inputs[i] as TypedArray);
    this.#run();
  }

  output(index: number): TypedArray {
    if (this.#buffer !== this.#linear.buffer) this.#refresh();
    return this.#outputViews[index] as TypedArray;
  }

  explain(): string {
    return `${explainKernels(this.#kernels, this.#layout, this.#features)}\n\n${printGraph(this.#graph)}`;
  }

  #viewOf(value: number, address: number): TypedArray {
    const { dtype, shape } = this.#graph.types[value] as TensorType;
    return this.#linear.view(dtype, address, sizeOf(shape));
  }

  /** Growing replaces the memory's buffer, and with it all views. */
  #refresh(): void {
    this.#buffer = this.#linear.buffer;
    const { inputs, outputs } = this.#layout;
    this.#inputViews = this.#graph.inputs.map((value, i) =>
      this.#viewOf(value, inputs[i] as number),
    );
    this.#outputViews = this.#graph.outputs.map((value, i) =>
      this.#viewOf(value, outputs[i] as number),
    );
    this.#hostViews = this.#kernels.map(({ host, outputs: values }) => ({
      inputs: (host?.inputs ?? []).map((value) => this.#viewOf(value, this.#layout.address(value))),
      outputs:
        host === undefined
          ? []
          : values.map((value) => this.#viewOf(value, this.#layout.address(value))),
    }));
  }

  #runHost(index: number): void {
    const { inputs, outputs } = this.#hostViews[index] as HostViews;
    (this.#kernels[index] as KernelPlan).host?.run(inputs, outputs);
  }
}
