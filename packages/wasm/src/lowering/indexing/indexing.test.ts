import { tensor, reshape, take, grad, sum } from '@gradus/tensor';
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
import { gatherPattern } from './gather.js';
import { scatterAddPattern } from './scatter-add.js';

const patterns = [gatherPattern, scatterAddPattern];

function numbers(shape: readonly number[], dtype: 'float32' | 'int32' = 'float32'): Tensor {
  const size = shape.reduce((product, n) => product * n, 1);
  const data = Float32Array.from({ length: size }, (_, i) => ((i * 37) % 101) - 50);
  return reshape(tensor(data).cast(dtype), shape);
}

function indicesBelow(size: number, shape: readonly number[]): Tensor {
  const count = shape.reduce((product, n) => product * n, 1);
  return reshape(
    tensor(Int32Array.from({ length: count }, (_, i) => (i * 7 + (i >> 2)) % size)),
    shape,
  );
}

interface Case {
  readonly shape: readonly number[];
  readonly axis: number;
  readonly indices: readonly number[];
}

const cases: readonly Case[] = [
  { shape: [10, 16], axis: 0, indices: [4, 6] },
  { shape: [7, 5], axis: 0, indices: [13] },
  { shape: [100, 130], axis: 0, indices: [31] },
  { shape: [9], axis: 0, indices: [30] },
  { shape: [3, 8, 7], axis: 1, indices: [5] },
  { shape: [4, 6], axis: 1, indices: [3, 3] },
  { shape: [1, 3], axis: 0, indices: [] },
  { shape: [5, 2], axis: 0, indices: [0] },
];

describe.each(variants)('with relaxed SIMD: $relaxed', (features) => {
  const check = (
    fn: (...args: Tensor[]) => unknown,
    args: readonly Tensor[],
  ): readonly string[] => {
    const graph = graphOf(fn, ...args);
    const data = args.map((x) => x.data);
    const whole = runWithKernels(graph, patterns, data, features, alone);
    expect(whole.outputs).toEqual(runReference(graph, data));
    expect(runWithKernels(graph, patterns, data, features, shared).outputs).toEqual(whole.outputs);
    expect(whole.error).toBeUndefined();
    return whole.kernels;
  };

  test.each(cases)('takes $indices of $shape along axis $axis', ({ shape, axis, indices }) => {
    const where = indicesBelow(shape[axis] as number, indices);
    for (const dtype of ['float32', 'int32'] as const)
      expect(
        check((x, i) => take(x as Tensor, i as Tensor, { axis }), [numbers(shape, dtype), where]),
      ).toEqual(['gather']);
    const truths = numbers(shape).greater(0);
    check((x, i) => take(x as Tensor, i as Tensor, { axis }), [truths, where]);
  });

  test.each(cases)('gives back $indices to $shape along axis $axis', ({ shape, axis, indices }) => {
    const where = indicesBelow(shape[axis] as number, indices);
    const picked = take(numbers(shape), where, { axis });
    const kernels = check(
      (x, i, w) =>
        grad((y: Tensor) => sum(take(y, i as Tensor, { axis }).mul(w as Tensor)))(x as Tensor),
      [numbers(shape), where, numbers(picked.shape)],
    );
    expect(kernels).toContain('scatterAdd');
  });

  test.each([-1, 10, 2 ** 31 - 1, -(2 ** 31)])(
    'index %i is reported, the first of several',
    (bad) => {
      const x = numbers([10, 6]);
      for (const [length, at] of [
        [9, 5],
        [9, 8],
        [2, 1],
      ] as const) {
        const where = new Int32Array(length).fill(3);
        where[at] = bad;
        if (at + 1 < length) where[at + 1] = 77;
        const graph = graphOf(
          (a, i) => take(a as Tensor, i as Tensor, { axis: 0 }),
          x,
          tensor(where),
        );
        const run = (): unknown => runReference(graph, [x.data, where]);
        for (const sharing of [alone, shared]) {
          const { error } = runWithKernels(graph, patterns, [x.data, where], features, sharing);
          expect(run).toThrow(error?.message ?? 'an error');
        }
      }
    },
  );

  test('a wrong index of a gradient is reported as one of scatterAdd', () => {
    const x = numbers([10, 6]);
    const where = new Int32Array([1, 2, -5]);
    const w = numbers([3, 6]);
    const graph = graphOf(
      (a, i, b) =>
        grad((y: Tensor) => sum(take(y, i as Tensor, { axis: 0 }).mul(b as Tensor)))(a as Tensor),
      x,
      tensor(where),
      w,
    );
    const { error } = runWithKernels(graph, [scatterAddPattern], [x.data, where, w.data], features);
    expect(error?.message).toMatchInlineSnapshot(`
      "[index/range] scatterAdd: index -5 does not exist.
        got       -5 (at flat position 2 of the indices)
        expected  0 to 9: the axis has 10 elements
        fix       check how the indices were made; in an embedding, inputDim must be larger than the largest index"
    `);
  });
});
