import type { Engine } from './engine.js';
import { ThreadPool } from './pool.js';
import type { SharedProgram } from './pool.js';

let pool: ThreadPool | undefined;

/** The threads of this process (in a browser: of this worker), which all backends share. */
export function threadPool(): ThreadPool {
  return (pool ??= new ThreadPool());
}

/** Runs a program on several threads where that is possible. */
export class Runner {
  readonly #alone: () => void;
  readonly #program: SharedProgram;
  readonly #engine: Engine;
  readonly #sharedUs: number;

  /**
   * @param alone runs it on this thread.
   * @param sharedUs how long its kernels that can be shared out take on one thread, in microseconds.
   */
  constructor(alone: () => void, program: SharedProgram, engine: Engine, sharedUs: number) {
    this.#alone = alone;
    this.#program = program;
    this.#engine = engine;
    this.#sharedUs = sharedUs;
  }

  run(): void {
    const threads = Math.min(this.#engine.threads, this.#program.largestShares);
    if (threads > 1 && this.#engine.wantsThreads(this.#sharedUs)) {
      threadPool().start(threads);
      if (threadPool().run(this.#program, threads)) return;
    }
    this.#alone();
  }
}
