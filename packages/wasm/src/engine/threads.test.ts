import { compile, key, randomNormal } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, it } from 'vitest';
import { createBackend, probeFeatures } from '../backend.js';
import { threadPool } from './runner.js';

const features = probeFeatures({ threads: true, wide: false });

beforeAll(async () => {
  threadPool().start(3);
  while (threadPool().size < 3) await sleep(5);
});

it('gives the same bits with any number of threads', async () => {
  const x = randomNormal(key(1), [300, 200]);
  const y = randomNormal(key(2), [200]);
  const run = (a: Tensor, b: Tensor): Tensor[] => {
    const h = a.mul(b).exp().sum({ axis: 1, keepDims: true });
    return [a.div(h).tanh(), h, h.add(a).mul(3).sum({ axis: 0 })];
  };
  const alone = compile(run, { backend: createBackend(features, { threads: 1 }) })(x, y);
  for (const threads of [2, 3]) {
    const program = compile(run, {
      backend: createBackend(features, { threads, worthSharingUs: 0 }),
    });
    for (let i = 0; i < 50; i++) {
      const together = program(x, y);
      alone.forEach((want, k) => expect(together[k]!.data).toEqual(want.data));
      if (i % 10 === 0) await sleep(2);
    }
  }
});
