import { describe, expect, test } from 'vitest';
import { ShapeError, ValueError } from '../errors.js';
import { scalar, tensor, zeros } from './constant.js';
import { arange, eye, iota, linspace } from './create.js';
import { cumsum } from './cumsum.js';
import { einsum } from './einsum.js';
import { oneHot, take, takeAlongAxis } from './index.js';
import * as layout from './layout.js';
import { dot, matmul } from './matmul.js';
import { argSort, sort, topK } from './order.js';
import * as reduce from './reduce.js';

const int = (list: number[]) => tensor(new Int32Array(list));
const x = arange(6).reshape([2, 3]);

describe('reductions', () => {
  test('sum, mean, prod keep dtypes and axes as documented', () => {
    expect(reduce.sum(x, { axis: 0 }).toArray()).toEqual([3, 5, 7]);
    expect(reduce.sum(x, { axis: -1, keepDims: true }).toArray()).toEqual([[3], [12]]);
    expect(reduce.sum(x).dtype).toBe('int32');
    expect(reduce.mean(x).dtype).toBe('float32');
    expect(reduce.mean(x).item()).toBe(2.5);
    expect(reduce.prod(x, { axis: 1 }).toArray()).toEqual([0, 60]);
    expect(reduce.sum(tensor([true, true, false])).item()).toBe(2);
    expect(reduce.sum(zeros([0])).item()).toBe(0);
    expect(() => reduce.max(zeros([0]))).toThrow(ValueError);
    expect(() => reduce.sum(x, { axis: 2 })).toThrow(ShapeError);
  });
  test('any and all', () => {
    expect(reduce.any(x, { axis: 1 }).toArray()).toEqual([true, true]);
    expect(reduce.all(x, { axis: 1 }).toArray()).toEqual([false, true]);
    expect(reduce.max(tensor([true, false])).toArray()).toBe(true);
  });
  test('argMax takes the first of equals, and NaN wins', () => {
    expect(reduce.argMax(tensor([1, 3, 3])).item()).toBe(1);
    expect(reduce.argMax(tensor([1, NaN, 3, NaN])).item()).toBe(1);
    expect(
      reduce
        .argMin(
          tensor([
            [2, 1],
            [1, 2],
          ]),
          { axis: 0 },
        )
        .toArray(),
    ).toEqual([1, 0]);
    expect(reduce.max(tensor([1, NaN])).item()).toBeNaN();
  });
  test('long float32 sums do not lose digits', () => {
    expect(reduce.sum(tensor(new Float32Array(1_000_000).fill(0.1))).item()).toBeCloseTo(
      100000.0015,
      1,
    );
  });
  test('variance, std, norm, logSumExp', () => {
    expect(reduce.variance(tensor([1, 2, 3, 4])).item()).toBe(1.25);
    expect(reduce.variance(tensor([1, 2, 3]), { ddof: 1 }).item()).toBe(1);
    expect(reduce.std(tensor([2, 4])).item()).toBe(1);
    expect(reduce.norm(tensor([3, 4])).item()).toBe(5);
    expect(reduce.logSumExp(tensor([1000, 1000])).item()).toBeCloseTo(1000.6931, 3);
    expect(reduce.logSumExp(tensor([-Infinity, -Infinity])).item()).toBe(-Infinity);
  });
});

