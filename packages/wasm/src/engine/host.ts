/**
 * The machine and the program around the engine, asked without importing anything of Node: the same file runs in a browser,
 * where the answers are other ones.
 */

/** The part of `node:worker_threads` that the engine uses. */
export interface NodeWorkerThreads {
  readonly Worker: new (
    source: string,
    options: {
      readonly eval: true;
      readonly name: string;
      readonly execArgv: readonly string[];
      readonly env: Readonly<Record<string, string>>;
    },
  ) => NodeWorker;
}

/** A thread of Node, as far as the engine uses it. */
export interface NodeWorker {
  postMessage(message: unknown): void;
  on(event: 'error' | 'exit', listener: (value: unknown) => void): this;
  terminate(): Promise<number>;
  unref(): void;
}

interface NodeProcess {
  readonly env?: Readonly<Record<string, string | undefined>>;
  getBuiltinModule?(name: string): unknown;
}

const nodeProcess = (): NodeProcess | undefined =>
  (globalThis as { process?: NodeProcess }).process;

/** A module that is part of Node (20.16, 22.3 and newer); undefined in browsers and in older versions. */
export function nodeModule<T>(name: string): T | undefined {
  try {
    return nodeProcess()?.getBuiltinModule?.(name) as T | undefined;
  } catch {
    return undefined;
  }
}

/** An environment variable; undefined where there are none, or where they may not be read. */
export function environmentVariable(name: string): string | undefined {
  try {
    const value = nodeProcess()?.env?.[name];
    return value === '' ? undefined : value;
  } catch {
    return undefined;
  }
}

/** How many threads this machine runs at the same time; 1 where nobody says. */
export function coreCount(): number {
  const os = nodeModule<{ availableParallelism?(): number }>('node:os');
  const count =
    os?.availableParallelism?.() ??
    (globalThis as { navigator?: { hardwareConcurrency?: number } }).navigator?.hardwareConcurrency;
  return Math.max(1, count ?? 1);
}

/** Whether this thread may block: a browser forbids it to the thread that draws the page. */
export function mayBlock(): boolean {
  try {
    // The word is not 1, so this returns at once where blocking is allowed and throws where it is not.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1);
    return true;
  } catch {
    return false;
  }
}

/** Does nothing for a while; false, and at once, where this thread may not block. */
export function pause(ms: number): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
    return true;
  } catch {
    return false;
  }
}

/** Whether threads can be started from here: a browser also wants blocks of code as addresses. */
export function mayStartThreads(): boolean {
  if (nodeModule('node:worker_threads') !== undefined) return true;
  const { Worker, Blob, URL } = globalThis as { Worker?: unknown; Blob?: unknown; URL?: unknown };
  return [Worker, Blob, URL].every((part) => typeof part === 'function');
}
