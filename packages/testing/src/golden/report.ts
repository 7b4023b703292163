import type { Outcome } from './run-case.js';
import type { FileOutcomes } from './run-folder.js';

const count = (outcomes: readonly Outcome[], status: Outcome['status']): number =>
  outcomes.filter((o) => o.status === status).length;

/** `N passed, N failed, N skipped` of all files together. */
export function goldenTotals(files: readonly FileOutcomes[]): string {
  const all = files.flatMap(({ outcomes }) => outcomes);
  return `${count(all, 'passed')} passed, ${count(all, 'failed')} failed, ${count(all, 'skipped')} skipped`;
}

/** The whole report: a table of files, what was skipped and why, what failed and how, and the totals as the last line. */
export function goldenReport(files: readonly FileOutcomes[]): string {
  const width = Math.max(4, ...files.map(({ file }) => file.length));
  const row = (name: string, ...cells: (string | number)[]): string =>
    name.padEnd(width) + cells.map((cell) => String(cell).padStart(10)).join('');
  const lines = [row('file', 'passed', 'failed', 'skipped', 'largest')];
  const reasons = new Map<string, number>();
  const failures: string[] = [];
  for (const { file, outcomes } of files) {
    const largest = outcomes.reduce(
      (most, o) => (o.status === 'passed' ? Math.max(most, o.largest) : most),
      0,
    );
    lines.push(
      row(
        file,
        count(outcomes, 'passed'),
        count(outcomes, 'failed'),
        count(outcomes, 'skipped'),
        largest.toPrecision(2),
      ),
    );
    for (const { name, status, reasons: why } of outcomes) {
      if (status === 'skipped')
        for (const reason of why) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      if (status === 'failed')
        failures.push(
          `FAILED ${file} ${name}`,
          ...why.map((reason) => `  ${reason.split('\n').join('\n  ')}`),
        );
    }
  }
  if (reasons.size > 0) {
    lines.push('', 'skipped');
    for (const [reason, times] of [...reasons].sort(
      ([a, n], [b, m]) => m - n || a.localeCompare(b),
    ))
      lines.push(`${String(times).padStart(5)}  ${reason}`);
  }
  if (failures.length > 0) lines.push('', ...failures);
  return [...lines, '', goldenTotals(files)].join('\n');
}
