import { describe, expect, it } from 'vitest';
import { argSort, key, permutation, randomInt, randomNormal, tensor } from '../index.js';

/** The stable order by comparison; NaN after everything. */
function order(values: readonly number[], descending: boolean): number[] {
  return values
    .map((_, i) => i)
    .sort((i, j) => {
      const [a, b] = [values[i] as number, values[j] as number];
      if (Number.isNaN(a) || Number.isNaN(b))
        return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
      return descending ? b - a : a - b;
    });
}

const specials = [
  Number.NaN,
  Infinity,
  -Infinity,
  0,
  -0,
  1e-42,
  -1e-42,
  3e38,
  -3e38,
  0,
  Number.NaN,
];
const floats = [...Array.from(randomNormal(key(1), [500]).data), ...specials];
const ints = [
  ...Array.from(randomInt(key(2), [500], { low: -20, high: 20 }).data),
  2147483647,
  -2147483648,
  -1,
  0,
];

describe.each([false, true])('long sorts, descending %s', (descending) => {
  it.each([
    ['float32', floats],
    ['int32', ints],
  ] as const)('order %s as comparison does, and keep equals in place', (dtype, values) => {
    const rounded = Array.from(tensor([...values], { dtype }).data);
    const positions = argSort(tensor([...values], { dtype }), { descending });
    expect(Array.from(positions.data)).toEqual(order(rounded, descending));
  });
});

it('permutes: every number once', () => {
  const drawn = Array.from(permutation(key(3), 5000).data);
  expect(drawn.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 5000 }, (_, i) => i));
});
