import { expect, it } from 'vitest';
import { fixedText } from './fixed-text.js';

it.each([
  [0.03125, 4, '0.0312'],
  [0.09375, 4, '0.0938'],
  [-0.03125, 4, '-0.0312'],
  [0.5, 0, '0'],
  [1.5, 0, '2'],
  [2.5, 0, '2'],
  [2.51, 0, '3'],
  [1.005, 2, '1.00'],
  [NaN, 4, 'nan'],
  [-Infinity, 4, '-inf'],
])('%s with %i decimals is %s', (value, decimals, text) => {
  expect(fixedText(value, decimals)).toBe(text);
});
