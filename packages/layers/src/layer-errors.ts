import { ShapeError, ValueError, formatShape, nearestName } from '@gradus/tensor';
import type { SymbolicShape } from './symbolic.js';

/** How errors speak of a layer: its factory, and its name if the user gave one, as in `dense "hidden"`. */
export function layerLabel(
  className: string,
  { name }: { readonly name?: string | undefined },
): string {
  // A run of capitals is one word: lstmCell, rnn; a single one is the first letter: dense, convLSTM2d.
  const start = /^[A-Z]+(?![a-z])/.exec(className)?.[0] ?? className.charAt(0);
  const factory = (start.toLowerCase() + className.slice(start.length)).replace(/(\d)D/, '$1d');
  return name === undefined ? factory : `${factory} "${name}"`;
}

/**
 * The length of an axis that a layer must know to make its parameters.
 *
 * @throws ShapeError when the axis does not exist or its length is not known.
 */
export function knownLength(label: string, shape: SymbolicShape, axis = -1): number {
  const length = shape.at(axis);
  if (typeof length === 'number') return length;
  throw new ShapeError(
    'layer/unknown-axis',
    `${label} must know the length of axis ${axis} of its input.`,
    {
      got: formatSymbolic(shape),
      expected: `a number on axis ${axis}`,
      fix: 'give that length in input({ shape }) or inputShape',
    },
  );
}

/** A shape for people: the batch is called so, other unknown lengths are `?`. */
export function formatSymbolic(shape: SymbolicShape): string {
  return formatShape(
    shape.length > 0 && shape[0] === null ? [null, ...shape.slice(1)] : shape,
  ).replace(/(, )batch/g, '$1?');
}

/**
 * Checks the number of axes of an input.
 *
 * @throws ShapeError that names the layer and the axes it wants.
 */
export function expectRank(label: string, shape: SymbolicShape, axes: readonly string[]): void {
  if (shape.length === axes.length) return;
  throw new ShapeError('layer/rank', `${label} takes inputs with ${axes.length} axes.`, {
    got: `${formatSymbolic(shape)}, which has ${shape.length}`,
    expected: `[${axes.join(', ')}]`,
    fix:
      shape.length === axes.length - 1 && axes.at(-1) === 'channels'
        ? `add an axis for the channels: reshape({ targetShape: [${[...shape.slice(1).map((n) => n ?? -1), 1].join(', ')}] })`
        : 'change the shape with reshape() or flatten() before it',
  });
}

/**
 * Checks an input of a call against the shape that the layer was built for.
 *
 * @throws ShapeError that names both, with the way out.
 */
export function expectLastAxis(label: string, shape: readonly number[], length: number): void {
  if (shape.at(-1) === length) return;
  const flat = shape.slice(1).reduce((a, b) => a * b, 1);
  throw new ShapeError(
    'layer/last-axis',
    `${label} was built for inputs whose last axis is ${length}.`,
    {
      got: formatShape(shape),
      expected: `[..., ${length}]`,
      fix:
        flat === length && shape.length > 2
          ? `put flatten() before it, or build the model with inputShape [${shape.slice(1).join(', ')}]`
          : `give it ${length} numbers per sample, or build the model for inputs of ${shape.at(-1) ?? 1}`,
    },
  );
}

/**
 * Checks that an option is a whole number.
 *
 * @throws ValueError that names the layer and the option.
 */
export function expectInteger(label: string, option: string, value: unknown, least = 1): void {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least) return;
  throw new ValueError('layer/option', `${label}: ${option} is impossible.`, {
    got: `${option}: ${JSON.stringify(value)}`,
    expected: `a whole number of at least ${least}`,
    fix: `for example ${option}: ${Math.max(least, Math.ceil(Math.abs(Number(value))) || least)}`,
  });
}

/**
 * Checks that an option is a share, such as the rate of dropout.
 *
 * @throws ValueError that names the layer and the option.
 */
export function expectFraction(label: string, option: string, value: unknown): void {
  if (typeof value === 'number' && value >= 0 && value <= 1) return;
  throw new ValueError('layer/option', `${label}: ${option} is a share between 0 and 1.`, {
    got: `${option}: ${JSON.stringify(value)}`,
    expected: 'a number from 0 to 1',
    fix:
      typeof value === 'number' && value > 1 && value <= 100
        ? `for example ${option}: ${value / 100}`
        : `for example ${option}: 0.5`,
  });
}

/**
 * Checks that an option is a number above 0.
 *
 * @throws ValueError that names the layer and the option.
 */
export function expectPositive(
  label: string,
  option: string,
  value: unknown,
  example: number,
): void {
  if (typeof value === 'number' && value > 0) return;
  throw new ValueError('layer/option', `${label}: ${option} is impossible.`, {
    got: `${option}: ${typeof value === 'number' ? value : JSON.stringify(value)}`,
    expected: 'a number above 0',
    fix: `for example ${option}: ${example}`,
  });
}

/**
 * Checks that an option is a number that is not negative.
 *
 * @throws ValueError that names the layer and the option.
 */
export function expectNonNegative(
  label: string,
  option: string,
  value: unknown,
  example: number,
): void {
  if (typeof value === 'number' && value >= 0) return;
  throw new ValueError('layer/option', `${label}: ${option} is impossible.`, {
    got: `${option}: ${typeof value === 'number' ? value : JSON.stringify(value)}`,
    expected: 'a number of at least 0',
    fix: `for example ${option}: ${example}`,
  });
}

/**
 * Checks that an option is one of a few words.
 *
 * @throws ValueError that lists them.
 */
export function expectOneOf(
  label: string,
  option: string,
  value: unknown,
  words: readonly string[],
): void {
  if (words.includes(value as string)) return;
  const nearest = nearestName(String(value), words);
  throw new ValueError('layer/option', `${label}: ${option} is impossible.`, {
    got: `${option}: ${JSON.stringify(value)}`,
    expected: words.map((word) => `'${word}'`).join(' or '),
    fix:
      nearest === undefined ? `for example ${option}: '${words[0]}'` : `did you mean '${nearest}'?`,
  });
}
