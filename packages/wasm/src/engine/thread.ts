import { nodeModule } from './host.js';
import type { NodeWorkerThreads } from './host.js';
import { workerSource } from './worker-source.js';
import type { WorkerMessage } from './worker-source.js';

/** A started thread, in Node or in a browser. */
export interface Thread {
  post(message: WorkerMessage): void;
  stop(): void;
}

/** The part of a browser's `Worker` that is used. */
interface WebWorker {
  postMessage(message: unknown): void;
  terminate(): void;
  onerror: ((event: unknown) => void) | null;
}

/**
 * Starts a thread that waits for messages. It never keeps the process alive.
 *
 * @param onEnd called once when it has ended, for whatever reason.
 * @throws whatever the host says when it allows no threads.
 */
export function startThread(name: string, onEnd: (reason: string) => void): Thread {
  const node = nodeModule<NodeWorkerThreads>('node:worker_threads');
  if (node !== undefined) {
    const worker = new node.Worker(workerSource, {
      eval: true,
      name,
      // Nothing of the main program: neither its loaders nor its environment.
      execArgv: [],
      env: {},
    });
    worker.on('error', (error) => onEnd(String(error)));
    worker.on('exit', (code) => onEnd(`exit code ${String(code)}`));
    worker.unref();
    return {
      post: (message) => worker.postMessage(message),
      stop: () => void worker.terminate(),
    };
  }
  const address = URL.createObjectURL(new Blob([workerSource], { type: 'text/javascript' }));
  const { Worker } = globalThis as unknown as {
    Worker: new (address: string, options: { name: string }) => WebWorker;
  };
  const worker = new Worker(address, { name });
  worker.onerror = (event) => onEnd(String((event as { message?: string }).message ?? event));
  return {
    post: (message) => worker.postMessage(message),
    stop: () => worker.terminate(),
  };
}
