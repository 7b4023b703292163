import { ValueError } from '@gradus/tensor';
import { coreCount, environmentVariable } from './host.js';
import { MOST_THREADS } from './pool.js';

function checked(threads: number, what: string): number {
  if (Number.isInteger(threads) && threads >= 1 && threads <= MOST_THREADS) return threads;
  throw new ValueError('threads/count', `${what} is not a number of threads.`, {
    got: String(threads),
    expected: `a whole number from 1 to ${MOST_THREADS}`,
    fix: 'leave it out to use all cores',
  });
}

let chosen: number | undefined;

/**
 * How many threads programs run on, from their next run on: all cores unless said otherwise, here or by the environment
 * variable `GRADUS_THREADS`. Results have the same bits with any number. Small programs run on one thread anyway, and so
 * does everything where threads cannot share memory: in a browser, a page that is not isolated from other origins, and
 * the thread that draws the page.
 *
 * @param threads 1 to 256; `undefined` for all cores.
 * @throws ValueError when it is no such number.
 * @example
 * setThreads(2);
 * getThreads(); // => 2
 */
export function setThreads(threads: number | undefined): void {
  chosen = threads === undefined ? undefined : checked(threads, 'The argument of setThreads');
}

/** How many threads large programs run on, where threads are possible. */
export function getThreads(): number {
  return chosen ?? threadsOfEnvironment() ?? Math.min(coreCount(), MOST_THREADS);
}

let environment: { readonly threads: number | undefined } | undefined;

function threadsOfEnvironment(): number | undefined {
  if (environment === undefined) {
    const text = environmentVariable('GRADUS_THREADS');
    environment = {
      threads: text === undefined ? undefined : checked(Number(text), 'GRADUS_THREADS'),
    };
  }
  return environment.threads;
}

/** Options of `wasm`. */
export interface WasmOptions {
  /** Threads of this backend alone. Default: what `setThreads` says. */
  readonly threads?: number;
  /**
   * Kernels shaped for 256-bit operations, where the machine joins them and a probe finds that faster. Default: what
   * the environment variable `GRADUS_WIDE` says (0 or 1), else true.
   */
  readonly wide?: boolean;
}

/** The number of threads that options ask for, when they do. */
export function threadsOf({ threads }: WasmOptions): number | undefined {
  return threads === undefined ? undefined : checked(threads, 'The option threads');
}
