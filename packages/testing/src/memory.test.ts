import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { dense } from '@gradus/layers';
import { sequential } from '@gradus/models';
import { adam } from '@gradus/optimizers';
import { key, randomNormal } from '@gradus/tensor';
import { expect, it } from 'vitest';

/** Bytes in use after everything unreachable is gone. */
function bytesInUse(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

it('needs no more memory after 10 000 training steps than after 1 000', () => {
  const model = sequential([dense({ units: 8, activation: 'relu' }), dense({ units: 1 })]);
  model.build([null, 4]);
  model.compile({ optimizer: adam(), loss: 'mse', metrics: ['mae'] });
  const x = randomNormal(key(1), [16, 4]);
  const y = x.sum({ axis: 1, keepDims: true });
  const steps = (count: number): void => {
    for (let i = 0; i < count; i++) model.trainOnBatch(x, y);
  };
  steps(1000);
  const before = bytesInUse();
  steps(9000);
  expect(bytesInUse() - before).toBeLessThan(2 * 1024 * 1024);
}, 60_000);
