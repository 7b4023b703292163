import { describe, expect, test } from 'vitest';
import { grad } from '../autograd/grad.js';
import { ShapeError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { tensor, zeros } from './constant.js';
import {
  conv2dTranspose,
  conv1dTranspose,
  conv3dTranspose,
  transposedAxis,
} from './conv-transpose.js';
import { conv2d } from './conv.js';
import { key, randomNormal } from './random.js';
import { sum } from './reduce.js';

describe('transposed convolution', () => {
  test('spreads every number over the window', () => {
    const x = tensor([1, 2, 3]).reshape([1, 3, 1]);
    const kernel = tensor([1, 10, 100]).reshape([3, 1, 1]);
    const run = (options: object): unknown =>
      conv1dTranspose(x, kernel, options).flatten().toArray();
    expect(run({})).toEqual([1, 12, 123, 230, 300]);
    expect(run({ strides: 2 })).toEqual([1, 10, 102, 20, 203, 30, 300]);
    expect(run({ strides: 2, outputPadding: 1 })).toEqual([1, 10, 102, 20, 203, 30, 300, 0]);
    expect(run({ strides: 2, padding: 'same' })).toEqual([1, 10, 102, 20, 203, 30]);
    expect(run({ dilations: 2 })).toEqual([1, 2, 13, 20, 130, 200, 300]);
    expect(run({ strides: 4 })).toEqual([1, 10, 100, 0, 2, 20, 200, 0, 3, 30, 300, 0]);
  });
  test('is the gradient of a convolution by its input', () => {
    const kernel = randomNormal(key(1), [3, 2, 4, 5]);
    const y = randomNormal(key(2), [2, 3, 3, 5]);
    const options = { strides: 2, padding: 'valid' } as const;
    const backward = grad((x: Tensor) => sum(conv2d(x, kernel, options).mul(y)))(
      zeros([2, 7, 6, 4]),
    );
    conv2dTranspose(y, kernel, options).data.forEach((value, i) =>
      expect(value).toBeCloseTo(backward.data[i] as number, 4),
    );
  });
  test('has the lengths of Keras', () => {
    expect(transposedAxis('same', 4, 3, 2, 1, null)).toEqual({ length: 8, crop: 0 });
    expect(transposedAxis('same', 4, 3, 2, 1, 1)).toEqual({ length: 8, crop: 0 });
    expect(transposedAxis('same', 5, 4, 1, 1, null)).toEqual({ length: 5, crop: 1 });
    expect(transposedAxis('valid', 3, 2, 5, 1, null).length).toBe(15);
    expect(
      conv3dTranspose(zeros([1, 2, 2, 3, 1]), zeros([2, 2, 2, 4, 1]), { strides: 2 }).shape,
    ).toEqual([1, 4, 4, 6, 4]);
  });
  test('wrong kernels are explained', () => {
    expect(() => conv1dTranspose(zeros([1, 3, 2]), zeros([3, 2, 4]))).toThrow(
      /filters come before/,
    );
    expect(() => conv1dTranspose(zeros([3, 2]), zeros([3, 2, 4]))).toThrow(ShapeError);
  });
});
