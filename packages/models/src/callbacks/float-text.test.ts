import { expect, it } from 'vitest';
import { floatText } from './float-text.js';

it.each([
  [1, '1.0'],
  [0, '0.0'],
  [0.0001, '0.0001'],
  [0.00001, '1e-05'],
  [-2.5e-7, '-2.5e-07'],
  [1e16, '1e+16'],
  [NaN, 'nan'],
  [-Infinity, '-inf'],
])('writes %s as %s', (value, expected) => {
  expect(floatText(value)).toBe(expected);
});
