/**
 * The error function, 2/sqrt(pi) times the integral of exp(-t^2) from 0 to x, in double precision. Small arguments take
 * the series (absolute error below 1e-15); large ones the continued fraction of the complement, evaluated from the tail.
 * Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.5 and 7.1.14.
 */
export function erf(x: number): number {
  const a = Math.abs(x);
  if (Number.isNaN(x)) return NaN;
  if (a > 6) return Math.sign(x);
  if (a < 2.5) {
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= (-x * x) / n;
      sum += term / (2 * n + 1);
    }
    return 1.1283791670955126 * sum;
  }
  let fraction = 0;
  for (let k = 60; k >= 1; k--) fraction = k / 2 / (a + fraction);
  const complement = Math.exp(-a * a) / (1.772453850905516 * (a + fraction));
  return Math.sign(x) * (1 - complement);
}
