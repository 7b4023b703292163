import { expect, it } from 'vitest';
import { makeManyModels } from './many-models.browser-page.js';

it.each([true, false])('makes and drops 250 models on a page (turns: %s)', async (turns) => {
  expect(await makeManyModels(250, turns)).toBeUndefined();
});

it.each([true, false])('makes and drops 250 models in a worker (turns: %s)', async (turns) => {
  const worker = new Worker(new URL('./many-models.browser-worker.ts', import.meta.url), {
    type: 'module',
  });
  const fault = await new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(turns);
  });
  worker.terminate();
  expect(fault).toBeUndefined();
});
