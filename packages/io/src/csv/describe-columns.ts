import type { TypedArray } from '@gradus/tensor';
import type { Column } from './column.js';

/** The summary that `Table.describe` prints: one line for each column, aligned. */
export function describeColumns(columns: readonly Column[], rowCount: number): string {
  const lines = columns.map((column) => [
    column.name,
    column.type,
    String(column.missing.length),
    ...(column.type === 'text'
      ? describeTexts(column.data as readonly string[], column.missing)
      : describeNumbers(column.data as TypedArray)),
  ]);
  lines.unshift(['column', 'type', 'missing', 'values']);
  const widths = [0, 1, 2].map((i) => Math.max(...lines.map((line) => (line[i] ?? '').length)));
  const table = lines.map((line) =>
    line
      .map((part, i) => part.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [`${count(rowCount, 'row')}, ${count(columns.length, 'column')}`, ...table].join('\n');
}

function describeNumbers(data: TypedArray): [string] {
  let present = 0;
  let mean = 0;
  let squares = 0;
  let min = Infinity;
  let max = -Infinity;
  for (const value of data) {
    if (Number.isNaN(value)) continue;
    present++;
    // Welford's running sums: the plain sum of squares loses all digits when the spread is small beside the mean.
    const distance = value - mean;
    mean += distance / present;
    squares += distance * (value - mean);
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  if (present === 0) return ['none'];
  const deviation =
    present > 1 ? `, standard deviation ${short(Math.sqrt(squares / (present - 1)))}` : '';
  return [`${short(min)} to ${short(max)}, mean ${short(mean)}${deviation}`];
}

function describeTexts(texts: readonly string[], missing: readonly number[]): [string] {
  const absent = new Set(missing);
  const counts = new Map<string, number>();
  texts.forEach((text, row) => {
    if (!absent.has(row)) counts.set(text, (counts.get(text) ?? 0) + 1);
  });
  if (counts.size === 0) return ['none'];
  const [text, times] = [...counts].reduce((most, next) => (next[1] > most[1] ? next : most));
  const shown = text.length > 30 ? `${text.slice(0, 29)}…` : text;
  return [`${counts.size} distinct, most often ${JSON.stringify(shown)} (${times})`];
}

function short(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
