import { expect, test } from 'vitest';
import { tensor, zeros } from './constant.js';
import { depthwiseConv1d, depthwiseConv2d } from './depthwise-conv.js';

test('convolves each channel alone, with the results of one channel together', () => {
  const x = tensor([1, 10, 2, 20, 3, 30]).reshape([1, 3, 2]);
  const kernel = tensor([1, 0, 1, 2, 1, 1, 0, 3]).reshape([2, 2, 2]);
  expect(depthwiseConv1d(x, kernel).toArray()).toEqual([
    [
      [3, 2, 10, 80],
      [5, 3, 20, 130],
    ],
  ]);
});

test('takes the options of a convolution', () => {
  const y = depthwiseConv2d(zeros([2, 7, 6, 3]), zeros([3, 3, 3, 2]), {
    strides: 2,
    padding: 'same',
  });
  expect(y.shape).toEqual([2, 4, 3, 6]);
  expect(() => depthwiseConv2d(zeros([2, 7, 6, 3]), zeros([3, 3, 1, 6]))).toThrow(
    /does not fit the channels/,
  );
});