describe('layout', () => {
  test('reshape works out one length', () => {
    expect(layout.reshape(x, [3, -1]).shape).toEqual([3, 2]);
    expect(() => layout.reshape(x, [4, -1])).toThrow(ShapeError);
    expect(() => layout.reshape(x, [4])).toThrow(/6 elements/);
  });
  test('transpose, flip, roll, tile, repeat', () => {
    expect(layout.transpose(x).toArray()).toEqual([
      [0, 3],
      [1, 4],
      [2, 5],
    ]);
    expect(layout.flip(x, { axis: 1 }).toArray()).toEqual([
      [2, 1, 0],
      [5, 4, 3],
    ]);
    expect(layout.roll(arange(4), 1).toArray()).toEqual([3, 0, 1, 2]);
    expect(layout.roll(x, -1, { axis: 1 }).toArray()).toEqual([
      [1, 2, 0],
      [4, 5, 3],
    ]);
    expect(layout.tile(int([1, 2]), [2, 2]).toArray()).toEqual([
      [1, 2, 1, 2],
      [1, 2, 1, 2],
    ]);
    expect(layout.repeat(int([1, 2]), 2).toArray()).toEqual([1, 1, 2, 2]);
    expect(layout.repeat(x, 2, { axis: 0 }).toArray()).toEqual([
      [0, 1, 2],
      [0, 1, 2],
      [3, 4, 5],
      [3, 4, 5],
    ]);
  });
  test('slice and pad', () => {
    expect(layout.slice(x, [0, 1], [-1, 2]).toArray()).toEqual([
      [1, 2],
      [4, 5],
    ]);
    expect(layout.slice(arange(7), [1], [-1], [2]).toArray()).toEqual([1, 3, 5]);
    expect(layout.slice(arange(7), [-2], [2]).toArray()).toEqual([5, 6]);
    expect(() => layout.slice(arange(7), [5], [3])).toThrow(ShapeError);
    expect(layout.pad(int([1, 2]), [[1, 2]], { value: 9 }).toArray()).toEqual([9, 1, 2, 9, 9]);
    expect(() => layout.pad(int([1, 2]), [[-1, 0]])).toThrow(ShapeError);
  });
  test('concatenate, stack, split, squeeze, expandDims', () => {
    const joined = layout.concatenate([x, tensor([[0.5], [1.5]])], { axis: 1 });
    expect(joined.dtype).toBe('float32');
    expect(joined.toArray()).toEqual([
      [0, 1, 2, 0.5],
      [3, 4, 5, 1.5],
    ]);
    expect(() => layout.concatenate([x, zeros([3, 2])])).toThrow(ShapeError);
    expect(layout.stack([int([1, 2]), int([3, 4])], { axis: 1 }).toArray()).toEqual([
      [1, 3],
      [2, 4],
    ]);
    expect(layout.stack([int([1]), int([2])], { axis: -1 }).toArray()).toEqual([[1, 2]]);
    expect(layout.split(x, 3, { axis: 1 }).map((part) => part.toArray())).toEqual([
      [[0], [3]],
      [[1], [4]],
      [[2], [5]],
    ]);
    expect(() => layout.split(x, 2, { axis: 1 })).toThrow(ShapeError);
    expect(layout.expandDims(x, [0, -1]).shape).toEqual([1, 2, 3, 1]);
    expect(layout.squeeze(zeros([1, 2, 1]), 0).shape).toEqual([2, 1]);
    expect(layout.flatten(x).shape).toEqual([6]);
    expect(layout.broadcastTo(int([1, 2]), [2, 2]).toArray()).toEqual([
      [1, 2],
      [1, 2],
    ]);
    expect(() => layout.broadcastTo(x, [3])).toThrow(ShapeError);
  });
});

describe('matmul and einsum', () => {
  const a = arange(6).reshape([2, 3]);
  const b = arange(12).reshape([3, 4]);
  test('ranks as in NumPy', () => {
    expect(matmul(a, b).toArray()).toEqual([
      [20, 23, 26, 29],
      [56, 68, 80, 92],
    ]);
    expect(matmul(a, b.transpose(), { transposeY: true }).toArray()).toEqual(
      matmul(a, b).toArray(),
    );
    expect(matmul(int([1, 2]), a).toArray()).toEqual([6, 9, 12]);
    expect(matmul(a, int([1, 2, 3])).toArray()).toEqual([8, 26]);
    expect(matmul(int([1, 2]), int([3, 4])).item()).toBe(11);
    expect(matmul(zeros([7, 1, 2, 3]), zeros([5, 3, 4])).shape).toEqual([7, 5, 2, 4]);
    expect(matmul(zeros([7, 5, 3]), zeros([3, 4])).shape).toEqual([7, 5, 4]);
    expect(dot(zeros([2, 3]), zeros([5, 3, 4])).shape).toEqual([2, 5, 4]);
    expect(() => matmul(a, a)).toThrow(/3 columns meet 2 rows/);
    expect(() => matmul(zeros([2, 2, 3]), a)).toThrow(/3 columns meet 2 rows/);
  });
  test('equations', () => {
    expect(einsum('ij,jk->ik', a, b).toArray()).toEqual(matmul(a, b).toArray());
    expect(einsum('ij,jk', a, b).toArray()).toEqual(matmul(a, b).toArray());
    expect(einsum('ij,jk->ki', a, b).toArray()).toEqual(matmul(a, b).transpose().toArray());
    expect(einsum('i,j->ij', int([1, 2]), int([3, 4])).toArray()).toEqual([
      [3, 4],
      [6, 8],
    ]);
    expect(einsum('ij->j', a).toArray()).toEqual([3, 5, 7]);
    expect(einsum('ij,ij->', a, a).item()).toBe(55);
    expect(einsum('...ij,...jk->...ik', zeros([4, 1, 2, 3]), zeros([5, 3, 2])).shape).toEqual([
      4, 5, 2, 2,
    ]);
    expect(einsum('bqhd,bkhd->bhqk', zeros([2, 3, 4, 5]), zeros([2, 6, 4, 5])).shape).toEqual([
      2, 4, 3, 6,
    ]);
    expect(einsum('ij,jk,k->i', a, b, int([1, 1, 1, 1])).toArray()).toEqual([98, 296]);
    expect(() => einsum('ii->i', zeros([2, 2]))).toThrow(ValueError);
    expect(() => einsum('ij,jk->ik', a, a)).toThrow(ShapeError);
    expect(() => einsum('ij->ik', a)).toThrow(ValueError);
  });
});

