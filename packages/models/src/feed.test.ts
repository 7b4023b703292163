import { arange } from '@gradus/tensor';
import { describe, expect, it } from 'vitest';
import type { Execution } from './feed.js';
import { feedArrays } from './feed.js';

/** Samples of the batches of an epoch. */
function batches(shuffle: boolean | 'batch', epoch: number): number[][] {
  const x = arange(11);
  const cursor = feedArrays(
    { x: [x], y: [], weights: [] },
    { batchSize: 4, shuffle, seed: 1 },
  ).open(epoch);
  const all: number[][] = [];
  for (;;) {
    const next = cursor.next(1) as Execution | undefined;
    if (next === undefined) return all;
    all.push(next.batch.x[0]?.toArray() as number[]);
  }
}

const inOrder = [
  [0, 1, 2, 3],
  [4, 5, 6, 7],
  [8, 9, 10],
];
const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

describe('feedArrays', () => {
  it('keeps the order without shuffling', () => {
    expect(batches(false, 0)).toEqual(inOrder);
  });

  it('brings every sample once, in a new order each epoch', () => {
    expect(sorted(batches(true, 0).flat())).toEqual(inOrder.flat());
    expect(batches(true, 0)).not.toEqual(batches(true, 1));
    expect(batches(true, 1)).toEqual(batches(true, 1));
  });

  it("keeps the batches and orders inside of them with 'batch'", () => {
    const first = batches('batch', 0);
    expect(first.map(sorted)).toEqual(inOrder);
    expect(first).not.toEqual(inOrder);
    expect(first).not.toEqual(batches('batch', 1));
  });
});
