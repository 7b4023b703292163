import { ThreadPool } from './pool.js';
import type { SharedProgram } from './pool.js';

let pool: ThreadPool | undefined;

/** The threads of this process (in a browser: of this worker), which all backends share. */
export function threadPool(): ThreadPool {
  return (pool ??= new ThreadPool());
}

/** Work that could have been shared before threads are started: a short script is over sooner without them. */
const START_AFTER_US = 10_000;
let sharedWorkUs = 0;

/** Runs a program on several threads where that is possible. */
export class Runner {
  readonly #alone: () => void;
  readonly #program: SharedProgram;
  readonly #sharedUs: number;

  /**
   * @param alone runs it on this thread.
   * @param sharedUs how long its kernels that can be shared out take on one thread, in microseconds.
   */
  constructor(alone: () => void, program: SharedProgram, sharedUs: number) {
    this.#alone = alone;
    this.#program = program;
    this.#sharedUs = sharedUs;
  }

  run(threads: number): void {
    const most = Math.min(threads, this.#program.largestShares);
    if (most > 1 && (pool !== undefined || sharedWorkUs >= START_AFTER_US)) {
      threadPool().start(most);
      if (threadPool().run(this.#program, most)) return;
    } else sharedWorkUs += this.#sharedUs;
    this.#alone();
  }
}
