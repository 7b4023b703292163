import { compile, createState, tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { createBackend, probeFeatures } from '../backend.js';

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Makes many models, each with memory of its own, runs a step of each on all threads there are, and drops it. A page has
 * address space for 125 memories at a time.
 *
 * @returns what went wrong, if anything did.
 */
export async function makeManyModels(count: number, turns: boolean): Promise<string | undefined> {
  const backend = createBackend(probeFeatures({ threads: true, wide: false }), {
    threads: 2,
    startAfterUs: 0,
    worthSharingUs: 0,
  });
  const x = tensor(new Float32Array(64 * 64).fill(0.1), { shape: [64, 64] });
  for (let i = 0; i < count; i++) {
    try {
      const state = createState({ w: x }, { backend });
      const step = compile(
        (s: { w: Tensor }, a: Tensor) => [{ w: s.w.add(a.matmul(s.w)) }, s.w.sum()],
        { carry: state },
      );
      step(x);
      step(x);
    } catch (error) {
      return `model ${i}: ${String(error)}`;
    }
    // Time for the threads to start and to get the programs.
    if (i < 10 || (turns && i % 20 === 0)) await sleep(20);
  }
  return undefined;
}
