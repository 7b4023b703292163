import { describe, expect, it } from 'vitest';
import { parseCsv } from './read-csv.js';

const table = parseCsv('x,y,name\n1,2,a\n3,,b\n5,6,\n');

describe('Table', () => {
  it('selects columns and makes a matrix of them', () => {
    expect(table.select(['y', 'x']).columns).toEqual(['y', 'x']);
    expect(table.toMatrix(['x'])).toEqual({
      shape: [3, 1],
      dtype: 'float32',
      data: Float32Array.of(1, 3, 5),
    });
    const { data } = table.toMatrix(['y', 'x'], { dtype: 'float64', allowMissing: true });
    expect(data).toEqual(Float64Array.of(2, 1, NaN, 3, 6, 5));
  });

  it('drops and fills missing values, and keeps the lines of the rows', () => {
    const complete = table.dropMissing(['y']);
    expect(complete.numbers('x')).toEqual(Float64Array.of(1, 5));
    expect(complete.texts('name')).toEqual(['a', '']);
    expect(complete.missing('name').rows).toEqual([1]);
    expect(complete.line(1)).toBe(4);
    expect(table.dropMissing().rowCount).toBe(1);
    const filled = table.fillMissing({ y: 4, name: 'c' });
    expect(filled.numbers('y')).toEqual(Float64Array.of(2, 4, 6));
    expect(filled.texts('name')).toEqual(['a', 'b', 'c']);
    expect(filled.missing('y').count).toBe(0);
    expect(table.missing('y').count).toBe(1);
  });

  it('describes itself', () => {
    expect(table.describe()).toMatchInlineSnapshot(`
      "3 rows, 3 columns
      column  type     missing  values
      x       float64  0        1 to 5, mean 3, standard deviation 2
      y       float64  1        2 to 6, mean 4, standard deviation 2.82843
      name    text     1        2 distinct, most often "a" (1)"
    `);
    expect(parseCsv('a,b\n').describe()).toContain('none');
  });

  it('throws for text as numbers, numbers as text, gaps in a matrix and unknown columns', () => {
    expect(() => table.numbers('name')).toThrowErrorMatchingInlineSnapshot(`
      [FormatError: [csv/text-column] Column "name" holds text, not numbers.
        got       texts such as "a"
        expected  a column of numbers
        fix       choose other columns, or turn the texts into numbers first (a category into one column for each value)]
    `);
    expect(() => table.texts('x')).toThrowErrorMatchingInlineSnapshot(`
      [FormatError: [csv/number-column] Column "x" holds numbers, not text.
        got       float64
        expected  a column of text
        fix       read the file with dtypes: { "x": 'text' }]
    `);
    expect(() => table.toMatrix(['x', 'y'])).toThrowErrorMatchingInlineSnapshot(`
      [FormatError: [csv/matrix-missing] Column "y" has missing values, so it makes no matrix.
        got       1 missing, on line 3
        expected  a value in every row
        fix       call dropMissing() or fillMissing({ "y": 0 }) first, or pass allowMissing: true]
    `);
    expect(() => table.fillMissing({ y: 'none' })).toThrowErrorMatchingInlineSnapshot(`
      [FormatError: [csv/fill] Column "y" cannot be filled with a string.
        got       "none"
        expected  a number
        fix       give a value of the column's type, float64]
    `);
    expect(() => table.column('nam')).toThrowErrorMatchingInlineSnapshot(`
      [NameError: [column/unknown] There is no column called 'nam'.
        got       'nam'
        expected  one of name, x, y
        fix       did you mean 'name'?]
    `);
  });
});
