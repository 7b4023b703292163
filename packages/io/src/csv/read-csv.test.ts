import { describe, expect, it } from 'vitest';
import type { CsvOptions } from './csv-options.js';
import { parseCsv } from './read-csv.js';

/** The text of the error that reading throws. */
function errorOf(text: string, options: CsvOptions = {}): string {
  try {
    parseCsv(text, { name: 'people.csv', ...options });
  } catch (error) {
    return String(error);
  }
  throw new Error('nothing was thrown');
}

describe('parseCsv', () => {
  it('infers numbers and text, and keeps the order of the columns', () => {
    const table = parseCsv('height,name\n1.8,Ada\n1.75,"Lovelace, A."\n');
    expect(table.columns).toEqual(['height', 'name']);
    expect(table.rowCount).toBe(2);
    expect(table.column('height')).toEqual(Float64Array.of(1.8, 1.75));
    expect(table.column('name')).toEqual(['Ada', 'Lovelace, A.']);
    expect(table.type('height')).toBe('float64');
  });

  it('reads declared types', () => {
    const dtypes = { a: 'float32', b: 'int32', c: 'bool', d: 'text' } as const;
    const table = parseCsv('a,b,c,d\n0.1,-3,True,01\n2e3,7,0,02\n', { dtypes });
    expect(table.column('a')).toEqual(Float32Array.of(0.1, 2000));
    expect(table.column('b')).toEqual(Int32Array.of(-3, 7));
    expect(table.column('c')).toEqual(Uint8Array.of(1, 0));
    expect(table.column('d')).toEqual(['01', '02']);
  });

  it('counts missing values, leaves NaN among numbers and the text as it stands among texts', () => {
    const table = parseCsv('x,t\n1,a\n,NA\nNaN,b\n null ,\n');
    expect(table.column('x')).toEqual(Float64Array.of(1, NaN, NaN, NaN));
    expect(table.missing('x')).toEqual({ count: 3, rows: [1, 2, 3] });
    expect(table.column('t')).toEqual(['a', 'NA', 'b', '']);
    expect(table.missing('t')).toEqual({ count: 2, rows: [1, 3] });
    expect(parseCsv('x\n1\n-999\n', { missing: ['-999'] }).missing('x').rows).toEqual([1]);
  });

  it('takes a column without any value as numbers', () => {
    expect(parseCsv('x,y\n,1\n,2\n').column('x')).toEqual(Float64Array.of(NaN, NaN));
  });

  it('accepts a byte order mark, mixed line ends, blank lines and no final line end', () => {
    const table = parseCsv('\uFEFFa,b\r\n1,"x\r\ny"\r\n\r\n2,5" pipe\n3,z\r4,w');
    expect(table.column('a')).toEqual(Float64Array.of(1, 2, 3, 4));
    expect(table.column('b')).toEqual(['x\r\ny', '5" pipe', 'z', 'w']);
    expect([0, 1, 2, 3].map((row) => table.line(row))).toEqual([2, 5, 6, 7]);
  });

  it('guesses the delimiter from the first line', () => {
    expect(parseCsv('a;b\n1;2,5\n').columns).toEqual(['a', 'b']);
    expect(parseCsv('a\tb\n1\t2\n').numbers('b')).toEqual(Float64Array.of(2));
    expect(parseCsv('"a;x;y",b\n1,2\n').columns).toEqual(['a;x;y', 'b']);
    expect(parseCsv('a:b\n1:2\n', { delimiter: ':' }).columns).toEqual(['a', 'b']);
  });

  it('reads without a header, with given names, and behind a preamble', () => {
    expect(parseCsv('1,2\n3,4\n', { header: false }).columns).toEqual(['column_1', 'column_2']);
    expect(parseCsv('1,2\n', { header: ['a', 'b'] }).rowCount).toBe(1);
    expect(parseCsv('made by X\na,b\n1,2\n', { skipRecords: 1, delimiter: ',' }).columns).toEqual([
      'a',
      'b',
    ]);
    expect(parseCsv('2019,2020\n1,2\n', { header: true }).columns).toEqual(['2019', '2020']);
  });

  it('makes a table without rows from a header alone', () => {
    const table = parseCsv('a,b');
    expect(table.rowCount).toBe(0);
    expect(table.toMatrix().shape).toEqual([0, 2]);
  });

  it('reads a column of texts with a few numbers as text', () => {
    expect(parseCsv('x\n1\n2\nthree\n').type('x')).toBe('text');
    expect(parseCsv('x\n0x10\n1\n').type('x')).toBe('text');
  });
});

