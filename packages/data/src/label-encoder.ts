import { NameError, Tensor, ValueError, nearestName } from '@gradus/tensor';
import type { TypedArray } from '@gradus/tensor';
import { checkKind, fitted } from './columns.js';

/** A category: mostly text, but numbers that are only names (postal codes) work too. */
export type Label = string | number;

/** A saved `LabelEncoder`. */
export interface LabelEncoderJson {
  readonly kind: 'labelEncoder';
  readonly classes: readonly Label[];
}

/** Sorted, each once. Code-unit order, because it is the same on every machine and a locale's is not. */
export function distinctLabels(labels: Iterable<Label>): Label[] {
  return [...new Set(labels)].sort((a, b) => {
    if (typeof a === 'number' && typeof b === 'number') return a - b;
    const [left, right] = [String(a), String(b)];
    return left < right ? -1 : left > right ? 1 : 0;
  });
}

/** The error for a category that was not there when an encoder was fitted. */
export function unknownCategory(
  label: Label,
  row: number,
  classes: readonly Label[],
  column?: string,
): NameError {
  const shown = classes.slice(0, 12).map((known) => `'${known}'`);
  const nearest = nearestName(String(label), classes.map(String));
  const where = column === undefined ? `row ${row}` : `row ${row} of column '${column}'`;
  return new NameError(
    'data/unknown-category',
    `The category '${label}' was not in the data that were fitted.`,
    {
      got: `'${label}' in ${where} (counted from 0)`,
      expected: `one of ${shown.join(', ')}${classes.length > shown.length ? `, … (${classes.length} in all)` : ''}`,
      fix:
        nearest === undefined
          ? 'fit with data that hold every category'
          : `did you mean '${nearest}'?`,
    },
  );
}

/**
 * Numbers categories from 0, in sorted order, and back. Class numbers are what `sparseCategoricalCrossentropy` takes as
 * target; as inputs use `oneHotEncoder`, because numbers would pretend an order.
 */
export class LabelEncoder {
  #classes: readonly Label[] | undefined;
  #index: Map<Label, number> = new Map();

  /** Brings back what `toJSON` wrote. */
  static fromJSON(json: LabelEncoderJson): LabelEncoder {
    checkKind(json, 'labelEncoder');
    return new LabelEncoder().#use([...json.classes]);
  }

  #use(classes: readonly Label[]): this {
    this.#classes = classes;
    this.#index = new Map(classes.map((label, i) => [label, i]));
    return this;
  }

  /** The categories; the place in the list is the number. */
  get classes(): readonly Label[] {
    return fitted('labelEncoder', this.#classes);
  }

  /** Learns the categories, and returns itself. */
  fit(labels: Iterable<Label>): this {
    const classes = distinctLabels(labels);
    if (classes.length === 0)
      throw new ValueError('data/empty', 'labelEncoder cannot learn from no labels.', {
        got: '[]',
        expected: 'at least one label',
      });
    return this.#use(classes);
  }

  /** The number of a category, or undefined. */
  indexOf(label: Label): number | undefined {
    return this.#index.get(label);
  }

  /**
   * Class numbers, int32 `[rows]`.
   *
   * @throws NameError for a category that `fit` did not see.
   */
  transform(labels: readonly Label[]): Tensor {
    const { classes } = this;
    const numbers = Int32Array.from(labels, (label, row) => {
      const index = this.#index.get(label);
      if (index === undefined) throw unknownCategory(label, row, classes);
      return index;
    });
    return new Tensor({ shape: [numbers.length], dtype: 'int32' }, numbers);
  }

  /** Categories of class numbers. */
  inverse(numbers: Tensor | TypedArray | readonly number[]): Label[] {
    const { classes } = this;
    return Array.from(numbers instanceof Tensor ? numbers.data : numbers, (number, row) => {
      const label = classes[number];
      if (label === undefined)
        throw new ValueError('data/class-number', 'There is no class with this number.', {
          got: `${number} in row ${row}`,
          expected: `a whole number from 0 to ${classes.length - 1}`,
        });
      return label;
    });
  }

  /** Plain JSON, to be stored beside a model. */
  toJSON(): LabelEncoderJson {
    return { kind: 'labelEncoder', classes: this.classes };
  }
}

/**
 * An encoder from categories to numbers.
 *
 * @example
 * const encoder = labelEncoder().fit(['rose', 'iris', 'rose']);
 * encoder.transform(['rose', 'iris']).toArray(); // => [1,0]
 * encoder.inverse([0]); // => ["iris"]
 */
export function labelEncoder(): LabelEncoder {
  return new LabelEncoder();
}
