import { ValueError } from '@gradus/tensor';

/** What numbers an option takes. */
export interface NumberRange {
  /** The smallest. Default: none. */
  readonly least?: number;
  /** The largest. Default: none. */
  readonly most?: number;
}

/**
 * Checks that an option is a number in a range.
 *
 * @throws ValueError that names the layer and the option.
 */
export function expectNumber(
  label: string,
  option: string,
  value: unknown,
  { least = -Infinity, most = Infinity }: NumberRange = {},
): void {
  if (typeof value === 'number' && value >= least && value <= most) return;
  const range =
    least === -Infinity
      ? 'a number'
      : most === Infinity
        ? `a number of at least ${least}`
        : `a number from ${least} to ${most}`;
  const isNumber = typeof value === 'number' && !Number.isNaN(value);
  throw new ValueError('layer/option', `${label}: ${option} is impossible.`, {
    got: `${option}: ${isNumber ? value : (JSON.stringify(value) ?? 'undefined')}`,
    expected: range,
    fix: `for example ${option}: ${isNumber ? Math.min(Math.max(Math.abs(value), least), most) : Math.max(least, 0) || 1}`,
  });
}
