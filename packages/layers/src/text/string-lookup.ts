import type { Tensor } from '@gradus/tensor';
import { layerLabel } from '../layer-errors.js';
import type { NumbersLike } from '../nested-numbers.js';
import { asTensor } from '../nested-numbers.js';
import type { VocabularyConfig, VocabularyOptions } from '../vocabulary.js';
import { learnVocabulary, resolveVocabulary } from '../vocabulary.js';
import type { Salt, SaltOption } from './hash-bucket.js';
import { resolveSalt } from './hash-bucket.js';
import type { NestedText, TextArray } from './nested-text.js';
import { flatText, nested } from './nested-text.js';
import type { AdaptableTextLayer, TextLayerOptions } from './text-layer.js';
import { defineTextLayer } from './text-layer.js';
import type { VocabularyLookup } from './vocabulary-lookup.js';
import { vocabularyLookup } from './vocabulary-lookup.js';

/** Options of {@link stringLookup}. An unknown token is written '[UNK]' by default. */
export interface StringLookupOptions extends TextLayerOptions, VocabularyOptions<string> {
  /** Two numbers that change how unknown tokens are shared out among several `numOovIndices`. Default null. */
  readonly salt?: SaltOption;
}

interface StringLookupConfig extends VocabularyConfig<string> {
  readonly salt: Salt | null;
}

/** Makes lookups from tokens to numbers, or with `invert` from numbers to tokens. */
export interface StringLookupFactory {
  (
    options: StringLookupOptions & { readonly invert: true },
  ): AdaptableTextLayer<NumbersLike, NestedText>;
  (options?: StringLookupOptions): AdaptableTextLayer;
  readonly className: string;
}

/** The rows of tokens: a list alone is one token per row. */
export function documentsOf({ shape, values }: TextArray): readonly (readonly string[])[] {
  if (shape.length < 2) return values.map((token) => [token]);
  const width = shape.slice(1).reduce((a, b) => a * b, 1);
  return Array.from({ length: shape[0] as number }, (_, i) =>
    values.slice(i * width, (i + 1) * width),
  );
}

/** A lookup that is prepared when it is first needed: before, a layer may still wait for its data. */
export function lazyLookup(
  label: string,
  config: VocabularyConfig<string>,
  salt: Salt | null,
): () => VocabularyLookup {
  let lookup: VocabularyLookup | undefined;
  return () => (lookup ??= vocabularyLookup(label, config, salt));
}

/** What layers with a vocabulary say about it. */
export function vocabularyMembers(
  config: VocabularyConfig<string>,
  lookup: () => VocabularyLookup,
): {
  readonly vocabularySize: number;
  getVocabulary(options?: { readonly includeSpecialTokens?: boolean }): readonly string[];
} {
  return {
    vocabularySize: config.vocabulary === null ? 0 : lookup().vocabulary.tokens.length,
    getVocabulary({ includeSpecialTokens = true } = {}) {
      const { tokens, start } = lookup().vocabulary;
      return includeSpecialTokens ? tokens : tokens.slice(start);
    },
  };
}

/**
 * Gives words the numbers of a vocabulary, which is given or found by `adapt(data)`: the most frequent first. Unknown words
 * share the first number(s). It runs before the model: nested lists of text in, a tensor of int32 out (float32 for rows).
 * With `invert` the way back: numbers in, text out.
 *
 * @throws ValueError for a vocabulary that is too large or holds a token twice, or is used before there is one.
 * @example
 * const lookup = stringLookup().adapt(['cat', 'dog', 'cat']);
 * lookup(['dog', 'cat', 'cow']).toArray(); // => [2, 1, 0]
 * lookup.getVocabulary(); // => ['[UNK]', 'cat', 'dog']
 */
export const stringLookup: StringLookupFactory = defineTextLayer<
  StringLookupOptions,
  StringLookupConfig
>({
  className: 'StringLookup',
  resolve: (options) => ({
    ...resolveVocabulary(layerLabel('StringLookup', options), options, '[UNK]'),
    salt: resolveSalt(options.salt),
  }),
  make(config, label, again) {
    const lookup = lazyLookup(label, config, config.salt);
    const decode = (input: NumbersLike): unknown => {
      const { shape, data } = asTensor(input);
      return nested({ shape, values: Array.from(data, (number) => lookup().tokenOf(number)) });
    };
    const encode = (input: NestedText): Tensor => lookup().encode(flatText(label, input));
    return {
      call: config.invert ? decode : encode,
      members: {
        adapt: (data: NestedText) =>
          again(learnVocabulary(label, config, documentsOf(flatText(label, data)))),
        ...vocabularyMembers(config, lookup),
      },
    };
  },
}) as unknown as StringLookupFactory;
