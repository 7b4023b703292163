import { FormatError } from '@gradus/tensor';
import Papa from 'papaparse';
import { lineEndUnifier } from './line-ends.js';

/** One record of a CSV text. */
export interface CsvRecord {
  /** The line that it begins on, counted from 1; a quoted cell can hold line ends, so records are not lines. */
  readonly line: number;
  readonly fields: readonly string[];
}

/** Cuts a CSV text that comes in pieces into records. */
export interface RecordReader {
  /** The records that are complete with this piece. */
  push(piece: string): CsvRecord[];
  /** The last record, when the text does not end with a line end. */
  end(): CsvRecord[];
}

interface Tokens {
  readonly data: readonly (readonly string[])[];
  readonly errors: readonly { readonly row?: number; readonly code: string }[];
  readonly meta: { readonly cursor: number };
}

// An open quote makes the rest of a file one cell; without a bound, a stream would scan it again for each piece.
const maxRecordLength = 2 ** 24;

/**
 * Makes a reader of records. The tokenizer is Papa Parse's; line numbers, mixed line ends and pieces are handled here.
 *
 * @param delimiter the character between fields; guessed from the first line when undefined.
 * @param name what errors call the text.
 */
export function recordReader(delimiter: string | undefined, name: string): RecordReader {
  const unify = lineEndUnifier(delimiter);
  let parser: InstanceType<typeof Papa.Parser> | undefined;
  let rest = '';
  let line = 1;
  let atStart = true;

  const read = (piece: string, last: boolean): CsvRecord[] => {
    rest += unify(piece, last);
    if (atStart && rest !== '') {
      // Spreadsheets mark UTF-8 with a character that would become part of the first column's name.
      rest = rest.replace(/^\uFEFF/, '');
      atStart = false;
    }
    if (rest === '' || !(last || rest.includes('\n'))) return [];
    parser ??= new Papa.Parser({
      delimiter: delimiter ?? guessDelimiter(rest),
      newline: '\n',
      quoteChar: '"',
    });
    const { data, errors, meta } = parser.parse(rest, 0, !last) as Tokens;
    const spansLines = rest.includes('"');
    rest = last ? '' : rest.slice(meta.cursor);

    const lines: number[] = [];
    for (const fields of data) {
      lines.push(line);
      line += 1 + (spansLines ? fields.reduce((count, field) => count + lineEnds(field), 0) : 0);
    }
    // An error in the record behind the last complete one may vanish when the next piece comes.
    const fault = errors.find(({ row = 0 }) => row < data.length);
    if (fault !== undefined) throw quoteError(fault.code, lines[fault.row ?? 0] ?? line, name);
    if (rest.length > maxRecordLength) throw quoteError('MissingQuotes', line, name);
    return data.map((fields, i) => ({ line: lines[i] ?? line, fields }));
  };
  return { push: (piece) => read(piece, false), end: () => read('', true) };
}

function lineEnds(field: string): number {
  return field.includes('\n') || field.includes('\r') ? (field.match(/\r\n?|\n/g)?.length ?? 0) : 0;
}

function guessDelimiter(text: string): string {
  const firstLine = (/^\n*(.*)/.exec(text)?.[1] ?? '').replace(/"[^"]*"/g, '');
  const count = (delimiter: string): number => firstLine.split(delimiter).length;
  return [',', ';', '\t', '|'].reduce((best, next) => (count(next) > count(best) ? next : best));
}

function quoteError(code: string, line: number, name: string): FormatError {
  return code === 'MissingQuotes'
    ? new FormatError(
        'csv/open-quote',
        `${name}, line ${line}: a quoted cell of this record never ends.`,
        {
          got: 'an opening " without a closing one',
          expected: 'a closing " before the next delimiter or line end',
          fix: 'close the quote; a cell that begins with a quotation mark is written """like this"',
        },
      )
    : new FormatError(
        'csv/quote',
        `${name}, line ${line}: a quoted cell goes on behind its closing quote.`,
        {
          got: 'text between a closing " and the next delimiter',
          expected: '"a quoted cell","another"',
          fix: 'write quotation marks inside a quoted cell twice: "say ""yes"" now"',
        },
      );
}
