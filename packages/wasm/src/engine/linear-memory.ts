import { GradusError } from '@gradus/tensor';
import type { DType, TypedArray } from '@gradus/tensor/backend';
import { LARGEST_PAGES } from '../assembler/index.js';
import { control } from './control.js';
import { nodeModule, pause } from './host.js';

const PAGE_BYTES = 65536;
const ALIGNMENT = 64;

/** More memory was asked for than there is. */
export class MemoryError extends GradusError {}

const size = (bytes: number): string =>
  bytes < 10 * 2 ** 20 ? `${bytes} bytes` : `${(bytes / 2 ** 20).toFixed(0)} MiB`;

/**
 * A browser has address space for few memories, and what one thread has dropped is in the way of all others until its own
 * garbage is collected: counting this much for each has that done in time.
 */
const SCARCE = nodeModule('node:process') === undefined;
const SCARCE_BYTES = 2 ** 24;
/** Kernels may read whole vectors where a row ends within one: so much behind the last address is there, too. */
const OVERREAD_BYTES = 256;
/** Room that a shared memory has from the start; pages that nobody touches cost nothing. */
const HEADROOM_PAGES = 256;

function tryToReserve(pages: number, shared: boolean): WebAssembly.Memory | RangeError {
  let failure: unknown;
  // The maximum is address space, not memory; phones grant less of it than a desktop does.
  for (let maximum = LARGEST_PAGES; maximum >= Math.max(pages, 1024); maximum /= 4) {
    try {
      return new WebAssembly.Memory({ initial: pages, maximum, shared });
    } catch (error) {
      failure = error;
    }
  }
  return failure as RangeError;
}

let makeRoom: (() => void) | undefined;

/** Names what gives up memory that nobody needs, for the time when there is no room. */
export function whenThereIsNoRoom(action: () => void): void {
  makeRoom = action;
}

/** Time in which threads that have just ended may give back what they had. */
const ROOM_TRIES = 20;
const ROOM_PAUSE_MS = 50;

function reserve(pages: number, shared: boolean): WebAssembly.Memory {
  let memory = tryToReserve(pages, shared);
  if (!(memory instanceof WebAssembly.Memory)) makeRoom?.();
  for (let i = 0; i < ROOM_TRIES && !(memory instanceof WebAssembly.Memory); i++) {
    if (i > 0 && !pause(ROOM_PAUSE_MS)) break;
    memory = tryToReserve(pages, shared);
  }
  if (memory instanceof WebAssembly.Memory) return memory;
  throw new MemoryError('memory/reserve', 'There is no room for another memory.', {
    got: String(memory),
    expected:
      'address space for one more: a page in Chromium has it for 125, a Node process for 13,000',
    fix: 'drop models and compiled functions that are not used any more',
  });
}

/**
 * Growing shared memory walks over all others of the process and keeps those that nobody uses from the collector (V8 13.6),
 * so it should be rare. Without sharing it costs nothing.
 */
function reserveWithRoom(pages: number): WebAssembly.Memory {
  try {
    return reserve(Math.min(LARGEST_PAGES, 2 * pages + HEADROOM_PAGES), true);
  } catch {
    // A machine that grants no more memory than it has.
    return reserve(Math.min(LARGEST_PAGES, pages), true);
  }
}

/**
 * One WebAssembly memory that grows: addresses are handed out once and stay valid for its life. Nothing is given back, the
 * garbage collector takes the memory as a whole when everything that lives in it is gone.
 */
export class LinearMemory {
  readonly memory: WebAssembly.Memory;
  readonly shared: boolean;
  /** The words of `control`. Growth leaves them valid when the memory is shared. */
  readonly words: Int32Array;
  #end: number = control.end;
  #buffer: ArrayBuffer;
  /**
   * V8 does not count shared memory when it decides whether to collect garbage, so models that were dropped would pile up.
   * Arrays that nobody touches need no memory themselves but are counted.
   */
  readonly #ballast: ArrayBuffer[] = [];
  #counted = 0;

  /** @param expectedBytes what will be allocated soon. */
  constructor(shared: boolean, expectedBytes = 0) {
    this.shared = shared;
    const pages = Math.ceil((control.end + expectedBytes) / PAGE_BYTES);
    this.memory = shared ? reserveWithRoom(pages) : reserve(Math.min(LARGEST_PAGES, pages), false);
    this.#buffer = this.memory.buffer;
    if (SCARCE) this.#ballast.push(new ArrayBuffer(SCARCE_BYTES));
    this.words = new Int32Array(this.#buffer, 0, control.end / 4);
  }

  /** Bytes handed out so far. */
  get bytes(): number {
    return this.#end;
  }

  /** The memory as it is now: growth replaces it, so it must be asked for again, not kept. */
  get buffer(): ArrayBuffer {
    return this.#buffer;
  }

  /** The address of `bytes` zero bytes, at the start of a line of the cache. `what` is for the error when there are none. */
  allocate(bytes: number, what: string): number {
    const address = this.#end;
    const end = address + Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    if (end + OVERREAD_BYTES > this.#buffer.byteLength)
      this.#grow(end + OVERREAD_BYTES, bytes, what);
    this.#end = end;
    if (this.shared && end - this.#counted >= PAGE_BYTES) {
      this.#ballast.push(new ArrayBuffer(end - this.#counted));
      this.#counted = end;
    }
    return address;
  }

  /** A view of what lies at an address; valid until the memory grows. */
  view(dtype: DType, address: number, length: number): TypedArray {
    const buffer = this.#buffer;
    switch (dtype) {
      case 'float32':
        return new Float32Array(buffer, address, length);
      case 'int32':
        return new Int32Array(buffer, address, length);
      case 'bool':
        return new Uint8Array(buffer, address, length);
      default:
        return new Float64Array(buffer, address, length);
    }
  }

  #grow(end: number, bytes: number, what: string): void {
    const present = this.#buffer.byteLength / PAGE_BYTES;
    const missing = Math.ceil(end / PAGE_BYTES) - present;
    try {
      try {
        this.memory.grow(Math.max(missing, Math.min(present >> 1, LARGEST_PAGES - present)));
      } catch {
        this.memory.grow(missing);
      }
    } catch (error) {
      throw new MemoryError('memory/limit', `There is no memory left for ${what}.`, {
        got: `${size(bytes)} more, with ${size(this.#end)} in use (${String(error)})`,
        expected: `at most ${size(LARGEST_PAGES * PAGE_BYTES)} for one model, and as much free memory in the machine`,
        fix: 'use smaller batches, or fewer or smaller layers',
      });
    }
    this.#buffer = this.memory.buffer;
  }
}
