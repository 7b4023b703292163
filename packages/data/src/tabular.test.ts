import { tensor } from '@gradus/tensor';
import { describe, expect, it } from 'vitest';
import { TabularEncoder } from './tabular-encoder.js';
import { tabular, tabularEncoder } from './tabular.js';

const people = {
  age: [20, null, 40, 60, 30],
  city: ['Rome', 'Oslo', '', 'Rome', 'Oslo'],
  constant: [1, 1, 1, 1, 1],
  empty: [null, null, null, null, null],
  wage: [1.5, 2.5, 3.5, null, 5.5],
};

describe('tabular', () => {
  it('standardises numbers, one-hot encodes text, fills gaps and reports', () => {
    const { x, y, featureNames, task, report, classes } = tabular(people, { target: 'wage' });
    expect(task).toBe('regression');
    expect(classes).toBeUndefined();
    expect(featureNames).toEqual(['age', 'city=Oslo', 'city=Rome', 'constant']);
    expect(y.toArray()).toEqual([[1.5], [2.5], [3.5], [5.5]]);
    const std = Math.sqrt(200 / 3);
    expect(x.toArray()).toEqual([
      [Math.fround(-10 / std), 0, 1, 0],
      [0, 1, 0, 0],
      [Math.fround(10 / std), 0, 0, 0],
      [0, 1, 0, 0],
    ]);
    expect(report.dropped).toEqual([{ row: 3, reason: "no value in column 'wage'" }]);
    expect(report.messages).toMatchInlineSnapshot(`
      [
        "Column 'empty' is not used: it has no values.",
        "Column 'constant' has the same value everywhere, so nothing can be learned from it.",
        "Column 'age': 1 missing value filled with the mean.",
        "Column 'city': 1 missing value left without a category.",
        "Left out, rows counted from 0: row 3 (no value in column 'wage').",
      ]
    `);
  });

  it('drops rows with gaps when asked', () => {
    const { report } = tabular(people, {
      target: 'wage',
      missing: 'drop',
      features: ['age', 'city'],
    });
    expect(report.dropped.map(({ row }) => row)).toEqual([1, 2, 3]);
    expect([report.rows, report.usedRows]).toEqual([5, 2]);
  });

  it('classifies text and few whole numbers', () => {
    const text = tabular({ x: [1, 2, 3], kind: ['b', 'a', 'b'] }, { target: 'kind' });
    expect([text.task, text.classes, text.y.toArray()]).toEqual([
      'classification',
      ['a', 'b'],
      [[1], [0], [1]],
    ]);
    const rows = Array.from({ length: 12 }, (_, i) => i);
    const whole = tabular({ x: rows, digit: rows.map((i) => (i % 2) + 5) }, { target: 'digit' });
    expect([whole.task, whole.classes]).toEqual(['classification', [5, 6]]);
    expect(tabular({ x: rows, y: rows }, { target: 'y' }).task).toBe('regression');
    expect(
      tabular({ x: rows, y: rows.map((i) => i % 2) }, { target: 'y', task: 'regression' }).task,
    ).toBe('regression');
  });

  it('learns from the training rows alone', () => {
    const value = Array.from({ length: 40 }, (_, i) => i * i);
    const result = tabular(
      { value, y: value.map((v) => v / 2) },
      { target: 'y', testSize: 0.25, seed: 1 },
    );
    const mean = (data: ArrayLike<number>): number =>
      Array.from(data).reduce((a, b) => a + b, 0) / data.length;
    expect(result.train.x.shape).toEqual([30, 1]);
    expect(result.test?.x.shape).toEqual([10, 1]);
    expect(mean(result.train.x.data)).toBeCloseTo(0, 6);
    expect(Math.abs(mean(result.x.data))).toBeGreaterThan(1e-3);
  });

  it('stratifies, and reports texts that only test rows have', () => {
    const label = Array.from({ length: 20 }, (_, i) => (i < 16 ? 'common' : 'rare'));
    const { test } = tabular(
      { x: label.map((_, i) => i), label },
      { target: 'label', testSize: 0.25, stratify: true },
    );
    expect(Array.from(test?.y.data ?? []).filter((value) => value === 1)).toHaveLength(1);
    const city = ['Rome', 'Oslo', 'Rome', 'Oslo', 'Bern'];
    const late = tabular(
      { city, y: [1.5, 2, 3, 4, 5] },
      { target: 'y', testSize: 1, shuffle: false },
    );
    expect(late.test?.x.toArray()).toEqual([[0, 0]]);
    expect(late.report.messages).toEqual(["Column 'city': 'Bern' not among the training rows."]);
  });

  it('ignores columns that only name rows', () => {
    const rows = Array.from({ length: 12 }, (_, i) => i);
    const { report } = tabular(
      { id: rows.map((i) => `p${i}`), x: rows, y: rows.map((i) => i / 3) },
      { target: 'y' },
    );
    expect(report.ignored).toEqual([
      {
        name: 'id',
        reason: 'every row has another text, so it names rows and says nothing about new ones',
      },
    ]);
  });

  it('reads tables that know their gaps', () => {
    const table = {
      columns: ['x', 'y'],
      column: (name: string) =>
        name === 'x' ? ['NA', 'a', 'b', 'a'] : Float64Array.of(1.5, 2, 3, 4),
      missing: (name: string) => ({ rows: name === 'x' ? [0] : [] }),
    };
    const { featureNames, report } = tabular(table, { target: 'y' });
    expect(featureNames).toEqual(['x=a', 'x=b']);
    expect(report.imputed).toEqual({ x: 1 });
  });

  it('says what is wrong', () => {
    expect(() => tabular(people, { target: 'wages' })).toThrowErrorMatchingInlineSnapshot(`
      [NameError: [column/unknown] There is no column called 'wages'.
        got       'wages'
        expected  one of age, city, constant, empty, wage
        fix       did you mean 'wage'?]
    `);
    expect(() => tabular(people, { target: 'empty' })).toThrowErrorMatchingInlineSnapshot(`
      [ValueError: [data/target] No row has a value in the target column 'empty'.
        got       5 rows without target
        expected  rows to learn from
        fix       choose another target column]
    `);
    expect(() => tabular(people, { target: 'city', task: 'regression' }))
      .toThrowErrorMatchingInlineSnapshot(`
      [ValueError: [data/target] The target column 'city' holds text, so its values cannot be regressed.
        got       'Rome'
        expected  numbers
        fix       use task: 'classification', or choose another target column]
    `);
    expect(() => tabular({ y: [1, 2], gone: [null, null] }, { target: 'y' }))
      .toThrowErrorMatchingInlineSnapshot(`
      [ValueError: [data/features] There is no column to predict from.
        got       'gone': it has no values
        expected  at least one column of numbers or of categories]
    `);
    expect(() => tabular({ x: [1, Infinity], y: [1, 2] }, { target: 'y' })).toThrow(
      "Column 'x' should hold finite numbers",
    );
  });
});

