import { ShapeError } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { checkFinite } from './check-finite.js';
import type { Numbers } from './columns.js';
import { checkKind, fitted, float32, numberTable, scaleColumns } from './columns.js';
import { moments } from './moments.js';

/** A saved `StandardScaler`. */
export interface StandardScalerJson {
  readonly kind: 'standardScaler';
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

interface ColumnMoments {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/**
 * Moves every column to mean 0 and standard deviation 1. Columns in thousands would otherwise drown columns in
 * fractions, and no learning rate would suit both.
 *
 *     z = (x − mean) / std,   std² = Σ (x − mean)² / rows
 *
 * A constant column has std 0 and becomes 0 everywhere.
 */
export class StandardScaler {
  #moments: ColumnMoments | undefined;

  /** Brings back what `toJSON` wrote. */
  static fromJSON(json: StandardScalerJson): StandardScaler {
    checkKind(json, 'standardScaler');
    const scaler = new StandardScaler();
    scaler.#moments = { mean: [...json.mean], std: [...json.std] };
    return scaler;
  }

  /** Mean of every column, `[columns]`. */
  get mean(): Tensor {
    const { mean } = fitted('standardScaler', this.#moments);
    return float32(mean, [mean.length]);
  }

  /** Standard deviation of every column, `[columns]`; 0 for a constant column. */
  get std(): Tensor {
    const { std } = fitted('standardScaler', this.#moments);
    return float32(std, [std.length]);
  }

  /**
   * Learns mean and std from the training data, and returns itself.
   *
   * @param x `[rows, columns]` or `[rows]`.
   * @throws ValueError when a value is not finite.
   */
  fit(x: Numbers): this {
    const { source, width, rows } = numberTable('standardScaler', x);
    if (rows === 0)
      throw new ShapeError('data/empty', 'standardScaler cannot learn from no rows.', {
        got: `shape [${source.shape.join(', ')}]`,
        expected: 'at least one row',
      });
    checkFinite(source, 'x');
    const { data } = source;
    const columns = Array.from({ length: width }, (_, j) =>
      moments(rows, (i) => data[i * width + j] as number),
    );
    this.#moments = { mean: columns.map(({ mean }) => mean), std: columns.map(({ std }) => std) };
    return this;
  }

  /** The data with the fitted columns moved and scaled, as float32 of the same shape. */
  transform(x: Numbers): Tensor {
    const { mean, std } = fitted('standardScaler', this.#moments);
    return scaleColumns(
      numberTable('standardScaler', x, mean.length),
      (value, j) => (value - (mean[j] as number)) / (std[j] || 1),
    );
  }

  /** What `transform` did, undone. */
  inverse(z: Numbers): Tensor {
    const { mean, std } = fitted('standardScaler', this.#moments);
    return scaleColumns(
      numberTable('standardScaler', z, mean.length),
      (value, j) => value * (std[j] || 1) + (mean[j] as number),
    );
  }

  /** Plain JSON, to be stored beside a model. */
  toJSON(): StandardScalerJson {
    return { kind: 'standardScaler', ...fitted('standardScaler', this.#moments) };
  }
}

/**
 * A scaler to mean 0 and standard deviation 1, to be fitted to the training data and applied to all data.
 *
 * @example
 * const scaler = standardScaler().fit([[1, 10], [3, 10]]);
 * scaler.transform([[2, 10], [5, 11]]).toArray(); // => [[0,0],[3,1]]
 */
export function standardScaler(): StandardScaler {
  return new StandardScaler();
}
