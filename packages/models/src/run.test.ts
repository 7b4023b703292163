import { dense } from '@gradus/layers';
import { describe, expect, it } from 'vitest';
import { sequential } from './sequential.js';
import type { TrainingEvent } from './run.js';

const x = [[0], [1], [2], [3]];
const y = [0, 2, 4, 6];
const line = () =>
  sequential([dense({ units: 1 })], { inputShape: [1] }).compile({ optimizer: 'sgd', loss: 'mse' });

describe('a run', () => {
  it('tells what happens, in order', async () => {
    const types: string[] = [];
    for await (const { type } of line().fit(x, y, { verbose: 0, epochs: 2, batchSize: 2 }))
      types.push(type);
    expect(types).toEqual(['batch', 'batch', 'epoch', 'batch', 'batch', 'epoch', 'end']);
  });

  it('pauses, steps and goes on', async () => {
    const run = line().fit(x, y, { verbose: 0, epochs: 1, batchSize: 1 });
    const seen: TrainingEvent[] = [];
    const reading = (async () => {
      for await (const event of run) seen.push(event);
    })();
    run.pause();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(seen.length).toBe(0);
    run.step();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(seen.length).toBe(1);
    run.resume();
    await reading;
    expect(seen.length).toBe(6);
  });

  it('ends when its signal aborts', async () => {
    const controller = new AbortController();
    const run = line().fit(x, y, { verbose: 0, epochs: 1e6, signal: controller.signal });
    setTimeout(() => controller.abort(), 30);
    await expect(run).rejects.toThrow('abort');
  });

  it('leaves the event loop free', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 5);
    const controller = new AbortController();
    const run = line().fit(x, y, { verbose: 0, epochs: 1e6, signal: controller.signal });
    await new Promise((resolve) => setTimeout(resolve, 200));
    controller.abort();
    await run.catch(() => undefined);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(4);
  });
});
