import type { Graph } from '@gradus/tensor/backend';
import { bytesOf } from '../lowering/access.js';
import { FamilyMemory } from './family-memory.js';

/** A program whose values are larger than this in sum has a memory of its own. */
const SMALL_BYTES = 2 ** 20;
/** After that much a memory takes no more programs: it lives until the last of them is gone. */
const FULL_BYTES = 2 ** 24;

/**
 * Memory for programs that carry nothing from run to run. Small ones live in one memory, because memories are scarce (a
 * page in Chromium can have about 125) and each needs an instance of the fixed kernels.
 */
export class CommonMemory {
  readonly #shared: boolean;
  #current: FamilyMemory | undefined;

  constructor(shared: boolean) {
    this.#shared = shared;
  }

  for(graph: Graph): FamilyMemory {
    const bytes = graph.types.reduce((sum, type) => sum + bytesOf(type), 0);
    if (bytes > SMALL_BYTES) return new FamilyMemory([], this.#shared);
    if (this.#current === undefined || this.#current.linear.bytes > FULL_BYTES)
      this.#current = new FamilyMemory([], this.#shared);
    return this.#current;
  }
}
