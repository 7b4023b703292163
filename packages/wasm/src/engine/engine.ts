import type { Features } from '../features.js';
import { libraryModule } from '../kernels/library.js';
import type { LibraryFunction } from '../kernels/library.js';
import type { SharedLibrary } from './pool.js';
import { getThreads } from './settings.js';

/** A thread that sleeps needs up to 90 microseconds to wake, one that waits in a loop needs half of one. */
const WORTH_SHARING_US = 25;

/** How a backend uses threads. */
export interface ThreadOptions {
  /** Default: what `setThreads` says at the time. */
  readonly threads?: number | undefined;
  /** Kernels that take less time than this, by estimate, stay on one thread. Default 25. */
  readonly worthSharingUs?: number | undefined;
}

let libraries = 0;

/** What all programs of a backend have in common: the machine's features, the fixed kernels, the number of threads. */
export class Engine {
  readonly features: Features;
  readonly worthSharingUs: number;
  readonly #threads: number | undefined;
  #library: SharedLibrary | undefined;
  readonly #instances = new WeakMap<WebAssembly.Memory, WebAssembly.ModuleImports>();

  constructor(
    features: Features,
    { threads, worthSharingUs = WORTH_SHARING_US }: ThreadOptions = {},
  ) {
    this.features = features;
    this.worthSharingUs = worthSharingUs;
    this.#threads = threads;
  }

  /** How many threads a run may use. */
  get threads(): number {
    return this.features.shared ? (this.#threads ?? getThreads()) : 1;
  }

  /** The fixed kernels; undefined when none of them is wanted, because compiling them takes time. */
  library(names: readonly LibraryFunction[]): SharedLibrary | undefined {
    if (names.length === 0) return undefined;
    return (this.#library ??= {
      id: ++libraries,
      module: new WebAssembly.Module(libraryModule(this.features)),
    });
  }

  /** The fixed kernels, working in a memory. */
  libraryIn(
    memory: WebAssembly.Memory,
    library: SharedLibrary | undefined,
  ): WebAssembly.ModuleImports {
    if (library === undefined) return {};
    let instance = this.#instances.get(memory);
    if (instance === undefined) {
      instance = new WebAssembly.Instance(library.module, { env: { memory } })
        .exports as WebAssembly.ModuleImports;
      this.#instances.set(memory, instance);
    }
    return instance;
  }
}
