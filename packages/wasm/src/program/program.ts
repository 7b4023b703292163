import type { Graph, Program, TensorType, TypedArray } from '@gradus/tensor/backend';
import { printGraph } from '@gradus/tensor/backend';
import { control } from '../engine/control.js';
import type { Engine } from '../engine/engine.js';
import type { FamilyMemory } from '../engine/family-memory.js';
import type { LinearMemory } from '../engine/linear-memory.js';
import { Runner } from '../engine/runner.js';
import { sizeOf } from '../lowering/access.js';
import { lower } from '../lowering/lower.js';
import { takeNarrowApart } from '../lowering/rewrite/narrow-columns.js';
import { rewrite } from '../lowering/rewrite/rewrite.js';
import { assemble } from './assemble.js';
import { explainKernels } from './explain.js';
import type { KernelPlan } from './kernel-plan.js';
import { layOut } from './layout.js';
import type { MemoryLayout } from './layout.js';
import { isWorthSharing, microseconds } from './phases.js';
import { statusWords, takeStatus } from './status.js';

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
  readonly #engine: Engine;
  readonly #run: () => void;
  readonly #isShared: (kernel: KernelPlan) => boolean;
  /** Present when there are kernels that are worth sharing out. */
  readonly #runner: Runner | undefined;
  #buffer: ArrayBuffer | undefined;
  #status: Int32Array = new Int32Array(statusWords.count);
  #inputViews: TypedArray[] = [];
  #outputViews: TypedArray[] = [];
  #hostViews: HostViews[] = [];

  constructor(recorded: Graph, family: FamilyMemory, engine: Engine) {
    const graph = takeNarrowApart(rewrite(recorded));
    this.#graph = graph;
    this.#linear = family.linear;
    this.#engine = engine;
    const { features } = engine;
    const lowered = lower(graph, features);
    this.#kernels = lowered.kernels;
    this.#layout = layOut(lowered, family.addresses, family.linear);
    this.#isShared = isWorthSharing(features.shared ? engine.worthSharingUs : Infinity);
    const worth = this.#kernels.filter(this.#isShared);
    const largestShares = worth.length > 0 ? engine.largestShares : 1;
    const scratchBytes =
      Math.ceil(Math.max(0, ...this.#kernels.map((kernel) => kernel.scratchBytes)) / 64) * 64;
    const scratch = {
      address: this.#linear.allocate(scratchBytes * largestShares, 'scratch memory'),
      bytes: scratchBytes,
    };
    const { bytes, phases } = assemble(
      this.#kernels,
      this.#layout,
      features,
      scratch,
      worth.length > 0 ? this.#isShared : undefined,
    );
    const library = engine.library(this.#kernels.flatMap(({ uses = [] }) => uses));
    const module = new WebAssembly.Module(bytes);
    const { exports } = new WebAssembly.Instance(module, {
      env: {
        memory: this.#linear.memory,
        host: (index: number) => this.#runHost(index),
        ...engine.libraryIn(this.#linear.memory, library),
      },
    });
    this.#run = exports['run'] as () => void;
    this.#runner =
      phases === 0
        ? undefined
        : new Runner(
            this.#run,
            {
              module,
              library,
              linear: this.#linear,
              phases,
              largestShares,
              run: exports['runShared'] as (thread: number, shares: number, base: number) => number,
            },
            engine,
            worth.reduce((sum, kernel) => sum + microseconds(kernel), 0),
          );
    for (const { value, address, data } of this.#layout.constants)
      this.#viewOf(value, address).set(data);
  }

  run(inputs: readonly TypedArray[]): void {
    if (this.#buffer !== this.#linear.buffer) this.#refresh();
    for (let i = 0; i < inputs.length; i++)
      (this.#inputViews[i] as TypedArray).set(inputs[i] as TypedArray);
    try {
      if (this.#runner === undefined) this.#run();
      else this.#runner.run();
    } catch (error) {
      // The words belong to all programs of the memory: what this run reported must not end the next one.
      this.#status.fill(0);
      throw error;
    }
    if (this.#status[statusWords.position] !== 0) throw takeStatus(this.#status);
  }

  output(index: number): TypedArray {
    if (this.#buffer !== this.#linear.buffer) this.#refresh();
    return this.#outputViews[index] as TypedArray;
  }

  explain(): string {
    return `${explainKernels(this.#kernels, this.#layout, this.#engine.features, this.#isShared)}\n\n${printGraph(this.#graph)}`;
  }

  #viewOf(value: number, address: number): TypedArray {
    const { dtype, shape } = this.#graph.types[value] as TensorType;
    return this.#linear.view(dtype, address, sizeOf(shape));
  }

  /** Growing replaces the memory's buffer, and with it all views. */
  #refresh(): void {
    this.#buffer = this.#linear.buffer;
    this.#status = this.#linear.view('int32', control.status, statusWords.count) as Int32Array;
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
