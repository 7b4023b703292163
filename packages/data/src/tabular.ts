import type { Tensor } from '@gradus/tensor';
import type { SplitOptions } from './split.js';
import { trainTestSplit } from './split.js';
import type { TableSource } from './table-column.js';
import { isAbsent, readTableColumn, tableFrom, tableRows } from './table-column.js';
import type { Label } from './label-encoder.js';
import type {
  DroppedRow,
  IgnoredColumn,
  TabularEncoderOptions,
  TabularRows,
  Task,
} from './tabular-encoder.js';
import { TabularEncoder } from './tabular-encoder.js';

export interface TabularOptions
  extends TabularEncoderOptions, Pick<SplitOptions, 'seed' | 'shuffle'> {
  /** Rows to keep for testing: a fraction, or a number. Without it there is no test part. */
  readonly testSize?: number;
  /** The same proportions of classes in both parts (false). */
  readonly stratify?: boolean;
}

/** What was done to the table. */
export interface TabularReport {
  readonly rows: number;
  readonly usedRows: number;
  readonly dropped: readonly DroppedRow[];
  readonly imputed: Readonly<Record<string, number>>;
  readonly unknown: Readonly<Record<string, readonly string[]>>;
  readonly ignored: readonly IgnoredColumn[];
  /** Used columns that have one value only, so that nothing can be learned from them. */
  readonly constant: readonly string[];
  /** All of this in sentences, empty when nothing had to be done. */
  readonly messages: readonly string[];
}

/** Rows to train or test on. */
export type TabularPart = { readonly x: Tensor; readonly y: Tensor };

export interface Tabular {
  /** All usable rows in the order of the table: float32 `[rows, features]`. */
  readonly x: Tensor;
  /** float32 `[rows, 1]`: the number, or the class number. */
  readonly y: Tensor;
  readonly featureNames: readonly string[];
  readonly task: Task;
  /** For classification: the names of the classes, in the order of their numbers. */
  readonly classes?: readonly Label[];
  readonly train: TabularPart;
  /** There when `testSize` was given. */
  readonly test?: TabularPart;
  readonly report: TabularReport;
  /** Does the same to other rows; store `encoder.toJSON()` with the model. */
  readonly encoder: TabularEncoder;
}

function reportOf(encoder: TabularEncoder, rowCount: number, result: TabularRows): TabularReport {
  const { dropped, imputed, unknown } = result;
  const constant = encoder.rules
    .filter((rule) => (rule.kind === 'number' ? rule.std === 0 : rule.categories.length === 1))
    .map((rule) => rule.name);
  const isNumber = new Set(
    encoder.rules.filter((rule) => rule.kind === 'number').map((rule) => rule.name),
  );
  const cells = (count: number): string => `${count} missing ${count === 1 ? 'value' : 'values'}`;
  const messages = [
    ...encoder.ignored.map(({ name, reason }) => `Column '${name}' is not used: ${reason}.`),
    ...constant.map(
      (name) =>
        `Column '${name}' has the same value everywhere, so nothing can be learned from it.`,
    ),
    ...Object.entries(imputed).map(([name, count]) =>
      isNumber.has(name)
        ? `Column '${name}': ${cells(count)} filled with the mean.`
        : `Column '${name}': ${cells(count)} left without a category.`,
    ),
    ...Object.entries(unknown).map(
      ([name, texts]) =>
        `Column '${name}': ${texts.map((text) => `'${text}'`).join(', ')} not among the training rows.`,
    ),
  ];
  if (dropped.length > 0) {
    const shown = dropped.slice(0, 5).map(({ row, reason }) => `row ${row} (${reason})`);
    const rest = dropped.length > shown.length ? `, and ${dropped.length - shown.length} more` : '';
    messages.push(`Left out, rows counted from 0: ${shown.join(', ')}${rest}.`);
  }
  const { ignored } = encoder;
  return {
    rows: rowCount,
    usedRows: result.rows.length,
    dropped,
    imputed,
    unknown,
    ignored,
    constant,
    messages,
  };
}

/**
 * From a table with numbers, text and gaps to tensors a model can train on, in one call: number columns standardised, text
 * columns one-hot, gaps filled or left out, target as numbers or class numbers, and a report of what was done. With
 * `testSize`, means and categories are learned from the training rows alone.
 *
 * @param table anything with `columns` and `column(name)`, such as a table of @gradus/io; or a record of arrays.
 * @throws NameError for an unknown column; ValueError when nothing is left to learn from.
 *
 * @example
 * const cars = { weight: [1, 2, 3], fuel: ['gas', 'diesel', 'gas'], price: [10.5, 20.5, 30.5] };
 * const { featureNames, task } = tabular(cars, { target: 'price' });
 * featureNames; // => ["weight","fuel=diesel","fuel=gas"]
 * task; // => "regression"
 */
export function tabular(
  table: TableSource,
  options: TabularOptions & { readonly testSize: number },
): Tabular & { readonly test: TabularPart };
export function tabular(table: TableSource, options: TabularOptions): Tabular;
export function tabular(table: TableSource, options: TabularOptions): Tabular {
  const source = tableFrom(table);
  const { testSize, seed = 0, shuffle = true, stratify = false } = options;
  const encoder = new TabularEncoder(options);
  const rowCount = tableRows(source);
  let parts: { train: readonly number[]; test: readonly number[] } | undefined;
  if (testSize !== undefined) {
    const target = readTableColumn(source, options.target);
    const labelled = Array.from({ length: rowCount }, (_, row) => row).filter(
      (row) => !isAbsent(target, row),
    );
    const split = trainTestSplit(Int32Array.from(labelled), {
      testSize,
      seed,
      shuffle,
      ...(stratify ? { stratify: labelled.map((row) => target.values[row] as Label) } : {}),
    });
    parts = { train: Array.from(split.train.data), test: Array.from(split.test.data) };
  }
  encoder.fit(source, parts?.train);
  const all = encoder.transform(source);
  const part = (rows: readonly number[] | undefined): TabularPart => {
    const { x, y } = rows === undefined ? all : encoder.transform(source, rows);
    return { x, y: y as Tensor };
  };
  return {
    ...part(undefined),
    featureNames: encoder.featureNames,
    task: encoder.task,
    ...(encoder.classes === undefined ? {} : { classes: encoder.classes }),
    train: part(parts?.train),
    ...(parts === undefined ? {} : { test: part(parts.test) }),
    report: reportOf(encoder, rowCount, all),
    encoder,
  };
}

/** An encoder to be fitted and applied by hand, for more parts than train and test. */
export function tabularEncoder(options: TabularEncoderOptions): TabularEncoder {
  return new TabularEncoder(options);
}
