import { tensor } from '@gradus/tensor';
import { describe, expect, it } from 'vitest';
import { kFold, splitByFractions, trainTestSplit } from './split.js';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const sorted = (...parts: { data: ArrayLike<number> }[]): number[] =>
  parts.flatMap((part) => Array.from(part.data)).sort((a, b) => a - b);
const count = (part: { data: ArrayLike<number> }, label: number): number =>
  Array.from(part.data).filter((value) => value === label).length;

describe('trainTestSplit', () => {
  it('gives every row to one part, with its target', () => {
    const { train, test } = trainTestSplit(
      { x: numbers(20).map((i) => [i, 0]), y: numbers(20) },
      { seed: 3 },
    );
    expect([train.y.size, test.y.size]).toEqual([15, 5]);
    expect(sorted(train.y, test.y)).toEqual(numbers(20));
    for (const { x, y } of [train, test])
      expect(x.toArray()).toEqual(Array.from(y.data, (i) => [i, 0]));
  });

  it('repeats for a seed and changes with it', () => {
    const split = (seed: number): unknown => trainTestSplit(numbers(50), { seed }).test.toArray();
    expect(split(1)).toEqual(split(1));
    expect(split(1)).not.toEqual(split(2));
  });

  it('takes sizes as fractions and as counts', () => {
    const sizes = (options: Parameters<typeof trainTestSplit>[1]): number[] => {
      const { train, test } = trainTestSplit(numbers(10), options);
      return [train.size, test.size];
    };
    expect(sizes({ testSize: 0.3 })).toEqual([7, 3]);
    expect(sizes({ testSize: 4 })).toEqual([6, 4]);
    expect(sizes({ trainSize: 0.9 })).toEqual([9, 1]);
    expect(sizes({ trainSize: 2, testSize: 3 })).toEqual([2, 3]);
  });

  it('keeps the order, without copying, when it does not shuffle', () => {
    const x = tensor(numbers(8));
    const { train, test } = trainTestSplit({ x }, { shuffle: false });
    expect([train.x.toArray(), test.x.toArray()]).toEqual([
      [0, 1, 2, 3, 4, 5],
      [6, 7],
    ]);
    expect(test.x.data.buffer).toBe(x.data.buffer);
  });

  it('keeps the proportions of classes when stratified', () => {
    const y = numbers(100).map((i) => (i < 80 ? 0 : i < 95 ? 1 : 2));
    for (const stratify of ['y', y, tensor(y)]) {
      const { train, test } = trainTestSplit(
        { x: numbers(100), y },
        { testSize: 0.2, seed: 1, stratify },
      );
      expect([0, 1, 2].map((label) => count(test.y, label))).toEqual([16, 3, 1]);
      expect([train.y.size, test.y.size]).toEqual([80, 20]);
      expect(sorted(train.x, test.x)).toEqual(numbers(100));
    }
  });

  it('says what is wrong with sizes and labels', () => {
    const data = { x: [1, 2, 3], y: [0, 0, 1] };
    expect(() => trainTestSplit(data, { testSize: 3 })).toThrowErrorMatchingInlineSnapshot(`
      [ValueError: [data/split-size] testSize leaves one of the parts without rows.
        got       testSize 3 of 3 rows
        expected  a fraction between 0 and 1, or a whole number from 1 to 2]
    `);
    expect(() => trainTestSplit(data, { testSize: 0.1 })).toThrow('data/split-size');
    expect(() => trainTestSplit(data, { trainSize: 2, testSize: 2 })).toThrow('data/split-size');
    expect(() => trainTestSplit(data, { stratify: 'z' })).toThrowErrorMatchingInlineSnapshot(`
      [ValueError: [data/stratify] There is no part 'z' to stratify by.
        got       'z'
        expected  one of x, y
        fix       name the part that holds the labels, or pass the labels themselves]
    `);
    expect(() => trainTestSplit(data, { stratify: 'y', testSize: 1 }))
      .toThrowErrorMatchingInlineSnapshot(`
      [ValueError: [data/stratify] The class '1' has too few rows to be in every part.
        got       1 of 3 rows
        expected  at least 2
        fix       leave out the class, collect more rows of it, or split without stratify]
    `);
    expect(() => trainTestSplit(data, { stratify: [1] })).toThrow('1 labels for 3 rows');
  });
});

it('splitByFractions splits into any number of parts', () => {
  const parts = splitByFractions(numbers(11), [0.7, 0.15, 0.15], { seed: 4 });
  expect(parts.map((part) => part.size)).toEqual([8, 2, 1]);
  expect(sorted(...parts)).toEqual(numbers(11));
  expect(() => splitByFractions([1, 2], [0.9, 0.1])).toThrow('Every part of a split needs rows');
  const y = numbers(40).map((i) => i % 2);
  const stratified = splitByFractions(y, [2, 1, 1], { stratify: y });
  expect(stratified.map((part) => [count(part, 0), count(part, 1)])).toEqual([
    [10, 10],
    [5, 5],
    [5, 5],
  ]);
});

describe('kFold', () => {
  it('tests every row exactly once', () => {
    const folds = kFold({ x: numbers(11) }, { folds: 3, seed: 2 });
    expect(folds.map(({ test }) => test.x.size)).toEqual([4, 4, 3]);
    expect(sorted(...folds.map(({ test }) => test.x))).toEqual(numbers(11));
    for (const { train, test } of folds) expect(sorted(train.x, test.x)).toEqual(numbers(11));
  });

  it('keeps order or proportions when asked', () => {
    expect(
      kFold(numbers(4), { folds: 2, shuffle: false }).map(({ train }) => train.toArray()),
    ).toEqual([
      [2, 3],
      [0, 1],
    ]);
    const y = numbers(30).map((i) => (i < 20 ? 0 : 1));
    for (const { test } of kFold({ y }, { folds: 5, stratify: 'y' }))
      expect([count(test.y, 0), count(test.y, 1)]).toEqual([4, 2]);
    expect(() => kFold([1, 2])).toThrow('5 folds for 2 rows');
  });
});
