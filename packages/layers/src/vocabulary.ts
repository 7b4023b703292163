import { ValueError } from '@gradus/tensor';
import { expectInteger, expectOneOf } from './layer-errors.js';

/** What a vocabulary is made of. */
export type Token = string | number;

/** What becomes of tokens: their numbers; a row for each; or one row for all of a sample. */
export type LookupMode = 'int' | 'oneHot' | 'multiHot' | 'count' | 'tfIdf';

/** Options of everything that looks tokens up. `null` takes the default. */
export interface VocabularyOptions<T extends Token> {
  /** How many tokens there are at most, with those for masks and unknown ones. Default null: no limit. */
  readonly maxTokens?: number | null;
  /** How many numbers unknown tokens share. Default 1. */
  readonly numOovIndices?: number;
  /** The token that means "nothing here" and gets number 0. Default null: none. */
  readonly maskToken?: T | null;
  /** How an unknown token is written. */
  readonly oovToken?: T;
  /** The known tokens, the first of which has the lowest number; with or without the special ones in front. */
  readonly vocabulary?: readonly T[] | null;
  /** With 'tfIdf': the weight of each token of the vocabulary. */
  readonly idfWeights?: readonly number[] | null;
  /** Whether to go the way back, from numbers to tokens. Default false. */
  readonly invert?: boolean;
  /** 'int' (default) numbers; 'oneHot' a row for each; 'multiHot', 'count' and 'tfIdf' one row for a sample. */
  readonly outputMode?: LookupMode;
  /** Whether rows are `maxTokens` long, even when the vocabulary is smaller. Default false. */
  readonly padToMaxTokens?: boolean;
}

/** {@link VocabularyOptions} with defaults filled in. */
export interface VocabularyConfig<T extends Token> {
  readonly maxTokens: number | null;
  readonly numOovIndices: number;
  readonly maskToken: T | null;
  readonly oovToken: T;
  readonly vocabulary: readonly T[] | null;
  readonly idfWeights: readonly number[] | null;
  readonly invert: boolean;
  readonly outputMode: LookupMode;
  readonly padToMaxTokens: boolean;
}

/** A vocabulary, ready to look up. */
export interface Vocabulary<T extends Token> {
  /** Every token under its number, the special ones included. */
  readonly tokens: readonly T[];
  /** Number of the first token for unknown ones. */
  readonly oovStart: number;
  /** Number of the first token that is known. */
  readonly start: number;
  /** How long rows are. */
  readonly depth: number;
  /** With 'tfIdf': the weight of each number. */
  readonly idf: readonly number[] | null;
}

const modes = ['int', 'oneHot', 'multiHot', 'count', 'tfIdf'];

/** Number of the first token for unknown ones: number 0 is that of the mask, where numbers come out. */
function oovStartOf<T extends Token>({
  maskToken,
  outputMode,
}: Pick<VocabularyConfig<T>, 'maskToken' | 'outputMode'>): number {
  return maskToken !== null && outputMode === 'int' ? 1 : 0;
}

function refuse(label: string, summary: string, got: string, expected: string, fix: string): never {
  throw new ValueError('vocabulary/option', `${label}: ${summary}`, { got, expected, fix });
}

/** Checks options and fills in Keras' defaults. */
export function resolveVocabulary<T extends Token>(
  label: string,
  options: VocabularyOptions<T>,
  oovToken: T,
): VocabularyConfig<T> {
  const { maxTokens = null, numOovIndices = 1, invert = false, outputMode = 'int' } = options;
  const { padToMaxTokens = false, vocabulary = null, idfWeights = null } = options;
  expectInteger(label, 'numOovIndices', numOovIndices, 0);
  if (maxTokens !== null) expectInteger(label, 'maxTokens', maxTokens, 2);
  expectOneOf(label, 'outputMode', outputMode, modes);
  if (padToMaxTokens && maxTokens === null)
    refuse(
      label,
      'padToMaxTokens needs a length.',
      'padToMaxTokens without maxTokens',
      'both',
      'give maxTokens',
    );
  if (invert && outputMode !== 'int')
    refuse(
      label,
      'only numbers can be looked up backwards.',
      `invert with outputMode: '${outputMode}'`,
      "outputMode: 'int'",
      'leave outputMode out',
    );
  if (idfWeights !== null && outputMode !== 'tfIdf')
    refuse(
      label,
      "idfWeights are for outputMode 'tfIdf'.",
      `idfWeights with outputMode: '${outputMode}'`,
      "outputMode: 'tfIdf'",
      'leave idfWeights out',
    );
  const config: VocabularyConfig<T> = {
    maxTokens,
    numOovIndices,
    maskToken: options.maskToken ?? null,
    oovToken: options.oovToken ?? oovToken,
    vocabulary,
    idfWeights,
    invert,
    outputMode,
    padToMaxTokens,
  };
  if (vocabulary !== null) vocabularyOf(label, config);
  return config;
}

