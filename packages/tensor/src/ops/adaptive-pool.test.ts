import { expect, test } from 'vitest';
import { adaptiveAveragePool, adaptiveMaxPool } from './adaptive-pool.js';
import { zeros } from './constant.js';
import { arange } from './create.js';

const series = arange(7, undefined, 1, { dtype: 'float32' }).reshape([1, 7, 1]);

test('windows cover the input evenly and overlap where they must', () => {
  // Windows [0, 3), [2, 5), [4, 7).
  expect(adaptiveAveragePool(series, 3).flatten().toArray()).toEqual([1, 3, 5]);
  expect(adaptiveMaxPool(series, 3).flatten().toArray()).toEqual([2, 4, 6]);
  // Windows of 2 and of 3: [0, 2), [1, 4), [3, 6), [5, 7) for four.
  expect(adaptiveAveragePool(series, 4).flatten().toArray()).toEqual([0.5, 2, 4, 5.5]);
  expect(adaptiveMaxPool(series, 9).shape).toEqual([1, 9, 1]);
});

test('pools every axis of space', () => {
  expect(adaptiveAveragePool(zeros([2, 5, 7, 6, 3]), [2, 3, 1]).shape).toEqual([2, 2, 3, 1, 3]);
  expect(() => adaptiveMaxPool(zeros([2, 5, 7, 3]), [2, 3, 1])).toThrow(/outputSize/);
  expect(() => adaptiveMaxPool(zeros([2, 5]), 2)).toThrow(/between batch and channels/);
});
