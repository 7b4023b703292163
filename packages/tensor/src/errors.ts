/** What a thrown error tells besides its summary. Each part is one line (or a few) of plain text. */
export interface ErrorDetails {
  readonly got?: string;
  readonly expected?: string;
  readonly fix?: string;
}

/**
 * The root of all errors that Gradus throws on purpose. A reader finds in it what was wrong (`got`), what would
 * have been right (`expected`), and what to do (`fix`); a program finds a stable `code`.
 */
export class GradusError extends Error {
  readonly code: string;
  readonly details: ErrorDetails;

  constructor(code: string, summary: string, details: ErrorDetails = {}) {
    const lines = (['got', 'expected', 'fix'] as const)
      .filter((part) => details[part] !== undefined)
      .map((part) => `  ${part.padEnd(9)} ${details[part]}`);
    super([`[${code}] ${summary}`, ...lines].join('\n'));
    this.name = new.target.name;
    this.code = code;
    this.details = details;
  }
}

/** Shapes that do not fit together, or an axis that does not exist. */
export class ShapeError extends GradusError {}
/** A dtype that an operation cannot take. */
export class DTypeError extends GradusError {}
/** A value out of its range, or of the wrong kind. */
export class ValueError extends GradusError {}
/** A name that nobody knows: a layer, a loss, a column. */
export class NameError extends GradusError {}
/** A file or text that does not have the format it should have. */
export class FormatError extends GradusError {}
/** Somebody wanted the number of a tensor that has none yet: `compile` only records what will be computed. */
export class TracedValueError extends GradusError {}

/** Number of single-character edits between two words (Levenshtein), for suggestions. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The known name that is nearest to a mistyped one, or undefined when none is near. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const plain = (word: string): string => word.toLowerCase().replace(/[^a-z0-9]/g, '');
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(plain(name), plain(candidate));
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/**
 * The error for a name that is not in a list, with the nearest known name as the fix.
 *
 * @example
 * unknownName('activation', 'rellu', ['relu', 'tanh']).message.includes("did you mean 'relu'?"); // => true
 */
export function unknownName(kind: string, name: string, known: readonly string[]): NameError {
  const nearest = nearestName(name, known);
  return new NameError(`${kind}/unknown`, `There is no ${kind} called '${name}'.`, {
    got: `'${name}'`,
    expected: `one of ${[...known].sort().join(', ')}`,
    fix: nearest === undefined ? 'use one of the names above' : `did you mean '${nearest}'?`,
  });
}