/** The known tokens, without the special ones if those stand in front. */
function knownTokens<T extends Token>(
  label: string,
  config: VocabularyConfig<T>,
  vocabulary: readonly T[],
  special: readonly T[],
): readonly T[] {
  const hasSpecial = special.length > 0 && special.every((token, i) => vocabulary[i] === token);
  const tokens = hasSpecial ? vocabulary.slice(special.length) : vocabulary;
  const seen = new Set<T>();
  const twice = tokens.find((token) => seen.size === seen.add(token).size);
  if (twice !== undefined)
    refuse(
      label,
      'a token is in the vocabulary twice.',
      JSON.stringify(twice),
      'every token once',
      'use [...new Set(tokens)]',
    );
  const reserved = [config.maskToken, config.invert ? config.oovToken : null].find(
    (token) => token !== null && tokens.includes(token),
  );
  if (reserved !== undefined && reserved !== null)
    refuse(
      label,
      'a special token stands among the others.',
      `${JSON.stringify(reserved)} at position ${vocabulary.indexOf(reserved)}`,
      `special tokens left out, or all of them in front: ${JSON.stringify(special)}`,
      'leave it out',
    );
  return tokens;
}

function idfOf<T extends Token>(
  label: string,
  { vocabulary, idfWeights, outputMode }: VocabularyConfig<T>,
  size: number,
  depth: number,
): readonly number[] | null {
  if (outputMode !== 'tfIdf') return null;
  const given = vocabulary?.length ?? 0;
  if (idfWeights === null || idfWeights.length !== given)
    refuse(
      label,
      'idfWeights must fit the vocabulary.',
      idfWeights === null ? 'none' : `${idfWeights.length} for ${given} tokens`,
      'one weight for each token of vocabulary',
      'call adapt(data), which finds both',
    );
  // Nobody knows how often unknown tokens are: they get the mean of the others.
  const average = idfWeights.reduce((a, b) => a + b, 0) / idfWeights.length;
  const front = new Array<number>(size - given).fill(average);
  return [...front, ...idfWeights, ...new Array<number>(depth - size).fill(0)].map(Math.fround);
}

/**
 * The vocabulary of a config.
 *
 * @throws ValueError when there is none yet, when it is larger than allowed or holds a token twice.
 */
export function vocabularyOf<T extends Token>(
  label: string,
  config: VocabularyConfig<T>,
): Vocabulary<T> {
  const { vocabulary, maxTokens, maskToken, oovToken, numOovIndices } = config;
  if (vocabulary === null)
    throw new ValueError('layer/not-adapted', `${label} has no vocabulary yet.`, {
      got: 'vocabulary: null',
      expected: 'a layer that has seen data, or was given a vocabulary',
      fix: 'keep what adapt returns: const known = layer.adapt(data)',
    });
  if (vocabulary.length === 0)
    refuse(label, 'the vocabulary is empty.', 'no token', 'at least one', 'look at the data');
  const oovStart = oovStartOf(config);
  const special = [
    ...new Array<T>(oovStart).fill(maskToken as T),
    ...new Array<T>(numOovIndices).fill(oovToken),
  ];
  const known = knownTokens(label, config, vocabulary, special);
  const tokens = [...special, ...known];
  if (maxTokens !== null && tokens.length > maxTokens)
    refuse(
      label,
      'the vocabulary is larger than maxTokens.',
      `${tokens.length} tokens, special ones included`,
      `at most ${maxTokens}`,
      `give maxTokens: ${tokens.length}, or fewer tokens`,
    );
  const depth = config.padToMaxTokens && maxTokens !== null ? maxTokens : tokens.length;
  return {
    tokens,
    oovStart,
    start: special.length,
    depth,
    idf: idfOf(label, config, tokens.length, depth),
  };
}

/** Later of two tokens in the order of their bytes, which for text is the order of code points. */
function compareTokens(a: Token, b: Token): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [x, y] = [[...String(a)], [...String(b)]];
  const at = x.findIndex((char, i) => char !== y[i]);
  if (at < 0) return x.length - y.length;
  return (x[at]?.codePointAt(0) ?? 0) - (y[at]?.codePointAt(0) ?? -1);
}

/**
 * What data teach: the tokens by falling frequency, at equal frequency the later one first, and for 'tfIdf' the weight
 * log(1 + documents / (1 + documents with the token)) of each.
 *
 * @param documents the tokens of each row.
 * @throws ValueError when the layer was given a vocabulary.
 */
export function learnVocabulary<T extends Token>(
  label: string,
  config: VocabularyConfig<T>,
  documents: readonly (readonly T[])[],
): Pick<VocabularyConfig<T>, 'vocabulary' | 'idfWeights'> {
  if (config.vocabulary !== null)
    throw new ValueError('layer/adapted', `${label} has a vocabulary already.`, {
      got: `${config.vocabulary.length} tokens`,
      expected: 'a layer without one',
      fix: 'leave vocabulary out',
    });
  const counts = new Map<T, number>();
  const documentCounts = new Map<T, number>();
  for (const document of documents) {
    for (const token of document) counts.set(token, (counts.get(token) ?? 0) + 1);
    for (const token of new Set(document))
      documentCounts.set(token, (documentCounts.get(token) ?? 0) + 1);
  }
  if (config.maskToken !== null) counts.delete(config.maskToken);
  counts.delete(config.oovToken);
  const special = oovStartOf(config) + config.numOovIndices;
  const vocabulary = [...counts]
    .sort(([a, m], [b, n]) => n - m || compareTokens(b, a))
    .map(([token]) => token)
    .slice(0, config.maxTokens === null ? undefined : config.maxTokens - special);
  if (config.outputMode !== 'tfIdf') return { vocabulary, idfWeights: null };
  return {
    vocabulary,
    idfWeights: vocabulary.map((token) =>
      Math.fround(Math.log(1 + documents.length / (1 + (documentCounts.get(token) ?? 0)))),
    ),
  };
}
