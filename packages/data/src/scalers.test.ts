import { tensor } from '@gradus/tensor';
import { describe, expect, it } from 'vitest';
import { MinMaxScaler, minMaxScaler } from './min-max-scaler.js';
import { StandardScaler, standardScaler } from './standard-scaler.js';

const x = [
  [1, 100, 7],
  [2, 200, 7],
  [3, 600, 7],
];

describe('standardScaler', () => {
  it('gives mean 0 and standard deviation 1, and 0 for a constant column', () => {
    const scaler = standardScaler().fit(x);
    const z = standardScaler().fit(scaler.transform(x));
    expect(scaler.mean.toArray()).toEqual([2, 300, 7]);
    expect(scaler.std.toArray()).toEqual([
      Math.fround(Math.sqrt(2 / 3)),
      Math.fround(Math.sqrt(140000 / 3)),
      0,
    ]);
    for (const value of z.mean.data) expect(value).toBeCloseTo(0, 6);
    expect(Array.from(z.std.data, (value) => Math.round(value * 1e6) / 1e6)).toEqual([1, 1, 0]);
  });

  it('applies what it learned to other rows, and undoes it', () => {
    const scaler = standardScaler().fit(
      tensor([
        [0, 5],
        [2, 5],
      ]),
    );
    expect(scaler.transform([[4, 6]]).toArray()).toEqual([[3, 1]]);
    expect(scaler.inverse([[3, 1]]).toArray()).toEqual([[4, 6]]);
    expect(standardScaler().fit([1, 3]).transform([5]).toArray()).toEqual([3]);
  });

  it('keeps small deviations beside a large mean, in float64', () => {
    const { std } = standardScaler().fit(Float64Array.of(1e8, 1e8 + 1, 1e8 + 2));
    expect(std.item()).toBeCloseTo(Math.sqrt(2 / 3), 6);
    expect(
      standardScaler()
        .fit(Float64Array.of(0.1, 0.1, 0.1))
        .std.item(),
    ).toBe(0);
  });

  it('survives JSON', () => {
    const scaler = standardScaler().fit(x);
    const again = StandardScaler.fromJSON(JSON.parse(JSON.stringify(scaler)));
    expect(again.transform(x).data).toEqual(scaler.transform(x).data);
    expect(() => StandardScaler.fromJSON(minMaxScaler().fit(x).toJSON() as never)).toThrow(
      'data/kind',
    );
  });

  it('says what is wrong', () => {
    expect(() => standardScaler().transform(x)).toThrowErrorMatchingInlineSnapshot(`
      [ValueError: [data/not-fitted] standardScaler has not seen any data yet.
        got       a call before fit()
        expected  a fitted one
        fix       call fit(x) with the training data first]
    `);
    expect(() =>
      standardScaler()
        .fit(x)
        .transform([[1, 2]]),
    ).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: [data/columns] standardScaler was fitted to data with other columns.
        got       shape [1, 2]
        expected  shape [rows, 3]
        fix       pass the same columns in the same order as to fit()]
    `);
    expect(() => standardScaler().fit([[1], [NaN]])).toThrow('row 1, column 0');
  });
});

describe('minMaxScaler', () => {
  it('moves columns into a range, and back', () => {
    const scaler = minMaxScaler({ low: -1, high: 1 }).fit(x);
    expect(
      scaler
        .transform([
          [1, 600, 7],
          [4, 350, 7],
        ])
        .toArray(),
    ).toEqual([
      [-1, 1, -1],
      [2, 0, -1],
    ]);
    expect(scaler.inverse(scaler.transform(x)).toArray()).toEqual(x);
    expect([scaler.min.toArray(), scaler.max.toArray()]).toEqual([
      [1, 100, 7],
      [3, 600, 7],
    ]);
  });

  it('survives JSON', () => {
    const scaler = minMaxScaler({ high: 5 }).fit(x);
    const again = MinMaxScaler.fromJSON(JSON.parse(JSON.stringify(scaler)));
    expect(again.transform(x).data).toEqual(scaler.transform(x).data);
  });

  it('says what is wrong', () => {
    expect(() => minMaxScaler({ low: 1, high: 1 })).toThrow('data/range');
    expect(() => minMaxScaler().inverse(x)).toThrow('data/not-fitted');
  });
});
