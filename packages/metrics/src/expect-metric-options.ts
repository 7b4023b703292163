import { NameError, Tensor, ValueError, nearestName } from '@gradus/tensor';

/**
 * Refuses options that the metric does not read: a mistyped threshold would silently measure something else.
 *
 * @throws NameError with the nearest name; ValueError for options that are no object.
 */
export function expectMetricOptions(
  name: string,
  options: unknown,
  config: Readonly<Record<string, unknown>>,
): void {
  const known = [...new Set(['name', ...Object.keys(config)])];
  // compile was given the factory as if it were a function of target and prediction.
  if (options instanceof Tensor)
    throw new ValueError('metric/options', `${name} makes a metric and was not called.`, {
      got: 'a tensor in the place of options',
      expected: 'options, or nothing',
      fix: `metrics: [${name}()]`,
    });
  if (typeof options !== 'object' || options === null)
    throw new ValueError('metric/options', `${name} takes its options by name, in one object.`, {
      got: String(options),
      expected: `an object with ${known.join(', ')}`,
      fix: `${name}({ name: 'mine' })`,
    });
  for (const option of Object.keys(options)) {
    // Files of Keras say of each metric in which dtype it counts.
    if (known.includes(option) || option === 'dtype') continue;
    const nearest = nearestName(option, known);
    throw new NameError('metric/unknown-option', `${name} has no option '${option}'.`, {
      got: `'${option}'`,
      expected: known.sort().join(', '),
      fix: nearest === undefined ? 'use one of the options above' : `did you mean '${nearest}'?`,
    });
  }
}
