import { ShapeError, Tensor, ValueError } from '@gradus/tensor';
import { checkKind, fitted } from './columns.js';
import type { Label } from './label-encoder.js';
import { distinctLabels, unknownCategory } from './label-encoder.js';
import { moments } from './moments.js';
import type { TableColumn, TableSource } from './table-column.js';
import { isAbsent, readTableColumn, tableFrom, tableRows } from './table-column.js';

export type Task = 'regression' | 'classification';

export interface TabularEncoderOptions {
  /** The column to predict. */
  readonly target: string;
  /** The columns to predict from; all others by default. */
  readonly features?: readonly string[];
  /** By default classification for text and for whole numbers of at most 10 kinds, else regression. */
  readonly task?: Task;
  /** What happens to a row with a missing number: 'mean' (default) fills in the mean, 'drop' leaves out the row. */
  readonly missing?: 'mean' | 'drop';
  /** What a text becomes that was not fitted: 'zeros' (default) in all its columns, or an error. */
  readonly unknown?: 'zeros' | 'error';
  /** Numbers to mean 0 and standard deviation 1 (true). */
  readonly standardize?: boolean;
  /** A text column with more kinds than this (50) is ignored: it names rows rather than describing them. */
  readonly maxCategories?: number;
}

type Options = Required<Omit<TabularEncoderOptions, 'features' | 'task'>>;

/** How one column becomes features. */
export type FeatureRule =
  | { readonly kind: 'number'; readonly name: string; readonly mean: number; readonly std: number }
  | { readonly kind: 'text'; readonly name: string; readonly categories: readonly string[] };

/** A column that was not used, and why. */
export interface IgnoredColumn {
  readonly name: string;
  readonly reason: string;
}

/** A saved `TabularEncoder`. */
export interface TabularEncoderJson {
  readonly kind: 'tabular';
  readonly options: Options;
  readonly task: Task;
  readonly classes: readonly Label[] | null;
  readonly rules: readonly FeatureRule[];
  readonly ignored: readonly IgnoredColumn[];
}

/** A row that could not be used, counted from 0, and why. */
export interface DroppedRow {
  readonly row: number;
  readonly reason: string;
}

/** Rows as numbers, and what had to be done to get them. */
export interface TabularRows {
  /** float32 `[rows, features]`. */
  readonly x: Tensor;
  /** float32 `[rows, 1]`: the number, or the class number. Absent when the table has no target column. */
  readonly y?: Tensor;
  /** Which rows of the table these are, counted from 0. */
  readonly rows: readonly number[];
  readonly dropped: readonly DroppedRow[];
  /** Number of filled cells for each column that had missing ones. */
  readonly imputed: Readonly<Record<string, number>>;
  /** Texts that were not fitted, for each column that has any. */
  readonly unknown: Readonly<Record<string, readonly string[]>>;
}

const mostKindsOfNumbers = 10;

function inferTask(target: TableColumn, rows: readonly number[]): Task {
  if (target.kind === 'text') return 'classification';
  const kinds = new Set<number>();
  for (const row of rows) {
    const value = target.values[row] as number;
    if (!Number.isInteger(value)) return 'regression';
    kinds.add(value);
  }
  // Few rows have few kinds of anything: a class should come up about three times at least.
  return kinds.size <= mostKindsOfNumbers && kinds.size * 3 <= rows.length
    ? 'classification'
    : 'regression';
}

function fitRule(
  column: TableColumn,
  rows: readonly number[],
  maxCategories: number,
): FeatureRule | IgnoredColumn {
  const { name } = column;
  const present = rows.filter((row) => !isAbsent(column, row));
  if (present.length === 0) return { name, reason: 'it has no values' };
  if (column.kind === 'number') {
    return {
      kind: 'number',
      name,
      ...moments(present.length, (i) => column.values[present[i] as number] as number),
    };
  }
  const categories = distinctLabels(present.map((row) => column.values[row] as string)) as string[];
  if (categories.length > maxCategories)
    return {
      name,
      reason: `it has ${categories.length} different texts, more than ${maxCategories}`,
    };
  if (categories.length === present.length && present.length > mostKindsOfNumbers)
    return {
      name,
      reason: 'every row has another text, so it names rows and says nothing about new ones',
    };
  return { kind: 'text', name, categories };
}

/**
 * Turns the rows of a table into numbers: number columns are standardised, text columns become one column per
 * category, missing values are filled or their rows left out, and the target becomes numbers or class numbers. What it
 * learns (means, categories) it learns from the rows given to `fit`, and applies to any rows.
 */
