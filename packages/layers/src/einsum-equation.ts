import { ShapeError, ValueError } from '@gradus/tensor';
import { formatSymbolic } from './layer-errors.js';
import type { SymbolicShape } from './symbolic.js';

/** The three terms of an equation, and on which side of them axes are left unnamed. */
interface Terms {
  readonly input: string;
  readonly kernel: string;
  readonly output: string;
  readonly ellipsis: 'none' | 'left' | 'right';
}

/** What an equation says about a layer. */
export interface EinsumShapes {
  readonly kernel: readonly number[];
  readonly bias: readonly number[] | null;
  readonly output: SymbolicShape;
  /** Which axes of the kernel are summed over, and which come out. */
  readonly inputAxes: readonly number[];
  readonly outputAxes: readonly number[];
}

/**
 * Reads `input,kernel->output`.
 *
 * @throws ValueError for an equation of another form.
 */
export function parseEquation(label: string, equation: unknown): Terms {
  const forms = [
    ['none', /^([a-zA-Z]+),([a-zA-Z]+)->([a-zA-Z]+)$/],
    ['left', /^\.\.\.([a-zA-Z]+),([a-zA-Z]+)->\.\.\.([a-zA-Z]+)$/],
    ['right', /^([a-zA-Z]{2,})\.\.\.,([a-zA-Z]+)->([a-zA-Z]+)\.\.\.$/],
  ] as const;
  for (const [ellipsis, form] of forms) {
    const [, input = '', kernel = '', output = ''] = form.exec(String(equation)) ?? [];
    if (input !== '') return { input, kernel, output, ellipsis };
  }
  throw new ValueError('einsum/equation', `${label} does not understand its equation.`, {
    got: `equation: ${JSON.stringify(equation)}`,
    expected: "'ab,bc->ac', '...ab,bc->...ac' or 'ab...,bc->ac...': input, kernel and output",
    fix: "name every axis by a letter: equation: 'abc,cd->abd'",
  });
}

function fail(label: string, equation: string, summary: string, got: string, fix: string): never {
  throw new ValueError('einsum/letters', `${label}: ${summary}`, {
    got: `'${equation}': ${got}`,
    expected: 'every letter of the kernel and of biasAxes in the output or the input',
    fix,
  });
}

/** Checks what can be known without an input: where the letters come from. */
export function expectLetters(label: string, equation: string, biasAxes: string | null): void {
  const { input, kernel, output } = parseEquation(label, equation);
  for (const letter of output)
    if (!input.includes(letter) && !kernel.includes(letter))
      fail(
        label,
        equation,
        `the axis '${letter}' of the output comes from nowhere.`,
        `output '${output}'`,
        `name '${letter}' in the kernel too`,
      );
  for (const letter of kernel)
    if (!input.includes(letter) && !output.includes(letter))
      fail(
        label,
        equation,
        `the axis '${letter}' of the kernel has no length.`,
        `kernel '${kernel}'`,
        `name '${letter}' in the input or the output too`,
      );
  for (const letter of biasAxes ?? '')
    if (!output.includes(letter))
      fail(
        label,
        equation,
        `the output has no axis '${letter}' for the bias.`,
        `biasAxes '${biasAxes}'`,
        `choose biasAxes among '${output}'`,
      );
}

/**
 * The shapes of kernel, bias and output for inputs of a shape. `partial` are the lengths of the output without the batch
 * and without unnamed axes; null for one that is as long as in the input.
 *
 * @throws ShapeError when the input does not fit the equation or the partial shape.
 */
export function einsumShapes(
  label: string,
  equation: string,
  biasAxes: string | null,
  inputShape: SymbolicShape,
  partial: readonly (number | null)[],
): EinsumShapes {
  const terms = parseEquation(label, equation);
  const got = `${formatSymbolic(inputShape)} for '${equation}', outputShape [${partial.map((n) => n ?? 'null').join(', ')}]`;
  const unnamed = inputShape.length - terms.input.length;
  if (unnamed < 0 || (unnamed > 0 && terms.ellipsis === 'none'))
    throw new ShapeError('einsum/rank', `${label}: the equation names other axes than it gets.`, {
      got,
      expected: `${terms.ellipsis === 'none' ? '' : 'at least '}${terms.input.length} axes`,
      fix: 'name one axis after the other, the batch too, or leave some to ...',
    });
  const isLeft = terms.ellipsis === 'left';
  // On the left the batch is among the axes without a name; then the output shape starts after all of them.
  const output: SymbolicShape = isLeft
    ? [...inputShape.slice(0, Math.max(unnamed, 1)), ...partial]
    : [inputShape[0] ?? null, ...partial, ...inputShape.slice(inputShape.length - unnamed)];
  const outputStart = isLeft ? unnamed : 0;
  const named = output.slice(outputStart, isLeft ? undefined : output.length - unnamed);
  if (named.length !== terms.output.length)
    throw new ShapeError('einsum/output', `${label}: outputShape does not fit the equation.`, {
      got,
      expected: `a length for each of '${terms.output}'${terms.ellipsis === 'left' && unnamed > 0 ? '' : ' but the batch'}`,
      fix: 'give outputShape without the batch, with null for an axis of the input',
    });
  const inputStart = isLeft ? unnamed : 0;
  const inputLength = new Map(
    [...terms.input].map((letter, i) => [letter, inputShape[i + inputStart] ?? null]),
  );
  const outputLength = new Map(
    [...terms.output].map((letter, i) => [letter, output[i + outputStart] ?? null]),
  );
  for (const [letter, length] of outputLength) {
    const wanted = inputLength.get(letter);
    if (length === null || wanted === undefined || length === wanted) continue;
    throw new ShapeError('einsum/shared', `${label}: the axis '${letter}' has two lengths.`, {
      got,
      expected: `'${letter}' as long in outputShape as in the input (${wanted ?? 'any length'})`,
      fix: `put null for '${letter}' into outputShape`,
    });
  }
  const known = (letter: string): number => {
    const length = outputLength.get(letter) ?? inputLength.get(letter);
    if (typeof length === 'number') return length;
    throw new ShapeError('layer/unknown-axis', `${label} must know the length of '${letter}'.`, {
      got,
      expected: `a number for the axis '${letter}'`,
      fix: 'give that length in outputShape, in input({ shape }) or inputShape',
    });
  };
  const isOutput = (letter: string): boolean => terms.output.includes(letter);
  const places = [...terms.kernel].map((letter, i) => [letter, i] as const);
  return {
    kernel: [...terms.kernel].map(known),
    bias: biasAxes === null ? null : biasShape(terms, biasAxes, known, isLeft ? 0 : unnamed),
    output,
    inputAxes: places.flatMap(([letter, i]) => (isOutput(letter) ? [] : [i])),
    outputAxes: places.flatMap(([letter, i]) => (isOutput(letter) ? [i] : [])),
  };
}

/** From the first of its axes on, the bias has every axis of the output; those that are not its own have length 1. */
function biasShape(
  { output }: Terms,
  biasAxes: string,
  known: (letter: string) => number,
  unnamedAfter: number,
): readonly number[] {
  const first = Math.min(...[...biasAxes].map((letter) => output.indexOf(letter)));
  const lengths = [...output.slice(first)].map((letter) =>
    biasAxes.includes(letter) ? known(letter) : 1,
  );
  return [...lengths, ...new Array<number>(unnamedAfter).fill(1)];
}
