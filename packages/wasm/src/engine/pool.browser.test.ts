import { expect, it } from 'vitest';
import type { PoolReport } from './pool.browser-worker.js';

it('starts threads in a worker of an isolated page', async () => {
  const worker = new Worker(new URL('./pool.browser-worker.ts', import.meta.url), {
    type: 'module',
  });
  const report = await new Promise<PoolReport>((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data as PoolReport);
    worker.onerror = ({ message }) => reject(new Error(message));
  });
  worker.terminate();
  expect(report).toEqual(
    globalThis.crossOriginIsolated
      ? { isolated: true, threads: true, runs: 20, counted: 20 }
      : { isolated: false, threads: false, runs: 0, counted: 0 },
  );
});