describe('errors of parseCsv', () => {
  it('name the line, the column and the cell of a text among numbers', () => {
    const rows = Array.from({ length: 20 }, (_, i) =>
      i === 7 ? 'twelve' : i === 9 ? '?' : String(i),
    );
    expect(errorOf(`age\n${rows.join('\n')}\n`)).toMatchInlineSnapshot(`
      "FormatError: [csv/cell] people.csv, line 9: column "age" is nearly all numbers, but this cell does not fit.
        got       "twelve" (and 1 more, on line 11)
        expected  a number, or a missing value (an empty cell, NA, N/A, NaN, nan, null, NULL)
        fix       correct the cell, add "twelve" to the option missing, or pass dtypes: { "age": 'text' }"
    `);
    expect(errorOf('age,n\n1,1.5\n', { dtypes: { n: 'int32' } })).toMatchInlineSnapshot(`
      "FormatError: [csv/cell] people.csv, line 2: column "n" is int32, but this cell does not fit.
        got       "1.5"
        expected  a whole number from -2147483648 to 2147483647
        fix       correct the cell or pass dtypes: { "n": 'text' }"
    `);
    expect(errorOf('age,n\n1,\n', { dtypes: { n: 'bool' } })).toMatchInlineSnapshot(`
      "FormatError: [csv/missing] people.csv, line 2: column "n" is bool, which has no missing value.
        got       ""
        expected  true, false, 1 or 0
        fix       complete the cell, or pass dtypes: { "n": 'float64' }, where a missing value is NaN"
    `);
  });

  it('count lines, not records, behind a quoted cell of several lines', () => {
    expect(errorOf('a,b\n1,"two\nlines"\n3\n')).toMatchInlineSnapshot(`
      "FormatError: [csv/ragged] people.csv, line 4: this record has 1 field.
        got       1 field: 3
        expected  2 fields: a | b
        fix       complete the record, or pass the option delimiter if another character parts the fields"
    `);
  });

  it('tell a record that is too long', () => {
    expect(errorOf('a,b\n1,2\n1,2,3\n')).toMatchInlineSnapshot(`
      "FormatError: [csv/ragged] people.csv, line 3: this record has 3 fields.
        got       3 fields: 1 | 2 | 3
        expected  2 fields: a | b
        fix       put cells that contain the delimiter into quotes"
    `);
  });

  it('tell an empty file', () => {
    expect(errorOf('')).toMatchInlineSnapshot(`
      "FormatError: [csv/empty] people.csv is empty.
        got       no record at all
        expected  at least a header, such as height,weight
        fix       check that the right file was chosen and that it was written completely"
    `);
    expect(errorOf('\n\n')).toContain('csv/empty');
  });

  it('tell a header that comes twice, and one that is data', () => {
    expect(errorOf('a,b,a\n1,2,3\n')).toMatchInlineSnapshot(`
      "FormatError: [csv/duplicate-header] people.csv, line 1: two columns are called "a".
        got       "a" as column 1 and column 3
        expected  every name once
        fix       rename one of them, or pass the names as header: [...] with skipRecords: 1"
    `);
    expect(errorOf('1,2\n3,4\n')).toMatchInlineSnapshot(`
      "FormatError: [csv/header] people.csv, line 1: the header is made of numbers alone.
        got       1, 2
        expected  names of columns
        fix       pass header: false if this is a row of data, header: [...] to name the columns, or header: true to keep it"
    `);
  });

  it('tell wrong quotes', () => {
    expect(errorOf('a,b\n1,"open\n2,3\n')).toMatchInlineSnapshot(`
      "FormatError: [csv/open-quote] people.csv, line 2: a quoted cell of this record never ends.
        got       an opening " without a closing one
        expected  a closing " before the next delimiter or line end
        fix       close the quote; a cell that begins with a quotation mark is written """like this""
    `);
    expect(errorOf('a,b\n1,"x"y\n')).toMatchInlineSnapshot(`
      "FormatError: [csv/quote] people.csv, line 2: a quoted cell goes on behind its closing quote.
        got       text between a closing " and the next delimiter
        expected  "a quoted cell","another"
        fix       write quotation marks inside a quoted cell twice: "say ""yes"" now""
    `);
  });

  it('suggest the column that a type was meant for', () => {
    expect(errorOf('height\n1\n', { dtypes: { hieght: 'float32' } })).toMatchInlineSnapshot(`
      "NameError: [column/unknown] There is no column called 'hieght'.
        got       'hieght'
        expected  one of height
        fix       did you mean 'height'?"
    `);
  });
});
