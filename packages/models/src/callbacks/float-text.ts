/**
 * A number as Python writes it, so that messages compare with those of Keras: a whole number keeps `.0`, and numbers under
 * 0.0001 or from 1e16 have an exponent of two digits at least.
 *
 * @example
 * floatText(1); // => '1.0'
 * floatText(0.00001); // => '1e-05'
 */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16))
    return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