describe('indices and order', () => {
  test('take, takeAlongAxis, oneHot', () => {
    expect(take(x, int([2, 0]), { axis: 1 }).toArray()).toEqual([
      [2, 0],
      [5, 3],
    ]);
    expect(take(x, -1, { axis: 0 }).toArray()).toEqual([3, 4, 5]);
    expect(() => take(x, int([0, 3]), { axis: 1 })).toThrow(/index 3 .*\n.*\n.*0 to 2/);
    expect(
      takeAlongAxis(x, tensor(new Int32Array([2, 0]), { shape: [2, 1] }), { axis: 1 }).toArray(),
    ).toEqual([[2], [3]]);
    expect(() => takeAlongAxis(x, tensor(new Int32Array([3, 0]), { shape: [2, 1] }))).toThrow(
      ValueError,
    );
    expect(oneHot(int([0, 2, 3]), 3).toArray()).toEqual([
      [1, 0, 0],
      [0, 0, 1],
      [0, 0, 0],
    ]);
    expect(oneHot(1, 2, { dtype: 'int32' }).toArray()).toEqual([0, 1]);
  });
  test('sort is stable in both directions, NaN last', () => {
    expect(argSort(tensor([2, 1, 2, 1])).toArray()).toEqual([1, 3, 0, 2]);
    expect(argSort(tensor([2, 1, 2, 1]), { descending: true }).toArray()).toEqual([0, 2, 1, 3]);
    expect(argSort(tensor([NaN, 1, NaN, 2])).toArray()).toEqual([1, 3, 0, 2]);
    expect(argSort(tensor([NaN, 1, NaN, 2]), { descending: true }).toArray()).toEqual([3, 1, 0, 2]);
    expect(
      sort(
        tensor([
          [3, 1],
          [1, 2],
        ]),
        { axis: 0 },
      ).toArray(),
    ).toEqual([
      [1, 1],
      [3, 2],
    ]);
    const numbers = Float32Array.from({ length: 101 }, (_, i) => (i * 37) % 101);
    expect([...sort(tensor(numbers)).data]).toEqual([...numbers].sort((p, q) => p - q));
  });
  test('topK and cumsum', () => {
    const { values, indices } = topK(
      tensor([
        [1, 4, 3],
        [5, 5, 0],
      ]),
      2,
    );
    expect(values.toArray()).toEqual([
      [4, 3],
      [5, 5],
    ]);
    expect(indices.toArray()).toEqual([
      [1, 2],
      [0, 1],
    ]);
    expect(() => topK(tensor([1]), 2)).toThrow(ShapeError);
    expect(cumsum(int([1, 2, 3]), { exclusive: true, reverse: true }).toArray()).toEqual([5, 3, 0]);
  });
  test('arange, eye, linspace, iota', () => {
    expect(arange(1, 2, 0.5).toArray()).toEqual([1, 1.5]);
    expect(arange(3, 0, -1).toArray()).toEqual([3, 2, 1]);
    expect(eye(2, 3).toArray()).toEqual([
      [1, 0, 0],
      [0, 1, 0],
    ]);
    expect(linspace(0, 1, 5).toArray()).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(linspace(0, 1, 2, { endpoint: false }).toArray()).toEqual([0, 0.5]);
    expect(iota([2, 2], { axis: 0 }).toArray()).toEqual([
      [0, 0],
      [1, 1],
    ]);
    expect(scalar(2).shape).toEqual([]);
  });
});
