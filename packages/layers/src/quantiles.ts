/** Numbers that stand for many: each value for `weight` of the data. */
interface Summary {
  readonly values: readonly number[];
  readonly weights: readonly number[];
}

/** The curve through the points at x; flat outside. The xs ascend. */
function interpolate(x: number, xs: readonly number[], ys: readonly number[]): number {
  const above = xs.findIndex((each) => each > x);
  if (above === 0) return ys[0] as number;
  if (above < 0) return ys.at(-1) as number;
  const [x0, x1] = [xs[above - 1] as number, xs[above] as number];
  const [y0, y1] = [ys[above - 1] as number, ys[above] as number];
  return y0 + ((y1 - y0) / (x1 - x0)) * (x - x0);
}

function summarize(data: ArrayLike<number>, epsilon: number): Summary {
  const sorted = Float32Array.from(data).sort();
  const step = Math.max(sorted.length * epsilon, 1);
  const values: number[] = [];
  for (let i = Math.trunc(step - 1); i < sorted.length; i += Math.trunc(step))
    values.push(sorted[i] as number);
  return { values, weights: values.map(() => Math.fround(step)) };
}

/** A summary of 1 / epsilon numbers at equal shares of the data. */
function compress(summary: Summary, epsilon: number): Summary {
  if (summary.values.length * epsilon < 1) return summary;
  let total = 0;
  // float32 sums, as Keras keeps summaries in that dtype.
  const sums = summary.weights.map((weight) => (total = Math.fround(total + weight)));
  const shares = sums.map((sum) => Math.fround(sum / total));
  const wanted = Array.from({ length: Math.ceil(1 / epsilon) }, (_, i) => epsilon + i * epsilon);
  const upTo = wanted.map((share) => interpolate(share, shares, sums));
  return {
    values: wanted.map((share) => Math.fround(interpolate(share, shares, summary.values))),
    weights: upTo.map((sum, i) => Math.fround(sum - (upTo[i - 1] ?? 0))),
  };
}

/**
 * Boundaries that cut data into bins of about equal counts: `bins` - 1 of them, found in a summary that is exact to
 * `epsilon`, as Keras does.
 */
export function quantileBoundaries(
  data: ArrayLike<number>,
  bins: number,
  epsilon: number,
): readonly number[] {
  const summary = compress(summarize(data, epsilon), epsilon);
  return compress(summary, 1 / bins).values.slice(0, -1);
}
