import { dense } from '@gradus/layers';
import { describe, expect, it } from 'vitest';
import { sequential } from '../sequential.js';
import { lambdaCallback } from './lambda-callback.js';
import { progbarLogger } from './progbar-logger.js';

const x = [[0], [1], [2], [3]];
const y = [0, 2, 4, 6];

describe('progbarLogger', () => {
  it('takes its place among the callbacks, and is not added twice', async () => {
    const line = sequential([dense({ units: 1, kernelInitializer: 'zeros' })], {
      inputShape: [1],
    }).compile({ optimizer: 'sgd', loss: 'mse' });
    let text = '';
    let tick = 0;
    const say = lambdaCallback({ onEpochEnd: (_epoch, _logs, context) => context.print('done') });
    await line.fit(x, y, {
      verbose: 2,
      batchSize: 2,
      print: (part) => (text += part),
      callbacks: [progbarLogger({ now: () => tick++ }), say],
    });
    expect(text).toMatch(/^2\/2 - 1s - 500ms\/step - loss: \d+\.\d{4}\ndone\n$/);
  });

  it('finds out how many steps a stream has', async () => {
    const line = sequential([dense({ units: 1 })], { inputShape: [1] }).compile({ loss: 'mse' });
    let text = '';
    const rows = [0, 1, 2].map((i) => ({ x: [[i]], y: [i] }));
    await line.fit(() => rows, undefined, { verbose: 1, print: (part) => (text += part) });
    expect(text).toContain('      1/Unknown');
    expect(text.split('\r').at(-1)).toContain('3/3');
  });
});
