import { ValueError } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import type { Selection } from './rows.js';
import { selectTree } from './rows.js';
import { shuffleOrder } from './stages.js';
import type { DataParts, DataTree, Tensors } from './tree.js';
import { countRows, toTensors } from './tree.js';

/** Labels whose proportions every part shall have: one per row, or the name of a part of the data (`'y'`). */
export type Stratify = string | readonly (string | number)[] | Tensor;

export interface SplitOptions {
  /** Decides which row goes where (0). */
  readonly seed?: number | string;
  /** false keeps the order of the rows, as time series need: the first rows first. Default true. */
  readonly shuffle?: boolean;
  readonly stratify?: Stratify;
}

export interface TrainTestSplitOptions extends SplitOptions {
  /** Rows for testing: a fraction below 1 (0.25), or a number of rows. */
  readonly testSize?: number;
  /** Rows for training, in the same way; the rest is for testing. */
  readonly trainSize?: number;
}

/** Two parts with no row in common. */
export interface TrainTest<T> {
  readonly train: T;
  readonly test: T;
}

function labelsOf(stratify: Stratify, tree: unknown, rows: number): readonly (string | number)[] {
  let labels: unknown = stratify;
  if (typeof labels === 'string') {
    const part = (tree as Record<string, Tensor | undefined>)[labels];
    if (part === undefined)
      throw new ValueError('data/stratify', `There is no part '${labels}' to stratify by.`, {
        got: `'${labels}'`,
        expected: `one of ${Object.keys(tree as object).join(', ')}`,
        fix: 'name the part that holds the labels, or pass the labels themselves',
      });
    labels = part;
  }
  const list = Array.isArray(labels)
    ? (labels as (string | number)[])
    : Array.from((labels as Tensor).data);
  if (list.length !== rows)
    throw new ValueError('data/stratify', 'Stratifying needs one label per row.', {
      got: `${list.length} labels for ${rows} rows`,
      expected: `${rows} labels`,
      fix: 'use class numbers, not one-hot rows',
    });
  return list;
}

/** Whole numbers in proportion to the weights that sum to the total: largest remainders are rounded up. */
function apportion(weights: readonly number[], total: number): number[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  const exact = weights.map((weight) => (weight / sum) * total);
  const counts = exact.map(Math.floor);
  let missing = total - counts.reduce((a, b) => a + b, 0);
  const byRemainder = exact
    .map((value, i) => ({ i, rest: value - (counts[i] as number) }))
    .sort((a, b) => b.rest - a.rest);
  for (const { i } of byRemainder) {
    if (missing-- <= 0) break;
    counts[i] = (counts[i] as number) + 1;
  }
  return counts;
}

/** Deals the rows into parts of the given sizes. */
function deal(
  tree: unknown,
  rows: number,
  sizes: readonly number[],
  { seed = 0, shuffle = true, stratify }: SplitOptions,
): Selection[] {
  if (stratify === undefined) {
    const order = shuffle ? shuffleOrder(seed, 0, rows) : undefined;
    let begin = 0;
    return sizes.map((size) => {
      const end = begin + size;
      const part = order === undefined ? { begin, end } : order.slice(begin, end);
      begin = end;
      return part;
    });
  }
  const labels = labelsOf(stratify, tree, rows);
  const order = shuffle
    ? shuffleOrder(seed, 0, rows)
    : Int32Array.from({ length: rows }, (_, i) => i);
  const groups = new Map<string | number, number[]>();
  for (const row of order) {
    const label = labels[row] as string | number;
    const group = groups.get(label);
    if (group === undefined) groups.set(label, [row]);
    else group.push(row);
  }
  for (const [label, group] of groups)
    if (group.length < sizes.length)
      throw new ValueError(
        'data/stratify',
        `The class '${label}' has too few rows to be in every part.`,
        {
          got: `${group.length} of ${rows} rows`,
          expected: `at least ${sizes.length}`,
          fix: 'leave out the class, collect more rows of it, or split without stratify',
        },
      );
  // Whole-table sizes first, then class by class with what earlier classes left over, so that both sums come out.
  const parts: number[][] = sizes.map(() => []);
  const left = [...sizes];
  const classes = [...groups.values()].sort((a, b) => a.length - b.length);
  classes.forEach((group) => {
    const counts = apportion(left, group.length);
    let begin = 0;
    counts.forEach((count, part) => {
      (parts[part] as number[]).push(...group.slice(begin, begin + count));
      begin += count;
      left[part] = (left[part] as number) - count;
    });
  });
  // Rows of one class must not stand together; the row's place in the shuffle decides.
  const place = new Int32Array(rows);
  order.forEach((row, i) => (place[row] = i));
  return parts.map((part) =>
    Int32Array.from(part.sort((a, b) => (place[a] as number) - (place[b] as number))),
  );
}

function sizeFrom(name: string, value: number, rows: number): number {
  const size = value < 1 ? Math.round(value * rows) : value;
  if (!(value > 0) || !Number.isInteger(size) || size < 1 || size >= rows)
    throw new ValueError('data/split-size', `${name} leaves one of the parts without rows.`, {
      got: `${name} ${value} of ${rows} rows`,
      expected: `a fraction between 0 and 1, or a whole number from 1 to ${rows - 1}`,
    });
  return size;
}

