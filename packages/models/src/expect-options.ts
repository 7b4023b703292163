import { NameError, ValueError, nearestName } from '@gradus/tensor';

/** Every option of a type, so that a new one cannot be forgotten where names are checked. */
export type OptionNames<Options> = Readonly<Record<keyof Options, true>>;

/**
 * Refuses names that nobody reads: a mistyped option, or Keras' snake_case, would silently change nothing.
 *
 * @throws NameError with the nearest name; ValueError for options that are no object.
 */
export function expectOptions<Options extends object>(
  verb: string,
  options: Options,
  names: OptionNames<Options>,
): void {
  const known = Object.keys(names);
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new ValueError('model/options', `${verb} takes its options as one object.`, {
      got: Array.isArray(options) ? 'a list' : String(options),
      expected: `an object with ${known.join(', ')}`,
      fix: `for example { ${known[0]}: ... }`,
    });
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const nearest = nearestName(name, known);
    throw new NameError('model/unknown-option', `${verb} has no option '${name}'.`, {
      got: `'${name}'`,
      expected: known.sort().join(', '),
      fix: nearest === undefined ? 'use one of the options above' : `did you mean '${nearest}'?`,
    });
  }
}

/** @throws ValueError unless a count is left out or a whole number that is large enough. */
export function expectCount(verb: string, name: string, value: unknown, least: number): void {
  if (value === undefined || (Number.isInteger(value) && (value as number) >= least)) return;
  throw new ValueError('model/option', `${verb}: ${name} is a whole number.`, {
    got: `${name}: ${typeof value === 'string' ? `'${value}'` : String(value)}`,
    expected: `at least ${least}`,
    fix: `for example ${name}: ${Math.max(least, 1)}`,
  });
}
