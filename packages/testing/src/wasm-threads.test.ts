import { setTimeout as sleep } from 'node:timers/promises';
import { compile, foldIn, key, randomNormal, treeFlatten } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { createBackend, probeFeatures } from '@gradus/wasm';
import { describe, expect, it } from 'vitest';
import { programCases } from './backend-cases.js';

const features = probeFeatures({ threads: true, wide: false });
const everything = { worthSharingUs: 0, startAfterUs: 0 };
const alone = createBackend(features, { threads: 1 });

describe.each([2, 3])('the WASM backend on %s threads', (threads) => {
  const together = createBackend(features, { threads, ...everything });
  for (const { name, run, shapes } of programCases)
    it(`gives the same bits as on one: ${name}`, async () => {
      const inputs = shapes(1025).map((shape, i) => randomNormal(foldIn(key(2), i), shape));
      const fn = (...list: readonly Tensor[]) => run(...list);
      const want = treeFlatten(compile(fn, { backend: alone })(...inputs)).leaves;
      const program = compile(fn, { backend: together });
      for (let round = 0; round < 4; round++) {
        for (let i = 0; i < 3; i++) {
          const got = treeFlatten(program(...inputs)).leaves;
          want.forEach(({ data }, k) => expect((got[k] as Tensor).data).toEqual(data));
        }
        // Threads get the program meanwhile.
        await sleep(2);
      }
    });
});