/**
 * Splits data into a part to learn from and a part to be tested on. A model is good when it is good on rows that it has
 * not seen, so keep the test part away from everything that is fitted, scalers included.
 *
 * @param data arrays or tensors that share their first axis, for example `{ x, y }`.
 * @returns `{ train, test }`, each of the form of `data`, as tensors.
 * @throws ValueError when a part would be empty, or a stratified class too small.
 *
 * @example
 * const { train, test } = trainTestSplit({ x: [1, 2, 3, 4, 5], y: [0, 0, 0, 1, 1] }, { testSize: 0.4, seed: 1 });
 * [train.x.shape, test.y.shape]; // => [[3],[2]]
 */
export function trainTestSplit<S extends DataTree | DataParts<S>>(
  data: S,
  options: TrainTestSplitOptions = {},
): TrainTest<Tensors<S>> {
  const tree = toTensors(data);
  const rows = countRows(tree);
  const { trainSize, testSize } = options;
  const test =
    testSize !== undefined
      ? sizeFrom('testSize', testSize, rows)
      : trainSize !== undefined
        ? rows - sizeFrom('trainSize', trainSize, rows)
        : sizeFrom('testSize', 0.25, rows);
  const train =
    testSize !== undefined && trainSize !== undefined
      ? sizeFrom('trainSize', trainSize, rows)
      : rows - test;
  if (train + test > rows)
    throw new ValueError(
      'data/split-size',
      'trainSize and testSize together need more rows than there are.',
      {
        got: `${train} + ${test} of ${rows} rows`,
        expected: `at most ${rows}`,
        fix: 'leave out one of the two: it gets the rest',
      },
    );
  const sizes = train + test < rows ? [train, test, rows - train - test] : [train, test];
  const [first, second] = deal(tree, rows, sizes, options);
  return {
    train: selectTree(tree, first as Selection) as Tensors<S>,
    test: selectTree(tree, second as Selection) as Tensors<S>,
  };
}

/**
 * Splits data into parts of given fractions, for example train, validation and test.
 *
 * @param fractions one per part; they are taken relative to their sum.
 * @throws ValueError when a part would be empty.
 *
 * @example
 * splitByFractions([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [0.6, 0.2, 0.2]).map((part) => part.size); // => [6,2,2]
 */
export function splitByFractions<S extends DataTree | DataParts<S>>(
  data: S,
  fractions: readonly number[],
  options: SplitOptions = {},
): Tensors<S>[] {
  const tree = toTensors(data);
  const rows = countRows(tree);
  const isValid = fractions.length > 0 && fractions.every((fraction) => fraction > 0);
  const sizes = isValid ? apportion(fractions, rows) : [];
  if (!isValid || sizes.includes(0))
    throw new ValueError('data/split-size', 'Every part of a split needs rows.', {
      got: `fractions [${fractions.join(', ')}] of ${rows} rows`,
      expected: 'positive fractions, each worth at least one row',
    });
  return deal(tree, rows, sizes, options).map((part) => selectTree(tree, part) as Tensors<S>);
}

/** `folds`: number of parts (5). The other options are those of a split. */
export interface KFoldOptions extends SplitOptions {
  readonly folds?: number;
}

/**
 * Cross-validation: cuts the data into `folds` parts and gives, for each, that part to test on and all others to train
 * on. Every row is tested exactly once, which makes the most of few data.
 *
 * @throws ValueError when there are fewer rows than folds.
 *
 * @example
 * kFold([1, 2, 3, 4, 5, 6], { folds: 3 }).map(({ train, test }) => [train.size, test.size]); // => [[4,2],[4,2],[4,2]]
 */
export function kFold<S extends DataTree | DataParts<S>>(
  data: S,
  { folds = 5, ...options }: KFoldOptions = {},
): TrainTest<Tensors<S>>[] {
  const tree = toTensors(data);
  const rows = countRows(tree);
  if (!Number.isInteger(folds) || folds < 2 || folds > rows)
    throw new ValueError('data/folds', 'Every fold needs a row, and one fold is none.', {
      got: `${folds} folds for ${rows} rows`,
      expected: `a whole number from 2 to ${rows}`,
    });
  const base = Math.floor(rows / folds);
  const sizes = Array.from({ length: folds }, (_, i) => base + (i < rows % folds ? 1 : 0));
  const parts = deal(tree, rows, sizes, options);
  const all = Int32Array.from({ length: rows }, (_, i) => i);
  const partOf = new Int32Array(rows);
  parts.forEach((part, i) => {
    if (part instanceof Int32Array) for (const row of part) partOf[row] = i;
    else partOf.fill(i, part.begin, part.end);
  });
  const order = options.shuffle === false ? all : shuffleOrder(options.seed ?? 0, 0, rows);
  return parts.map((part, i) => ({
    train: selectTree(
      tree,
      order.filter((row) => partOf[row] !== i),
    ) as Tensors<S>,
    test: selectTree(tree, part) as Tensors<S>,
  }));
}
