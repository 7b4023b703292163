import type { GoldenCase } from './format.js';
import { runCase } from './run-case.js';
import type { Outcome, RunOptions } from './run-case.js';

/** The outcomes of one file. */
export interface FileOutcomes {
  /** Path inside the folder, with `/`. */
  readonly file: string;
  readonly outcomes: readonly Outcome[];
}

/**
 * Runs every case of every `*.json` in a folder and in its `layers` folder.
 *
 * @throws Error when there is no such folder, no file in it, or a file is not a list of cases.
 */
export async function runGoldenFolder(
  folder: string,
  options: RunOptions = {},
): Promise<FileOutcomes[]> {
  const { existsSync, readFileSync, readdirSync } = await import('node:fs');
  const { join } = await import('node:path');
  const namesIn = (part: string): string[] =>
    existsSync(join(folder, part))
      ? readdirSync(join(folder, part))
          .filter((name) => name.endsWith('.json'))
          .sort()
          .map((name) => (part === '' ? name : `${part}/${name}`))
      : [];
  const files = [...namesIn(''), ...namesIn('layers')];
  if (files.length === 0) throw new Error(`There are no golden files (*.json) in ${folder}.`);
  const results: FileOutcomes[] = [];
  for (const file of files) {
    const cases = JSON.parse(readFileSync(join(folder, file), 'utf8')) as GoldenCase[];
    if (!Array.isArray(cases)) throw new Error(`${file} is not a list of cases.`);
    const outcomes: Outcome[] = [];
    for (const golden of cases) outcomes.push(await runCase(golden, options));
    results.push({ file, outcomes });
  }
  return results;
}
