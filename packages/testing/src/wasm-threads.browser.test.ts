import { expect, it } from 'vitest';
import type { AgreementReport } from './wasm-threads.browser-worker.js';

it('gives the same bits on three threads of a worker as on one', async () => {
  const worker = new Worker(new URL('./wasm-threads.browser-worker.ts', import.meta.url), {
    type: 'module',
  });
  const report = await new Promise<AgreementReport>((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data as AgreementReport);
    worker.onerror = ({ message }) => reject(new Error(message));
  });
  worker.terminate();
  expect(report.faults).toEqual([]);
  expect(report.compared).toBeGreaterThan(80);
});
