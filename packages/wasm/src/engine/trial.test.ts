import { expect, it } from 'vitest';
import { Trial } from './trial.js';

/** The share of runs on several threads when those take `together` ms and others take 1 ms. */
function shareOfTogether(runs: number, together: (run: number) => number): number {
  const trial = new Trial();
  let count = 0;
  for (let run = 0; run < runs; run++) {
    const isTogether = trial.together;
    if (isTogether) count++;
    trial.done(isTogether ? together(run) : 1);
  }
  return count / runs;
}

it('stays with threads while they pay, and now and then looks again', () => {
  const share = shareOfTogether(10_000, () => 0.6);
  expect(share).toBeGreaterThan(0.98);
  expect(share).toBeLessThan(1);
});

it('drops threads that make it slower, and comes back to them', () => {
  expect(shareOfTogether(10_000, () => 1.3)).toBeLessThan(0.03);
  expect(shareOfTogether(10_000, (run) => (run < 5000 ? 1.3 : 0.6))).toBeGreaterThan(0.4);
});

it('is not led astray by one accident', () => {
  expect(shareOfTogether(10_000, (run) => (run % 400 === 30 ? 50 : 0.6))).toBeGreaterThan(0.98);
});
