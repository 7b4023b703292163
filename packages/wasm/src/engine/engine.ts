import type { Features } from '../features.js';
import { libraryModule } from '../kernels/library.js';
import type { LibraryFunction } from '../kernels/library.js';
import type { SharedLibrary } from './pool.js';
import { compileWide } from './wide.js';
import { coreCount } from './host.js';
import { getThreads } from './settings.js';

/** A thread that sleeps needs up to 90 microseconds to wake, one that waits in a loop needs half of one. */
const WORTH_SHARING_US = 25;
const START_AFTER_US = 10_000;
/** Scratch memory that no thread ever uses is address space, no more. */
const LEAST_SHARES = 8;

/** How a backend uses threads. */
export interface ThreadOptions {
  /** Default: what `setThreads` says at the time. */
  readonly threads?: number | undefined;
  /** Kernels that take less time than this, by estimate, stay on one thread. Default 25. */
  readonly worthSharingUs?: number | undefined;
  /** Threads start after that much work that they could have shared: a short script is over sooner without. Default 10,000. */
  readonly startAfterUs?: number | undefined;
}

let libraries = 0;

/** What all programs of a backend have in common: the machine's features, the fixed kernels, the number of threads. */
export class Engine {
  readonly features: Features;
  readonly worthSharingUs: number;
  readonly #threads: number | undefined;
  readonly #startAfterUs: number;
  #sharedWorkUs = 0;
  #library: SharedLibrary | undefined;
  readonly #included = new Set<LibraryFunction>();
  readonly #instances = new WeakMap<
    SharedLibrary,
    WeakMap<WebAssembly.Memory, WebAssembly.ModuleImports>
  >();

  constructor(
    features: Features,
    {
      threads,
      worthSharingUs = WORTH_SHARING_US,
      startAfterUs = START_AFTER_US,
    }: ThreadOptions = {},
  ) {
    this.features = features;
    this.#startAfterUs = startAfterUs;
    this.worthSharingUs = worthSharingUs;
    this.#threads = threads;
  }

  /** How many threads a run may use. */
  get threads(): number {
    return this.features.shared ? (this.#threads ?? getThreads()) : 1;
  }

  /** How many shares a program compiled now must be ready for: `setThreads` may come later. */
  get largestShares(): number {
    return Math.max(this.threads, coreCount(), LEAST_SHARES);
  }

  /** Takes note of work that could have been shared; says whether it was enough to start threads for what will come. */
  wantsThreads(sharedUs: number): boolean {
    this.#sharedWorkUs += sharedUs;
    return this.#sharedWorkUs > this.#startAfterUs;
  }

  /**
   * A library with these fixed kernels; undefined when none is wanted. Writing and compiling all of them would take longer
   * than the first step of a small model: it grows by what programs ask for, and earlier programs keep what they have.
   */
  library(names: readonly LibraryFunction[]): SharedLibrary | undefined {
    if (names.length === 0) return undefined;
    if (this.#library !== undefined && names.every((name) => this.#included.has(name)))
      return this.#library;
    names.forEach((name) => this.#included.add(name));
    const bytes = libraryModule(this.features, this.#included);
    this.#library = {
      id: ++libraries,
      module: this.features.wide ? compileWide(bytes) : new WebAssembly.Module(bytes),
    };
    return this.#library;
  }

  /** The fixed kernels, working in a memory. */
  libraryIn(
    memory: WebAssembly.Memory,
    library: SharedLibrary | undefined,
  ): WebAssembly.ModuleImports {
    if (library === undefined) return {};
    let instances = this.#instances.get(library);
    if (instances === undefined) {
      instances = new WeakMap();
      this.#instances.set(library, instances);
    }
    let instance = instances.get(memory);
    if (instance === undefined) {
      instance = new WebAssembly.Instance(library.module, { env: { memory } })
        .exports as WebAssembly.ModuleImports;
      instances.set(memory, instance);
    }
    return instance;
  }
}
