import type { Tensor } from '@gradus/tensor';
import { ShapeError, ValueError, formatShape, stack } from '@gradus/tensor';
import { expectInteger, expectOneOf, layerLabel } from '../layer-errors.js';
import type { LookupMode, VocabularyConfig } from '../vocabulary.js';
import { learnVocabulary, resolveVocabulary } from '../vocabulary.js';
import type { NestedText, TextArray } from './nested-text.js';
import { flatText, intTensor } from './nested-text.js';
import { lazyLookup, vocabularyMembers } from './string-lookup.js';
import type { AdaptableTextLayer, TextLayerOptions } from './text-layer.js';
import { defineTextLayer } from './text-layer.js';
import { ngramsOf, splitter, standardizer } from './tokens.js';
import type { Split, Standardize } from './tokens.js';

/** Options of {@link textVectorization}. */
export interface TextVectorizationOptions extends TextLayerOptions {
  /** How many tokens there are at most, with '' and '[UNK]'. Default null: no limit. */
  readonly maxTokens?: number | null;
  /** What is done to text first: 'lowerAndStripPunctuation' (default), 'lower', 'stripPunctuation', a function, or null. */
  readonly standardize?: Standardize;
  /** How text becomes tokens: at 'whitespace' (default), by 'character', a function, or null: it is one already. */
  readonly split?: Split;
  /** Also take runs of up to so many tokens; a list names the lengths. Default null: single tokens. */
  readonly ngrams?: number | readonly number[] | null;
  /** 'int' (default) the numbers of the tokens in order; 'multiHot', 'count' or 'tfIdf' one row for a text. */
  readonly outputMode?: LookupMode;
  /** With 'int': how long every row becomes, cut off or filled up with 0. Default null: as the longest. */
  readonly outputSequenceLength?: number | null;
  /** Whether rows are `maxTokens` long, even when the vocabulary is smaller. Default false. */
  readonly padToMaxTokens?: boolean;
  /** The known tokens; '' and '[UNK]' may be left out. */
  readonly vocabulary?: readonly string[] | null;
  /** With 'tfIdf': the weight of each token of the vocabulary. */
  readonly idfWeights?: readonly number[] | null;
}

interface TextVectorizationConfig {
  readonly maxTokens: number | null;
  readonly standardize: Standardize;
  readonly split: Split;
  readonly ngrams: number | readonly number[] | null;
  readonly outputMode: LookupMode;
  readonly outputSequenceLength: number | null;
  readonly padToMaxTokens: boolean;
  readonly vocabulary: readonly string[] | null;
  readonly idfWeights: readonly number[] | null;
}

/** The tokens of samples that stand in a shape. */
interface Documents {
  readonly shape: readonly number[];
  readonly rows: readonly (readonly string[])[];
  /** Whether each sample is one token, and stays one number. */
  readonly isFlat: boolean;
}

/** Makes {@link textVectorization} layers. */
export interface TextVectorizationFactory {
  (options?: TextVectorizationOptions): AdaptableTextLayer;
  readonly className: string;
}

/** The texts of a list or of a column; a text alone is a list of one. */
function textsOf(label: string, input: unknown): TextArray {
  const { shape, values } = flatText(label, input);
  if (shape.length === 2 && shape[1] === 1) return { shape: [shape[0] as number], values };
  if (shape.length < 2) return { shape, values };
  throw new ShapeError('text/shape', `${label} takes one text for each sample.`, {
    got: formatShape(shape),
    expected: '[batch] or [batch, 1]',
    fix: 'join the parts of each sample, or give split: null for tokens',
  });
}

function expectLength(
  label: string,
  { outputSequenceLength, outputMode }: TextVectorizationConfig,
): void {
  if (outputSequenceLength === null) return;
  expectInteger(label, 'outputSequenceLength', outputSequenceLength);
  if (outputMode !== 'int')
    throw new ValueError('text/option', `${label}: only numbers in order have a length.`, {
      got: `outputSequenceLength with outputMode: '${outputMode}'`,
      expected: "outputMode: 'int'",
      fix: 'leave outputSequenceLength out',
    });
}

