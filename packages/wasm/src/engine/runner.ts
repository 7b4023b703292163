import type { Engine } from './engine.js';
import { ThreadPool } from './pool.js';
import type { SharedProgram } from './pool.js';
import { Trial } from './trial.js';

let pool: ThreadPool | undefined;

/** The threads of this process (in a browser: of this worker), which all backends share. */
export function threadPool(): ThreadPool {
  return (pool ??= new ThreadPool());
}

/**
 * The ways to run a program: alone, or on threads that look so many times whether there is work for them before they sleep.
 * 200 looks take about half a microsecond, waking a sleeper up to 90.
 */
const waits = [undefined, 200, 10_000] as const;

/** Runs a program on several threads where that is possible. */
export class Runner {
  readonly #alone: () => void;
  readonly #program: SharedProgram;
  readonly #engine: Engine;
  readonly #sharedUs: number;
  #trial = new Trial(waits.length, 1);
  #threads = 0;

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
      if (this.#runTogether(threads)) return;
    }
    this.#alone();
  }

  /** False when no other thread could help. */
  #runTogether(threads: number): boolean {
    if (threads !== this.#threads) {
      this.#threads = threads;
      this.#trial = new Trial(waits.length, 1);
    }
    const trial = this.#trial;
    const start = trial.isTrial ? performance.now() : 0;
    const looks = waits[trial.way];
    if (looks === undefined) this.#alone();
    else if (!threadPool().run(this.#program, threads, looks)) return false;
    trial.done(trial.isTrial ? performance.now() - start : 0);
    return true;
  }
}
