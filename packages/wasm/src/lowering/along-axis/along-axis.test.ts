import { argMax, argMin, argSort, cumsum, key, randomBits, reshape, tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { describe, expect, test } from 'vitest';
import { variants } from '../../math/math.fixture.js';
import {
  alone,
  graphOf,
  runReference,
  runWithKernels,
  shared,
} from '../../program/kernel.fixture.js';
import { randomBitsPattern } from '../random-bits.js';
import { argExtremePattern } from './arg-extreme.js';
import { argSortPattern } from './arg-sort.js';
import { cumsumPattern } from './cumsum.js';

const patterns = [argExtremePattern, argSortPattern, cumsumPattern, randomBitsPattern];

/** Numbers with many ties, zeros of both signs, infinities and, when asked for, NaN. */
function numbers(shape: readonly number[], odd: readonly number[] = []): Tensor {
  const size = shape.reduce((product, n) => product * n, 1);
  let state = 7;
  const data = Float32Array.from({ length: size }, () => {
    state = (Math.imul(state, 1103515245) + 12345) | 0;
    const random = state >>> 16;
    return random % 5 === 0 && odd.length > 0
      ? (odd[random % odd.length] as number)
      : ((random % 41) - 20) / 2;
  });
  return reshape(tensor(data), shape);
}

const ODD = [0, -0, Infinity, -Infinity, NaN, 1e-40, -1e-40];
const shapes: readonly (readonly [readonly number[], number])[] = [
  [[7], 0],
  [[1], 0],
  [[64], 0],
  [[65], 0],
  [[1000], 0],
  [[3, 10], 1],
  [[5, 130], 1],
  [[10, 3], 0],
  [[4, 9, 7], 1],
  [[2, 70, 6], 1],
  [[0, 4], 1],
];

describe.each(variants)('with relaxed SIMD: $relaxed', (features) => {
  const check = (
    fn: (...args: Tensor[]) => unknown,
    args: readonly Tensor[],
    name: string,
  ): void => {
    const graph = graphOf(fn, ...args);
    const data = args.map((x) => x.data);
    const whole = runWithKernels(graph, patterns, data, features, alone);
    expect(whole.outputs).toEqual(runReference(graph, data));
    expect(runWithKernels(graph, patterns, data, features, shared).outputs).toEqual(whole.outputs);
    expect(whole.kernels).toEqual([name]);
  };

  test.each(shapes)('argMax and argMin of %j along axis %i', (shape, axis) => {
    for (const x of [
      numbers(shape),
      numbers(shape, ODD),
      numbers(shape, [NaN]),
      numbers(shape).cast('int32'),
    ]) {
      check((a) => argMax(a as Tensor, { axis }), [x], 'argMax');
      check((a) => argMin(a as Tensor, { axis }), [x], 'argMin');
    }
  });

  test.each(shapes)('argSort of %j along axis %i', (shape, axis) => {
    for (const descending of [false, true])
      for (const x of [
        numbers(shape),
        numbers(shape, ODD),
        numbers(shape).cast('int32'),
        numbers(shape).greater(0),
      ])
        check((a) => argSort(a as Tensor, { axis, descending }), [x], 'argSort');
  });

  test.each(shapes)('cumsum of %j along axis %i', (shape, axis) => {
    for (const reverse of [false, true])
      for (const exclusive of [false, true])
        for (const x of [numbers(shape), numbers(shape, [0.1, 1e6]), numbers(shape).cast('int32')])
          check((a) => cumsum(a as Tensor, { axis, reverse, exclusive }), [x], 'cumsum');
  });

  test.each([1, 2, 15, 16, 17, 100, 1024])(
    '%i random numbers have the bits of the reference',
    (n) => {
      for (const seed of [0, 42, -1])
        check(
          (k, counter) => randomBits(k as Tensor, [n], counter as Tensor),
          [key(seed), tensor(new Int32Array([seed * 7])).reshape([])],
          'randomBits',
        );
    },
  );
});
