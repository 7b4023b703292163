import { tensor } from '@gradus/tensor';
import { describe, expect, it } from 'vitest';
import { LabelEncoder, labelEncoder } from './label-encoder.js';
import { OneHotEncoder, oneHotEncoder, toCategorical } from './one-hot-encoder.js';

describe('labelEncoder', () => {
  it('numbers categories in sorted order, and back', () => {
    const encoder = labelEncoder().fit(['b', 'a', 'c', 'a']);
    expect(encoder.classes).toEqual(['a', 'b', 'c']);
    expect(encoder.transform(['c', 'a']).dtype).toBe('int32');
    expect(encoder.inverse(encoder.transform(['c', 'a', 'b']))).toEqual(['c', 'a', 'b']);
    expect(labelEncoder().fit([10, 9, 100]).classes).toEqual([9, 10, 100]);
    expect(
      LabelEncoder.fromJSON(JSON.parse(JSON.stringify(encoder)))
        .transform(['b'])
        .toArray(),
    ).toEqual([1]);
  });

  it('names an unknown category', () => {
    const encoder = labelEncoder().fit(['setosa', 'virginica']);
    expect(() => encoder.transform(['setosa', 'virginca'])).toThrowErrorMatchingInlineSnapshot(`
      [NameError: [data/unknown-category] The category 'virginca' was not in the data that were fitted.
        got       'virginca' in row 1 (counted from 0)
        expected  one of 'setosa', 'virginica'
        fix       did you mean 'virginica'?]
    `);
    expect(() => encoder.inverse([2])).toThrowErrorMatchingInlineSnapshot(`
      [ValueError: [data/class-number] There is no class with this number.
        got       2 in row 0
        expected  a whole number from 0 to 1]
    `);
    expect(() => labelEncoder().fit([])).toThrow('data/empty');
  });
});

describe('oneHotEncoder', () => {
  it('makes one column per category, and back', () => {
    const encoder = oneHotEncoder().fit(['red', 'green', 'red']);
    expect(encoder.transform(['red', 'green']).toArray()).toEqual([
      [0, 1],
      [1, 0],
    ]);
    expect(
      encoder.inverse(
        tensor([
          [0.2, 0.8],
          [0.6, 0.4],
        ]),
      ),
    ).toEqual(['red', 'green']);
    expect(
      OneHotEncoder.fromJSON(JSON.parse(JSON.stringify(encoder)))
        .transform(['red'])
        .toArray(),
    ).toEqual([[0, 1]]);
  });

  it('throws for an unknown category, or leaves zeros', () => {
    expect(() => oneHotEncoder().fit(['a']).transform(['b'])).toThrow(
      "The category 'b' was not in the data",
    );
    expect(oneHotEncoder({ unknown: 'zeros' }).fit(['a']).transform(['b']).toArray()).toEqual([
      [0],
    ]);
    expect(() =>
      oneHotEncoder()
        .fit(['a'])
        .inverse(tensor([[1, 2]])),
    ).toThrow('data/columns');
  });
});

it('toCategorical takes any shape and counts classes', () => {
  expect(toCategorical([0, 2]).shape).toEqual([2, 3]);
  expect(toCategorical(tensor([[1], [0]]), 2).toArray()).toEqual([
    [0, 1],
    [1, 0],
  ]);
  expect(toCategorical(tensor([[1, 0]]), 2).toArray()).toEqual([
    [
      [0, 1],
      [1, 0],
    ],
  ]);
  expect(() => toCategorical([3], 3)).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [data/class-number] toCategorical takes class numbers.
      got       3 at position 0
      expected  a whole number from 0 to 2
      fix       turn text into class numbers with labelEncoder()]
  `);
});
