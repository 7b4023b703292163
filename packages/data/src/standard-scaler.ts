import { ShapeError } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { checkFinite } from './check-finite.js';
import type { Numbers } from './columns.js';
import { checkKind, fitted, float32, numberTable, scaleColumns } from './columns.js';

/** A saved `StandardScaler`. */
export interface StandardScalerJson {
  readonly kind: 'standardScaler';
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

interface Moments {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/**
 * Moves every column to mean 0 and standard deviation 1. Columns in thousands would otherwise drown columns in
 * fractions, and no learning rate would suit both.
 *
 *     z = (x − mean) / std,   std² = Σ (x − mean)² / rows
 *
 * A constant column has std 0 and becomes 0 everywhere. Computed in float64 in two passes, so that a large mean does not
 * swallow the deviations.
 *
 * Method: B. P. Welford's warning about one-pass sums, Technometrics 4 (1962), is met by the second pass.
 */
export class StandardScaler {
  #moments: Moments | undefined;

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
    const mean = new Array<number>(width).fill(0);
    const std = new Array<number>(width).fill(0);
    for (let i = 0; i < data.length; i++) mean[i % width] = (mean[i % width] as number) + (data[i] as number);
    for (let j = 0; j < width; j++) mean[j] = (mean[j] as number) / rows;
    for (let i = 0; i < data.length; i++) {
      const j = i % width;
      std[j] = (std[j] as number) + ((data[i] as number) - (mean[j] as number)) ** 2;
    }
    for (let j = 0; j < width; j++) {
      const deviation = Math.sqrt((std[j] as number) / rows);
      // The mean of equal numbers can be off by a rounding; what is left is noise of that size, not a spread.
      std[j] = deviation <= Math.abs(mean[j] as number) * 1e-14 ? 0 : deviation;
    }
    this.#moments = { mean, std };
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
