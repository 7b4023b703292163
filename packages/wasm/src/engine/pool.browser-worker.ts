import { hasThreads } from './features.js';
import { ThreadPool } from './pool.js';
import { add, meet, programOf } from './shared-program.fixture.js';

/** What a thread of the browser found out; see `pool.browser.test.ts`. */
export interface PoolReport {
  readonly isolated: boolean;
  readonly threads: boolean;
  /** Runs in which three threads met, and what they counted. */
  readonly runs: number;
  readonly counted: number;
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function report(): Promise<PoolReport> {
  const threads = hasThreads();
  const isolated = globalThis.crossOriginIsolated;
  if (!threads) return { isolated, threads, runs: 0, counted: 0 };
  const pool = new ThreadPool();
  pool.start(3);
  while (pool.size < 3) await sleep(5);
  const program = programOf((at) => [
    {
      parallel: true,
      patience: 30,
      emit(f) {
        add(f, at);
        f.i32(0)
          .memory('i32.atomic.load', at + 4)
          .if(() => meet(f, at, 3));
      },
    },
    {
      parallel: false,
      patience: 30,
      emit(f) {
        f.i32(0).i32(0).memory('i32.atomic.store', at);
        add(f, at + 8);
      },
    },
  ]);
  pool.run(program, 3);
  await sleep(200);
  program.linear.view('int32', program.linear.bytes - 64, 16)[1] = 1;
  let runs = 0;
  for (let i = 0; i < 20; i++) if (pool.run(program, 3)) runs++;
  pool.stop();
  return { isolated, threads, runs, counted: (program.words()[2] as number) - 1 };
}

void report().then((result) => globalThis.postMessage(result));
