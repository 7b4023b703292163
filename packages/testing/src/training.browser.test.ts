import { expect, it } from 'vitest';
import { train } from './training.browser-page.js';
import type { TrainingReport } from './training.browser-page.js';

function trainInWorker(): Promise<TrainingReport> {
  const worker = new Worker(new URL('./training.browser-worker.ts', import.meta.url), {
    type: 'module',
  });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data as TrainingReport);
    worker.onerror = ({ message }) => reject(new Error(message));
  });
}

it('trains on the thread of the page, and to the same bits in a worker', async () => {
  const page = await train();
  expect(page.threads).toBe(false);
  expect(page.loss.at(-1)).toBeLessThan((page.loss[0] as number) / 4);
  const worker = await trainInWorker();
  expect(worker.threads).toBe(globalThis.crossOriginIsolated);
  expect(worker.isolated).toBe(globalThis.crossOriginIsolated);
  expect(worker.loss).toEqual(page.loss);
  expect(worker.prediction).toEqual(page.prediction);
});
