import { tensor } from '@gradus/tensor';
import { expect, it } from 'vitest';
import { checkFinite } from './check-finite.js';
import { dataset } from './dataset.js';

it('names row and column of the first value that is not finite', () => {
  expect(() =>
    checkFinite(
      {
        x: [
          [1, 2],
          [3, NaN],
        ],
        y: [1, 2],
      },
      'train',
      { columns: ['age', 'height'] },
    ),
  ).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [data/not-finite] 'train.x' has a value that is not a finite number.
      got       NaN in row 1, column 1 ('height') (counted from 0)
      expected  finite numbers: one NaN turns every weight into NaN after a single step
      fix       drop the row, or fill in a value such as the mean of the column (tabular() does both)]
  `);
  expect(() => checkFinite(Float32Array.of(1, -Infinity), 'y')).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [data/not-finite] 'y' has a value that is not a finite number.
      got       -Infinity in row 1 (counted from 0)
      expected  finite numbers: one NaN turns every weight into NaN after a single step
      fix       look for a division by zero, a log of zero, or a number too large for float32]
  `);
  expect(() =>
    checkFinite(
      tensor([
        [
          [1, 2],
          [3, NaN],
        ],
      ]),
      'image',
    ),
  ).toThrow('row 0, position [1, 1]');
});

it('counts rows across the batches of a dataset', () => {
  const x = Array.from({ length: 70 }, (_, i) => (i === 66 ? NaN : i));
  expect(() => checkFinite(dataset({ x }), 'data')).toThrow('row 66');
});

it('is content with finite data and whole numbers', () => {
  checkFinite([[1, 2]], 'x');
  checkFinite(dataset({ x: Int32Array.of(1), y: [0.5] }));
});
