/** What is done to a text before it is cut into tokens. */
export type Standardize =
  | 'lowerAndStripPunctuation'
  | 'lower'
  | 'stripPunctuation'
  | ((text: string) => string)
  | null;

/** How a text is cut into tokens. */
export type Split = 'whitespace' | 'character' | ((text: string) => readonly string[]) | null;

// Only the letters A to Z: the same as TensorFlow, which Keras uses for text.
const lower = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
const strip = (text: string): string => text.replace(/[!"#$%&()*+,\-./:;<=>?@[\\\]^_`{|}~']/g, '');

/** The function that a `standardize` option stands for. */
export function standardizer(standardize: Standardize): (text: string) => string {
  if (typeof standardize === 'function') return standardize;
  if (standardize === 'lower') return lower;
  if (standardize === 'stripPunctuation') return strip;
  return standardize === null ? (text) => text : (text) => strip(lower(text));
}

/** The function that a `split` option stands for. */
export function splitter(split: Split): (text: string) => readonly string[] {
  if (typeof split === 'function') return split;
  if (split === 'character') return (text) => [...text];
  if (split === null) return (text) => [text];
  // ASCII white space, as in TensorFlow: a no-break space keeps words together.
  return (text) => text.split(/[ \t\n\v\f\r]+/).filter((token) => token !== '');
}

/** Runs of tokens, joined by spaces: all of one length, then all of the next. */
export function ngramsOf(
  tokens: readonly string[],
  ngrams: number | readonly number[] | null,
): readonly string[] {
  if (ngrams === null) return tokens;
  const lengths =
    typeof ngrams === 'number' ? Array.from({ length: ngrams }, (_, i) => i + 1) : ngrams;
  return lengths.flatMap((length) =>
    Array.from({ length: Math.max(tokens.length - length + 1, 0) }, (_, i) =>
      tokens.slice(i, i + length).join(' '),
    ),
  );
}