describe('TabularEncoder', () => {
  it('survives JSON and encodes rows without target', () => {
    const { encoder, x } = tabular(people, { target: 'wage' });
    const again = TabularEncoder.fromJSON(JSON.parse(JSON.stringify(encoder)));
    expect(again.transform(people).x.data).toEqual(x.data);
    expect(again.featureNames).toEqual(encoder.featureNames);
    const fresh = { age: [1], city: ['Bern'], constant: [1] };
    const { y, unknown } = again.transform(fresh);
    expect(y).toBeUndefined();
    expect(unknown).toEqual({ city: ['Bern'] });
  });

  it('decodes predictions', () => {
    const kinds = (kind: string[]): TabularEncoder =>
      tabularEncoder({ target: 'kind' }).fit({ x: kind.map((_, i) => i), kind });
    expect(
      kinds(['b', 'a', 'c']).decode(
        tensor([
          [0.1, 0.2, 0.7],
          [0.5, 0.3, 0.2],
        ]),
      ),
    ).toEqual(['c', 'a']);
    expect(kinds(['b', 'a']).decode(tensor([[0.4], [0.5]]))).toEqual(['a', 'b']);
    expect(kinds(['b', 'a']).decode(tensor([[0.4, 0.6]]))).toEqual(['b']);
    expect(tabular(people, { target: 'wage' }).encoder.decode(tensor([[1.5]]))).toEqual([1.5]);
    expect(() => kinds(['b', 'a', 'c']).decode(tensor([[1]]))).toThrow('data/prediction');
  });

  it('refuses unknown texts, foreign rows and use before fit', () => {
    const table = {
      columns: ['c', 'y'],
      column: (name: string) => (name === 'c' ? ['a', 'b'] : [1.5, 2.5]),
    };
    const encoder = tabularEncoder({ target: 'y', unknown: 'error' });
    expect(() => encoder.transform(table)).toThrow('data/not-fitted');
    encoder.fit(table, [0]);
    expect(() => encoder.transform(table)).toThrowErrorMatchingInlineSnapshot(`
      [NameError: [data/unknown-category] The category 'b' was not in the data that were fitted.
        got       'b' in row 1 of column 'c' (counted from 0)
        expected  one of 'a'
        fix       did you mean 'a'?]
    `);
    expect(() => encoder.transform(table, [2])).toThrowErrorMatchingInlineSnapshot(`
      [ValueError: [data/row] The table has no such row.
        got       row 2
        expected  a whole number from 0 to 1]
    `);
  });
});
