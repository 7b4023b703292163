/** The real data of the tutorial: tables from the data folder, and what Keras reaches with them. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { readCsv } from '@gradus/io';
import { tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';

// Seen from the built file (dist/main.js) and from the source alike, the data lie one folder up.
const dataFolder = new URL('../data/', import.meta.url);

/** Rows for training and testing, always the same ones, and Keras' accuracy on the test rows. */
export interface RealData {
  readonly train: { readonly x: Tensor; readonly y: Tensor };
  readonly test: { readonly x: Tensor; readonly y: Tensor };
  readonly keras: { readonly mean: number; readonly runs: readonly number[] };
}

interface Reference {
  readonly accuracy: readonly number[];
  readonly meanAccuracy: number;
  readonly testRows: readonly number[];
}

/** Reads a table whose last column is the class; all others are inputs. */
export async function readRealData(name: 'iris' | 'digits'): Promise<RealData> {
  const table = await readCsv(fileURLToPath(new URL(`${name}.csv`, dataFolder)));
  const reference = JSON.parse(
    await readFile(new URL('reference.json', dataFolder), 'utf8'),
  ) as Readonly<Record<'iris' | 'digits', Reference>>;
  const { accuracy, meanAccuracy, testRows } = reference[name];

  const isTest = new Set(testRows);
  const trainRows = Array.from({ length: table.rowCount }, (_, row) => row).filter(
    (row) => !isTest.has(row),
  );
  const inputs = table.columns.slice(0, -1).map((column) => table.numbers(column));
  const classes = table.numbers(table.columns.at(-1) as string);
  const pick = (rows: readonly number[]): { x: Tensor; y: Tensor } => ({
    x: tensor(rows.map((row) => inputs.map((column) => column[row] as number))),
    y: tensor(rows.map((row) => classes[row] as number)),
  });
  return {
    train: pick(trainRows),
    test: pick(testRows),
    keras: { mean: meanAccuracy, runs: accuracy },
  };
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** Our accuracy beside that of Keras, with the number of training runs behind each. */
export function compareWithKeras(
  ours: readonly number[],
  { mean, runs }: RealData['keras'],
): string {
  const own = ours.reduce((a, b) => a + b, 0) / ours.length;
  const range = (of: readonly number[]): string =>
    of.length === 1
      ? 'one run'
      : `mean of ${of.length} runs, ${percent(Math.min(...of))} to ${percent(Math.max(...of))}`;
  return `accuracy on the test rows:  Gradus ${percent(own)} (${range(ours)})\n                            Keras  ${percent(mean)} (${range(runs)})`;
}