export class TabularEncoder {
  readonly #options: Options;
  readonly #wanted: readonly string[] | undefined;
  #task: Task | undefined;
  #classes: readonly Label[] | undefined;
  #rules: readonly FeatureRule[] | undefined;
  #ignored: readonly IgnoredColumn[] = [];

  constructor(options: TabularEncoderOptions) {
    const {
      target,
      missing = 'mean',
      unknown = 'zeros',
      standardize = true,
      maxCategories = 50,
    } = options;
    this.#options = { target, missing, unknown, standardize, maxCategories };
    this.#wanted = options.features;
    this.#task = options.task;
  }

  /** Brings back what `toJSON` wrote. */
  static fromJSON(json: TabularEncoderJson): TabularEncoder {
    checkKind(json, 'tabular');
    const encoder = new TabularEncoder({ ...json.options, task: json.task });
    encoder.#classes = json.classes ?? undefined;
    encoder.#rules = json.rules;
    encoder.#ignored = json.ignored;
    return encoder;
  }

  get target(): string {
    return this.#options.target;
  }

  get task(): Task {
    return fitted('tabular', this.#task);
  }

  /** The classes of the target, in the order of their numbers; undefined for regression. */
  get classes(): readonly Label[] | undefined {
    return this.#classes;
  }

  /** How each used column becomes features. */
  get rules(): readonly FeatureRule[] {
    return fitted('tabular', this.#rules);
  }

  get ignored(): readonly IgnoredColumn[] {
    return this.#ignored;
  }

  /** One name per column of `x`: `age`, `city=Rome`. */
  get featureNames(): readonly string[] {
    return this.rules.flatMap((rule) =>
      rule.kind === 'number'
        ? [rule.name]
        : rule.categories.map((category) => `${rule.name}=${category}`),
    );
  }

  /**
   * Learns from some rows (all by default), and returns itself. The list of classes is taken from the whole table: which
   * answers exist is no secret of the test rows, which answer they have is.
   *
   * @throws NameError for an unknown column; ValueError when no row has a target or no column is of use.
   */
  fit(source: TableSource, rows?: readonly number[]): this {
    const table = tableFrom(source);
    const { target: name, maxCategories } = this.#options;
    const target = readTableColumn(table, name);
    const all = Array.from({ length: tableRows(table) }, (_, row) => row);
    const labelled = all.filter((row) => !isAbsent(target, row));
    const chosen = (rows ?? all).filter((row) => !isAbsent(target, row));
    if (chosen.length === 0)
      throw new ValueError('data/target', `No row has a value in the target column '${name}'.`, {
        got: `${(rows ?? all).length} rows without target`,
        expected: 'rows to learn from',
        fix: 'choose another target column',
      });
    const task = this.#task ?? inferTask(target, labelled);
    if (task === 'regression' && target.kind === 'text')
      throw new ValueError(
        'data/target',
        `The target column '${name}' holds text, so its values cannot be regressed.`,
        {
          got: `'${String(target.values[labelled[0] as number])}'`,
          expected: 'numbers',
          fix: "use task: 'classification', or choose another target column",
        },
      );
    const rules: FeatureRule[] = [];
    const ignored: IgnoredColumn[] = [];
    for (const column of this.#wanted ?? table.columns.filter((other) => other !== name)) {
      const rule = fitRule(readTableColumn(table, column), chosen, maxCategories);
      if ('kind' in rule) rules.push(rule);
      else ignored.push(rule);
    }
    if (rules.length === 0)
      throw new ValueError('data/features', 'There is no column to predict from.', {
        got:
          ignored.map((column) => `'${column.name}': ${column.reason}`).join('; ') ||
          'only the target column',
        expected: 'at least one column of numbers or of categories',
      });
    this.#task = task;
    this.#classes =
      task === 'classification'
        ? distinctLabels(labelled.map((row) => target.values[row] as Label))
        : undefined;
    this.#rules = rules;
    this.#ignored = ignored;
    return this;
  }

  /**
   * Rows of a table as tensors. A table without the target column gives `x` alone, to predict from.
   *
   * @throws NameError when a fitted column is missing, or for an unknown text with `unknown: 'error'` or in the target;
   * ValueError when no row is left.
   */
  transform(source: TableSource, rows?: readonly number[]): TabularRows {
    const table = tableFrom(source);
    const { rules, task } = this;
    const { target: targetName, missing, unknown: onUnknown } = this.#options;
    const columns = rules.map((rule) => readTableColumn(table, rule.name, rule.kind));
    const target = table.columns.includes(targetName)
      ? readTableColumn(
          table,
          targetName,
          typeof this.#classes?.[0] === 'string' ? 'text' : 'number',
        )
      : undefined;
    const rowCount = tableRows(table);
    const dropped: DroppedRow[] = [];
    const kept = (rows ?? Array.from({ length: rowCount }, (_, row) => row)).filter((row) => {
      if (row < 0 || row >= rowCount || !Number.isInteger(row))
        throw new ValueError('data/row', 'The table has no such row.', {
          got: `row ${row}`,
          expected: `a whole number from 0 to ${rowCount - 1}`,
        });
      const gap =
        target !== undefined && isAbsent(target, row)
          ? target
          : missing === 'drop'
            ? columns.find((column) => isAbsent(column, row))
            : undefined;
      if (gap !== undefined) dropped.push({ row, reason: `no value in column '${gap.name}'` });
      return gap === undefined;
    });
    if (kept.length === 0)
      throw new ValueError('data/empty', 'No row of the table can be used.', {
        got: dropped[0] === undefined ? 'no rows' : `row ${dropped[0].row}: ${dropped[0].reason}`,
        expected: 'at least one row',
        fix: "use missing: 'mean', or leave out columns with many gaps",
      });
    const width = this.featureNames.length;
    const x = new Float32Array(kept.length * width);
    const imputed: Record<string, number> = {};
    const unknown: Record<string, string[]> = {};
    let offset = 0;
    rules.forEach((rule, i) => {
      const column = columns[i] as TableColumn;
      const indexOf = new Map(
        rule.kind === 'text' ? rule.categories.map((category, j) => [category, j]) : [],
      );
      kept.forEach((row, position) => {
        const at = position * width + offset;
        const value = column.values[row];
        const absent = isAbsent(column, row);
        if (absent) imputed[rule.name] = (imputed[rule.name] ?? 0) + 1;
        if (rule.kind === 'number') {
          x[at] = this.#scaled(rule, absent ? rule.mean : (value as number));
        } else if (!absent) {
          const index = indexOf.get(value as string);
          if (index !== undefined) x[at + index] = 1;
          else if (onUnknown === 'error')
            throw unknownCategory(value as string, row, rule.categories, rule.name);
          else if (!(unknown[rule.name] ??= []).includes(value as string))
            unknown[rule.name]?.push(value as string);
        }
      });
      offset += rule.kind === 'number' ? 1 : rule.categories.length;
    });
    const result = {
      x: new Tensor({ shape: [kept.length, width], dtype: 'float32' }, x),
      rows: kept,
      dropped,
      imputed,
      unknown,
    };
    return target === undefined ? result : { ...result, y: this.#targets(target, kept, task) };
  }

  #scaled({ mean, std }: { readonly mean: number; readonly std: number }, value: number): number {
    return this.#options.standardize ? (value - mean) / (std || 1) : value;
  }

  #targets(target: TableColumn, rows: readonly number[], task: Task): Tensor {
    const classes = this.#classes ?? [];
    const indexOf = new Map(classes.map((label, i) => [label, i]));
    const y = Float32Array.from(rows, (row) => {
      const value = target.values[row] as Label;
      if (task === 'regression') return value as number;
      const index = indexOf.get(value);
      if (index === undefined) throw unknownCategory(value, row, classes, target.name);
      return index;
    });
    return new Tensor({ shape: [rows.length, 1], dtype: 'float32' }, y);
  }

  /**
   * What a prediction says in the words of the table: the class with the largest number in each row, or for two classes
   * and one column the second class from 0.5 on; for regression the numbers themselves.
   *
   * @param prediction `[rows, classes]` or `[rows, 1]`.
   */
  decode(prediction: Tensor): Label[] {
    const classes = this.#classes;
    const rows = prediction.shape[0] ?? 0;
    const width = prediction.size / rows;
    const { data } = prediction;
    const isBinary = classes?.length === 2 && width === 1;
    if (classes === undefined ? width !== 1 : width !== classes.length && !isBinary)
      throw new ShapeError('data/prediction', 'The prediction does not belong to this target.', {
        got: `shape [${prediction.shape.join(', ')}]`,
        expected: classes === undefined ? 'shape [rows, 1]' : `shape [rows, ${classes.length}]`,
      });
    return Array.from({ length: rows }, (_, row) => {
      const first = data[row * width] as number;
      if (classes === undefined) return first;
      if (width === 1) return classes[isBinary && first >= 0.5 ? 1 : 0] as Label;
      let best = 0;
      for (let j = 1; j < width; j++)
        if ((data[row * width + j] as number) > (data[row * width + best] as number)) best = j;
      return classes[best] as Label;
    });
  }

  /** Plain JSON, to be stored beside a model. */
  toJSON(): TabularEncoderJson {
    return {
      kind: 'tabular',
      options: this.#options,
      task: this.task,
      classes: this.#classes ?? null,
      rules: this.rules,
      ignored: this.#ignored,
    };
  }
}
