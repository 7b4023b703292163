import { expect, test } from 'vitest';
import { compile } from '../graph/compile.js';
import type { Tensor } from '../tensor.js';
import { tensor, zeros } from './constant.js';
import { searchSorted } from './search-sorted.js';

const list = tensor([1, 3, 3, 5, 8]);
const values = tensor([
  [0, 1, 2],
  [3, 8, 9],
]);

test('finds places before and behind equals', () => {
  expect(searchSorted(list, values).toArray()).toEqual([
    [0, 0, 1],
    [1, 4, 5],
  ]);
  expect(searchSorted(list, values, { side: 'right' }).toArray()).toEqual([
    [0, 1, 1],
    [3, 5, 5],
  ]);
});

test('agrees with counting, for lists of every length', () => {
  for (let n = 1; n < 20; n++) {
    const sorted = tensor(Float32Array.from({ length: n }, (_, i) => 2 * i));
    for (let x = -1; x < 2 * n + 1; x++)
      expect(searchSorted(sorted, x).item()).toBe([...sorted.data].filter((v) => v < x).length);
  }
});

test('NaN goes to the end, nothing is found in nothing, and it compiles', () => {
  expect(searchSorted(list, tensor([NaN]), { side: 'right' }).toArray()).toEqual([5]);
  expect(searchSorted(zeros([0]), tensor([1])).toArray()).toEqual([0]);
  const program = compile((x: Tensor) => searchSorted(list, x));
  expect(program(values).toArray()).toEqual(searchSorted(list, values).toArray());
  expect(() => searchSorted(values, list)).toThrow(/looks into a list/);
});
