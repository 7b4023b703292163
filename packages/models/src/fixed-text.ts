/**
 * A number with so many decimals as Python writes it: a number exactly in the middle goes to the even digit, where
 * JavaScript goes up. Shares such as 1 of 32 lie exactly in the middle.
 *
 * @example
 * fixedText(0.03125, 4); // => '0.0312'
 * fixedText(0.09375, 4); // => '0.0938'
 * fixedText(2 ** 70, 1); // => '1180591620717411303424.0'
 */
export function fixedText(value: number, decimals: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  // Such numbers are whole; JavaScript would write an exponent.
  if (Math.abs(value) >= 1e21)
    return `${BigInt(value)}${decimals > 0 ? `.${'0'.repeat(decimals)}` : ''}`;
  // Only an odd multiple of 1 / 2^(decimals + 1) lies in the middle of two decimals, and that test is exact.
  const halves = Math.abs(value) * 2 ** (decimals + 1);
  if (!Number.isInteger(halves) || halves % 2 === 0) return value.toFixed(decimals);
  const below = Math.floor(Math.abs(value) * 10 ** decimals);
  const even = below % 2 === 0 ? below : below + 1;
  return `${value < 0 ? '-' : ''}${(even / 10 ** decimals).toFixed(decimals)}`;
}
