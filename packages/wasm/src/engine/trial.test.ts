import { expect, it } from 'vitest';
import { Trial } from './trial.js';

/** Which share of all runs takes each of three ways, when a run takes so many milliseconds. */
function shares(runs: number, ms: (way: number, run: number) => number): number[] {
  const trial = new Trial(3, 1);
  const counts = [0, 0, 0];
  for (let run = 0; run < runs; run++) {
    const { way } = trial;
    counts[way]!++;
    trial.done(ms(way, run));
  }
  return counts.map((count) => count / runs);
}

it('finds the fastest way, and now and then looks again', () => {
  expect(shares(20_000, (way) => [1, 0.7, 0.6][way]!)[2]).toBeGreaterThan(0.98);
  expect(shares(20_000, (way) => [1, 0.6, 0.6][way]!)[1]).toBeGreaterThan(0.98);
  const busy = shares(20_000, (way) => [1, 1.3, 4][way]!);
  expect(busy[0]).toBeGreaterThan(0.98);
  expect(busy[2]).toBeGreaterThan(0);
});

it('notices that the machine has changed', () => {
  const change = (way: number, run: number): number => (run < 2000 || way === 0 ? 1 : 0.6);
  expect(shares(20_000, change)[1]).toBeGreaterThan(0.7);
});

it('looks again after some seconds, not only after thousands of runs', () => {
  const change = (way: number, run: number): number => (run < 2000 || way === 0 ? 40 : 24);
  expect(shares(4000, change)[1]).toBeGreaterThan(0.4);
});

it('is not led astray by one accident', () => {
  const [alone] = shares(10_000, (way, run) => (way > 0 && run === 30 ? 50 : [1, 0.6, 0.6][way]!));
  expect(alone).toBeLessThan(0.02);
});
