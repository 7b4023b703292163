import { compile, grad, tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { describe, expect, it } from 'vitest';
import { ctc } from './ctc.js';
import { computeLoss } from './reduction.js';

/** Sums the probability of every path that reads as the labels: what the recursion must give. */
function byEnumeration(labels: readonly number[], scores: readonly number[][]): number {
  const probabilities = scores.map((row) => {
    const powers = row.map(Math.exp);
    const total = powers.reduce((sum, power) => sum + power, 0);
    return powers.map((power) => power / total);
  });
  const classes = probabilities[0]?.length ?? 0;
  let likelihood = 0;
  const walk = (path: readonly number[], probability: number): void => {
    const row = probabilities[path.length];
    if (row === undefined) {
      const read = path.filter((label, t) => label !== 0 && label !== path[t - 1]);
      if (read.join() === labels.join()) likelihood += probability;
      return;
    }
    for (let label = 0; label < classes; label++)
      walk([...path, label], probability * (row[label] as number));
  };
  walk([], 1);
  return -Math.log(likelihood);
}

const scores = [
  [0.3, 1, -0.5],
  [0.1, -0.2, 0.9],
  [1.2, 0.4, 0.3],
  [-0.7, 0.5, 0.1],
];

describe('ctc', () => {
  it.each([[[1, 2]], [[1]], [[2, 2]], [[1, 2, 1]], [[1, 1, 2]]])('of labels %j', (labels) => {
    const padded = [...labels, 0, 0].slice(0, 3);
    const value = ctc()(tensor([padded]), tensor([scores])).item();
    // Repeated labels that leave room for few paths only sum many small numbers: float32 rounding.
    expect(value).toBeCloseTo(byEnumeration(labels, scores), 4);
  });

  it('computes the same inside compile, with finite gradients also for labels that cannot fit', () => {
    const loss = (target: Tensor, x: Tensor): Tensor => computeLoss(ctc(), target, x);
    const labels = tensor([
      [1, 2, 1],
      [2, 2, 2],
    ]);
    const x = tensor([scores, scores]);
    const compiled = compile(loss)(labels, x) as Tensor;
    expect(compiled.item()).toBe(loss(labels, x).item());
    const gradient = grad((p: Tensor) => loss(labels, p))(x);
    expect(Array.from(gradient.data).every(Number.isFinite)).toBe(true);
  });

  it('tells what it takes', () => {
    expect(() => ctc()(tensor([1, 2]), tensor([[1, 2]]))).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: [loss/shape] ctc aligns label sequences with scores over time.
        got       target [2], prediction [1, 2]
        expected  target [batch, labels], prediction [batch, time, classes]
        fix       pad label sequences with 0 to one length, and let the model return one row of scores per time step]
    `);
  });
});
