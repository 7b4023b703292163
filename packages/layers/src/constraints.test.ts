import { tensor } from '@gradus/tensor';
import { expect, test } from 'vitest';
import { getConstraint, maxNorm, minMaxNorm, nonNeg, unitNorm } from './constraints.js';

const w = tensor([
  [3, 0.3],
  [4, 0.4],
]);
const lengths = (t: typeof w) => t.square().sum({ axis: 0 }).sqrt();

test('lengths of columns are brought where they may be', () => {
  expect(lengths(maxNorm()(w)).toArray()).toEqual([expect.closeTo(2, 5), expect.closeTo(0.5, 5)]);
  expect(lengths(unitNorm()(w)).toArray()).toEqual([expect.closeTo(1, 5), expect.closeTo(1, 5)]);
  expect(lengths(minMaxNorm({ minValue: 1, maxValue: 2 })(w)).toArray()).toEqual([
    expect.closeTo(2, 5),
    expect.closeTo(1, 5),
  ]);
  expect(nonNeg()(tensor([-1, 2])).toArray()).toEqual([0, 2]);
});

test('names and configs', () => {
  expect(getConstraint('maxNorm')?.config).toEqual({ maxValue: 2, axis: 0 });
  expect(getConstraint({ className: 'NonNeg', config: {} })?.className).toBe('NonNeg');
  expect(() => getConstraint('nonneg2' as 'nonNeg')).toThrow(/did you mean 'nonNeg'\?/);
});
