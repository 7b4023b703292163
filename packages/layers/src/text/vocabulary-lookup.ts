import type { Tensor } from '@gradus/tensor';
import { ValueError, tensor } from '@gradus/tensor';
import { encodeCategories } from '../encoded-categories.js';
import type { Vocabulary, VocabularyConfig } from '../vocabulary.js';
import { vocabularyOf } from '../vocabulary.js';
import { hashBucket } from './hash-bucket.js';
import type { Salt } from './hash-bucket.js';
import { intTensor } from './nested-text.js';
import type { TextArray } from './nested-text.js';

/** Looks up tokens in a vocabulary; both ways, and in rows. */
export interface VocabularyLookup {
  readonly vocabulary: Vocabulary<string>;
  /** The number of a token. */
  numberOf(token: string): number;
  /** The token of a number. */
  tokenOf(number: number): string;
  /** Tokens of a shape as a tensor, in the output mode of the config. */
  encode(tokens: TextArray): Tensor;
}

/** Prepares lookups, so that each call only reads a table. Throws ValueError when there is no vocabulary yet. */
export function vocabularyLookup(
  label: string,
  config: VocabularyConfig<string>,
  salt: Salt | null,
): VocabularyLookup {
  const vocabulary = vocabularyOf(label, config);
  const { tokens, start, oovStart, depth, idf } = vocabulary;
  const { numOovIndices, maskToken, oovToken, outputMode } = config;
  const table = new Map(tokens.slice(start).map((token, i) => [token, start + i]));
  const unknown = (token: string): number => {
    if (numOovIndices === 1) return oovStart;
    if (numOovIndices > 1) return oovStart + hashBucket(token, numOovIndices, salt);
    throw new ValueError('vocabulary/unknown', `${label} does not know a token.`, {
      got: JSON.stringify(token),
      expected: 'tokens of the vocabulary only, because numOovIndices is 0',
      fix: 'give numOovIndices: 1',
    });
  };
  const numberOf = (token: string): number => {
    // In rows nothing stands for a mask: a number beyond their end leaves no trace.
    if (token === maskToken) return outputMode === 'int' ? 0 : depth;
    return table.get(token) ?? unknown(token);
  };
  return {
    vocabulary,
    numberOf,
    tokenOf: (number) => tokens[number] ?? oovToken,
    encode({ shape, values }) {
      const numbers = intTensor({ shape, values: values.map(numberOf) });
      if (outputMode !== 'tfIdf') return encodeCategories(numbers, outputMode, depth);
      const counts = encodeCategories(numbers, 'count', depth);
      return counts.mul(tensor(Float32Array.from(idf ?? [])));
    },
  };
}
