import { ShapeError, Tensor, ValueError } from '@gradus/tensor';
import type { TypedArray } from '@gradus/tensor';
import { checkKind } from './columns.js';
import type { Label } from './label-encoder.js';
import { LabelEncoder, unknownCategory } from './label-encoder.js';

/** `unknown`: what a category that `fit` did not see becomes: an error (default) or a row of zeros. */
export interface OneHotEncoderOptions {
  readonly unknown?: 'error' | 'zeros';
}

/** A saved `OneHotEncoder`. */
export interface OneHotEncoderJson {
  readonly kind: 'oneHotEncoder';
  readonly classes: readonly Label[];
  readonly unknown: 'error' | 'zeros';
}

/** Turns a column of categories into one column per category, with 1 where it is the row's category and 0 elsewhere. */
export class OneHotEncoder {
  readonly unknown: 'error' | 'zeros';
  #labels: LabelEncoder = new LabelEncoder();

  constructor({ unknown = 'error' }: OneHotEncoderOptions = {}) {
    this.unknown = unknown;
  }

  /** Brings back what `toJSON` wrote. */
  static fromJSON(json: OneHotEncoderJson): OneHotEncoder {
    checkKind(json, 'oneHotEncoder');
    const encoder = new OneHotEncoder(json);
    encoder.#labels = LabelEncoder.fromJSON({ kind: 'labelEncoder', classes: json.classes });
    return encoder;
  }

  /** The categories, in the order of the columns. */
  get classes(): readonly Label[] {
    return this.#labels.classes;
  }

  /** Learns the categories, and returns itself. */
  fit(labels: Iterable<Label>): this {
    this.#labels.fit(labels);
    return this;
  }

  /**
   * float32 `[rows, classes]`.
   *
   * @throws NameError for a category that `fit` did not see, unless `unknown` is 'zeros'.
   */
  transform(labels: readonly Label[]): Tensor {
    const { classes } = this;
    const result = new Float32Array(labels.length * classes.length);
    labels.forEach((label, row) => {
      const index = this.#labels.indexOf(label);
      if (index !== undefined) result[row * classes.length + index] = 1;
      else if (this.unknown === 'error') throw unknownCategory(label, row, classes);
    });
    return new Tensor({ shape: [labels.length, classes.length], dtype: 'float32' }, result);
  }

  /** The category with the largest number in each row, so probabilities work too. */
  inverse(rows: Tensor): Label[] {
    const { classes } = this;
    const width = classes.length;
    if (rows.rank !== 2 || rows.shape[1] !== width)
      throw new ShapeError(
        'data/columns',
        'oneHotEncoder was fitted to another number of categories.',
        {
          got: `shape [${rows.shape.join(', ')}]`,
          expected: `shape [rows, ${width}]`,
        },
      );
    return Array.from({ length: rows.shape[0] as number }, (_, row) => {
      let best = 0;
      for (let j = 1; j < width; j++)
        if ((rows.data[row * width + j] as number) > (rows.data[row * width + best] as number))
          best = j;
      return classes[best] as Label;
    });
  }

  /** Plain JSON, to be stored beside a model. */
  toJSON(): OneHotEncoderJson {
    return { kind: 'oneHotEncoder', classes: this.classes, unknown: this.unknown };
  }
}

/**
 * An encoder from categories to rows with a single 1.
 *
 * @example
 * oneHotEncoder().fit(['red', 'blue']).transform(['blue', 'red']).toArray(); // => [[1,0],[0,1]]
 */
export function oneHotEncoder(options: OneHotEncoderOptions = {}): OneHotEncoder {
  return new OneHotEncoder(options);
}

/**
 * Class numbers as rows with a single 1: the targets of `categoricalCrossentropy`. A last axis of length 1 is dropped.
 *
 * @param labels whole numbers from 0, shape `[...]`.
 * @param classCount number of classes; the largest label plus 1 when left out.
 * @returns float32 `[..., classCount]`.
 * @throws ValueError for a label that is not a whole number from 0 to `classCount - 1`.
 *
 * @example
 * toCategorical([2, 0]).toArray(); // => [[0,0,1],[1,0,0]]
 */
export function toCategorical(
  labels: Tensor | TypedArray | readonly number[],
  classCount?: number,
): Tensor {
  const data = labels instanceof Tensor ? labels.data : labels;
  const shape = labels instanceof Tensor ? [...labels.shape] : [labels.length];
  if (shape.length > 1 && shape[shape.length - 1] === 1) shape.pop();
  let largest = -1;
  for (let i = 0; i < data.length; i++) largest = Math.max(largest, data[i] as number);
  const width = classCount ?? largest + 1;
  const result = new Float32Array(data.length * width);
  for (let i = 0; i < data.length; i++) {
    const label = data[i] as number;
    if (!Number.isInteger(label) || label < 0 || label >= width)
      throw new ValueError('data/class-number', 'toCategorical takes class numbers.', {
        got: `${label} at position ${i}`,
        expected: `a whole number from 0 to ${width - 1}`,
        fix: 'turn text into class numbers with labelEncoder()',
      });
    result[i * width + label] = 1;
  }
  return new Tensor({ shape: [...shape, width], dtype: 'float32' }, result);
}
