import { ShapeError, ValueError } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { checkFinite } from './check-finite.js';
import type { Numbers } from './columns.js';
import { checkKind, fitted, float32, numberTable, scaleColumns } from './columns.js';

/** The range that the training data get: `low` (0) to `high` (1). */
export interface MinMaxScalerOptions {
  readonly low?: number;
  readonly high?: number;
}

/** A saved `MinMaxScaler`. */
export interface MinMaxScalerJson {
  readonly kind: 'minMaxScaler';
  readonly low: number;
  readonly high: number;
  readonly min: readonly number[];
  readonly max: readonly number[];
}

/**
 * Moves every column into one range, for data with hard bounds such as pixels.
 *
 *     z = low + (x − min) / (max − min) · (high − low)
 *
 * A constant column becomes `low` everywhere. Values outside what `fit` saw land outside the range.
 */
export class MinMaxScaler {
  readonly low: number;
  readonly high: number;
  #bounds: { readonly min: readonly number[]; readonly max: readonly number[] } | undefined;

  constructor({ low = 0, high = 1 }: MinMaxScalerOptions = {}) {
    if (!(low < high))
      throw new ValueError('data/range', 'minMaxScaler needs a range with room in it.', {
        got: `low ${low}, high ${high}`,
        expected: 'low below high',
      });
    this.low = low;
    this.high = high;
  }

  /** Brings back what `toJSON` wrote. */
  static fromJSON(json: MinMaxScalerJson): MinMaxScaler {
    checkKind(json, 'minMaxScaler');
    const scaler = new MinMaxScaler(json);
    scaler.#bounds = { min: [...json.min], max: [...json.max] };
    return scaler;
  }

  /** Smallest value of every column, `[columns]`. */
  get min(): Tensor {
    const { min } = fitted('minMaxScaler', this.#bounds);
    return float32(min, [min.length]);
  }

  /** Largest value of every column, `[columns]`. */
  get max(): Tensor {
    const { max } = fitted('minMaxScaler', this.#bounds);
    return float32(max, [max.length]);
  }

  /**
   * Learns the bounds from the training data, and returns itself.
   *
   * @param x `[rows, columns]` or `[rows]`.
   * @throws ValueError when a value is not finite.
   */
  fit(x: Numbers): this {
    const { source, width, rows } = numberTable('minMaxScaler', x);
    if (rows === 0)
      throw new ShapeError('data/empty', 'minMaxScaler cannot learn from no rows.', {
        got: `shape [${source.shape.join(', ')}]`,
        expected: 'at least one row',
      });
    checkFinite(source, 'x');
    const min = new Array<number>(width).fill(Infinity);
    const max = new Array<number>(width).fill(-Infinity);
    for (let i = 0; i < source.data.length; i++) {
      const value = source.data[i] as number;
      const j = i % width;
      if (value < (min[j] as number)) min[j] = value;
      if (value > (max[j] as number)) max[j] = value;
    }
    this.#bounds = { min, max };
    return this;
  }

  /** The data in the range, as float32 of the same shape. */
  transform(x: Numbers): Tensor {
    const { min, max } = fitted('minMaxScaler', this.#bounds);
    const { low, high } = this;
    return scaleColumns(numberTable('minMaxScaler', x, min.length), (value, j) => {
      const least = min[j] as number;
      return low + ((value - least) / ((max[j] as number) - least || 1)) * (high - low);
    });
  }

  /** What `transform` did, undone. */
  inverse(z: Numbers): Tensor {
    const { min, max } = fitted('minMaxScaler', this.#bounds);
    const { low, high } = this;
    return scaleColumns(numberTable('minMaxScaler', z, min.length), (value, j) => {
      const least = min[j] as number;
      return least + ((value - low) / (high - low)) * ((max[j] as number) - least || 1);
    });
  }

  /** Plain JSON, to be stored beside a model. */
  toJSON(): MinMaxScalerJson {
    const { low, high } = this;
    return { kind: 'minMaxScaler', low, high, ...fitted('minMaxScaler', this.#bounds) };
  }
}

/**
 * A scaler into the range `low` to `high`, to be fitted to the training data and applied to all data.
 *
 * @example
 * minMaxScaler().fit([[0], [10]]).transform([[5], [20]]).toArray(); // => [[0.5],[2]]
 */
export function minMaxScaler(options: MinMaxScalerOptions = {}): MinMaxScaler {
  return new MinMaxScaler(options);
}