/**
 * Turns texts into numbers: simplifies them, cuts them into tokens and looks those up in a vocabulary that is given or
 * found by `adapt(texts)`. It runs before the model: `[batch]` texts in, `[batch, tokens]` int32 out, filled up with 0;
 * 1 is '[UNK]'. Other output modes give one float32 row for each text.
 *
 * @throws ValueError for impossible options, or when it is used before there is a vocabulary.
 * @example
 * const vectorize = textVectorization().adapt(['The cat sat.', 'The dog!']);
 * vectorize(['the dog', 'a cat sat']).toArray(); // => [[2, 4, 0], [1, 5, 3]]
 */
export const textVectorization: TextVectorizationFactory = defineTextLayer<
  TextVectorizationOptions,
  TextVectorizationConfig
>({
  className: 'TextVectorization',
  resolve(options) {
    const label = layerLabel('TextVectorization', options);
    const {
      standardize = 'lowerAndStripPunctuation',
      split = 'whitespace',
      ngrams = null,
    } = options;
    if (typeof standardize === 'string')
      expectOneOf(label, 'standardize', standardize, [
        'lowerAndStripPunctuation',
        'lower',
        'stripPunctuation',
      ]);
    if (typeof split === 'string') expectOneOf(label, 'split', split, ['whitespace', 'character']);
    for (const length of ngrams === null ? [] : [ngrams].flat())
      expectInteger(label, 'ngrams', length);
    const { maxTokens, outputMode, padToMaxTokens, vocabulary, idfWeights } = resolveVocabulary(
      label,
      { ...options, maskToken: '' },
      '[UNK]',
    );
    const config: TextVectorizationConfig = {
      maxTokens,
      standardize,
      split,
      ngrams,
      outputMode,
      outputSequenceLength: options.outputSequenceLength ?? null,
      padToMaxTokens,
      vocabulary,
      idfWeights,
    };
    expectLength(label, config);
    return config;
  },
  make(config, label, again) {
    const words: VocabularyConfig<string> = resolveVocabulary(
      label,
      { ...config, maskToken: '' },
      '[UNK]',
    );
    const lookup = lazyLookup(label, words, null);
    const standardize = standardizer(config.standardize);
    const split = splitter(config.split);
    const tokensOf = (text: string): readonly string[] =>
      ngramsOf(split(standardize(text)), config.ngrams);
    /** Tokens of each text. Without a split the tokens are there already: in rows, or one for each sample. */
    const documents = (input: unknown): Documents => {
      if (config.split !== null) {
        const { shape, values } = textsOf(label, input);
        return { shape, rows: values.map(tokensOf), isFlat: false };
      }
      const { shape, values } = flatText(label, input);
      const isFlat = shape.length < 2;
      const width = isFlat ? 1 : (shape.at(-1) as number);
      const rows = Array.from({ length: values.length / width }, (_, i) =>
        ngramsOf(values.slice(i * width, (i + 1) * width).map(standardize), config.ngrams),
      );
      return { shape: isFlat ? shape : shape.slice(0, -1), rows, isFlat };
    };
    const encode = (input: NestedText): Tensor => {
      const { shape, rows, isFlat } = documents(input);
      const { numberOf, encode: encodeRow } = lookup();
      if (config.outputMode !== 'int') {
        const encoded = rows.map((row) => encodeRow({ shape: [row.length], values: row }));
        return shape.length === 0 ? (encoded[0] as Tensor) : stack(encoded);
      }
      const longest = Math.max(0, ...rows.map((row) => row.length));
      const length = isFlat ? 1 : (config.outputSequenceLength ?? longest);
      const values = rows.flatMap((row) =>
        Array.from({ length }, (_, i) => (i < row.length ? numberOf(row[i] as string) : 0)),
      );
      return intTensor({ shape: isFlat ? shape : [...shape, length], values });
    };
    return {
      call: encode,
      members: {
        adapt: (data: NestedText) => again(learnVocabulary(label, words, documents(data).rows)),
        ...vocabularyMembers(words, lookup),
      },
    };
  },
}) as unknown as TextVectorizationFactory;
