import { tensor } from '@gradus/tensor';
import { expect, test } from 'vitest';
import { getActivation } from './activations.js';

test('a name, an alias, a function, nothing', () => {
  const x = tensor([-1, 2]);
  expect(getActivation('relu')(x).toArray()).toEqual([0, 2]);
  expect(getActivation('swish')).toBe(getActivation('silu'));
  expect(getActivation(null)(x)).toBe(x);
  const double = (y: typeof x) => y.mul(2);
  expect(getActivation(double)).toBe(double);
});

test('a mistyped name is answered with the nearest one', () => {
  expect(() => getActivation('sigmod' as 'sigmoid')).toThrow(/did you mean 'sigmoid'\?/);
});
