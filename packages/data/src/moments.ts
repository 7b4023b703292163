/** Mean and standard deviation, the latter over the rows themselves (divided by their number, not by one less). */
export interface Moments {
  readonly mean: number;
  readonly std: number;
}

/**
 * Moments of `count` numbers, in float64 and two passes, so that a large mean does not swallow the deviations. Equal
 * numbers have exactly their value as mean and 0 as std: a rounded sum must not pass for a spread and be scaled up.
 */
export function moments(count: number, at: (i: number) => number): Moments {
  const first = at(0);
  let sum = 0;
  let isConstant = true;
  for (let i = 0; i < count; i++) {
    sum += at(i);
    if (at(i) !== first) isConstant = false;
  }
  if (isConstant) return { mean: first, std: 0 };
  const mean = sum / count;
  let squares = 0;
  for (let i = 0; i < count; i++) squares += (at(i) - mean) ** 2;
  return { mean, std: Math.sqrt(squares / count) };
}
