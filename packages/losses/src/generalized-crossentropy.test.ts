import { tensor } from '@gradus/tensor';
import { describe, expect, it } from 'vitest';
import { categoricalGeneralizedCrossEntropy } from './generalized-crossentropy.js';

const prediction = tensor([
  [0.75, 0.25],
  [0.36, 0.64],
]);

describe('categoricalGeneralizedCrossEntropy', () => {
  it('is (1 - p^q) / q, for indices with and without a column', () => {
    const loss = categoricalGeneralizedCrossEntropy();
    for (const target of [tensor([1, 0]), tensor([[1], [0]])]) {
      const [first, second] = Array.from(loss(target, prediction).data);
      expect(first).toBeCloseTo(1, 6);
      expect(second).toBeCloseTo(0.8, 6);
    }
  });

  it('nears the absolute error as q nears 1', () => {
    const loss = categoricalGeneralizedCrossEntropy({ q: 0.999999 });
    expect(loss(tensor([0, 0]), prediction).data[0]).toBeCloseTo(0.25, 4);
  });

  it('refuses a q outside of 0 to 1', () => {
    expect(() => categoricalGeneralizedCrossEntropy({ q: 1 })).toThrow('loss/option');
  });
});
