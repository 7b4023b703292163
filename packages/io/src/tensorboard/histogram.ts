/** How often values lie where. */
export interface Histogram {
  /** Upper ends of the buckets. */
  readonly limits: readonly number[];
  readonly counts: readonly number[];
  readonly min: number;
  readonly max: number;
  readonly sum: number;
  readonly sumOfSquares: number;
}

/** Counts finite values in buckets of the same width between the least and the greatest; undefined without any. */
export function histogramOf(values: ArrayLike<number>, buckets = 30): Histogram | undefined {
  let [min, max, sum, sumOfSquares] = [Infinity, -Infinity, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!Number.isFinite(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
    sumOfSquares += value * value;
  }
  if (min > max) return undefined;
  const width = (max - min) / buckets;
  if (!(width > 0)) {
    // All the same: one bucket around them, with an empty one below, since only upper ends are kept.
    let count = 0;
    for (let i = 0; i < values.length; i++) if (Number.isFinite(values[i])) count++;
    return { limits: [min - 0.5, min + 0.5], counts: [0, count], min, max, sum, sumOfSquares };
  }
  const counts = new Array<number>(buckets + 1).fill(0);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!Number.isFinite(value)) continue;
    const at = 1 + Math.min(buckets - 1, Math.floor((value - min) / width));
    counts[at] = (counts[at] as number) + 1;
  }
  const limits = counts.map((_, i) => (i === buckets ? max : min + i * width));
  return { limits, counts, min, max, sum, sumOfSquares };
}
