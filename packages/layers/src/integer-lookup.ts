import { Tensor, ValueError, searchSorted, take, tensor, where } from '@gradus/tensor';
import type { AdaptableLayer } from './adaptable-layer.js';
import { encodeCategories, encodedShape } from './encoded-categories.js';
import type { LayerFactory, LayerOptions } from './layer.js';
import { defineLayer } from './layer.js';
import { expectOneOf, layerLabel } from './layer-errors.js';
import type { NumbersLike } from './nested-numbers.js';
import { asTensor } from './nested-numbers.js';
import type { Vocabulary, VocabularyConfig, VocabularyOptions } from './vocabulary.js';
import { learnVocabulary, resolveVocabulary, vocabularyOf } from './vocabulary.js';

/** Options of {@link integerLookup}. Unknown numbers are written as `oovToken`, -1 by default. */
export interface IntegerLookupOptions extends LayerOptions, VocabularyOptions<number> {
  /** How unknown numbers are shared out among several `numOovIndices`: by their remainder. Default 'floormod'. */
  readonly oovMethod?: 'floormod';
}

interface IntegerLookupConfig extends VocabularyConfig<number> {
  readonly oovMethod: 'floormod';
}

function expectWhole(label: string, vocabulary: readonly number[]): void {
  const wrong = vocabulary.find((token) => (token | 0) !== token);
  if (wrong === undefined) return;
  throw new ValueError('vocabulary/option', `${label}: a token is no int32.`, {
    got: String(wrong),
    expected: `whole numbers from ${-(2 ** 31)} to ${2 ** 31 - 1}`,
    fix: 'use stringLookup for other keys',
  });
}

/** Numbers of tokens; those of unknown ones where a token is not known. */
function lookUp(x: Tensor, config: VocabularyConfig<number>, known: Vocabulary<number>): Tensor {
  const { tokens, start, oovStart, depth } = known;
  const { numOovIndices, maskToken, outputMode } = config;
  const sorted = tokens
    .slice(start)
    .map((token, i) => [token, start + i] as const)
    .sort(([a], [b]) => a - b);
  const keys = tensor(Int32Array.from(sorted, ([token]) => token));
  const numbers = tensor(Int32Array.from(sorted, ([, number]) => number));
  const at = searchSorted(keys, x).minimum(tensor(sorted.length - 1, { dtype: 'int32' }));
  const oov =
    numOovIndices > 1
      ? x.mod(tensor(numOovIndices, { dtype: 'int32' })).add(tensor(oovStart, { dtype: 'int32' }))
      : tensor(numOovIndices === 0 ? -1 : oovStart, { dtype: 'int32' });
  const found = where(take(keys, at).equal(x), take(numbers, at), oov);
  if (maskToken === null) return found;
  // In rows nothing stands for a mask: a number beyond their end leaves no trace.
  const masked = tensor(outputMode === 'int' ? 0 : depth, { dtype: 'int32' });
  return where(x.equal(tensor(maskToken, { dtype: 'int32' })), masked, found);
}

/** Tokens of numbers. */
function lookBack(x: Tensor, config: VocabularyConfig<number>, known: Vocabulary<number>): Tensor {
  const table = tensor(Int32Array.from(known.tokens));
  const last = tensor(known.tokens.length - 1, { dtype: 'int32' });
  const inside = x.clip(0, known.tokens.length - 1).cast('int32');
  const isToken = x.greaterEqual(tensor(0, { dtype: 'int32' })).and(x.lessEqual(last));
  return where(isToken, take(table, inside), tensor(config.oovToken, { dtype: 'int32' }));
}

/**
 * Gives whole numbers that stand for things, such as ids, the numbers 0, 1, 2, ... of a vocabulary, which is given or
 * found by `adapt(data)`: the most frequent first. Unknown ones share the first number(s). It is part of the model, and
 * runs compiled.
 *
 * With `numOovIndices` 0 an unknown number becomes -1 (Keras raises an error there, which a compiled program cannot).
 *
 * @throws ValueError for a vocabulary that is too large or holds a token twice, or is used before there is one.
 * @example
 * integerLookup({ vocabulary: [10, 20] }).call({}, tensor([20, 10, 99], { dtype: 'int32' }), context).toArray(); // => [2, 1, 0]
 */
export const integerLookup: LayerFactory<
  readonly [options?: IntegerLookupOptions],
  AdaptableLayer<NumbersLike>
> = defineLayer({
  className: 'IntegerLookup',
  outputDType: ({ outputMode }) => (outputMode === 'int' ? 'int32' : 'float32'),
  resolve(options: IntegerLookupOptions = {}): IntegerLookupConfig {
    const label = layerLabel('IntegerLookup', options);
    const { oovMethod = 'floormod' } = options;
    expectOneOf(label, 'oovMethod', oovMethod, ['floormod']);
    expectWhole(label, options.vocabulary ?? []);
    return { ...resolveVocabulary(label, options, -1), oovMethod };
  },
  call(_params, input, options) {
    const known = vocabularyOf(layerLabel('IntegerLookup', options), options);
    const x = input.cast('int32');
    if (options.invert) return lookBack(x, options, known);
    const numbers = lookUp(x, options, known);
    if (options.outputMode !== 'tfIdf')
      return encodeCategories(numbers, options.outputMode, known.depth);
    const weights = tensor(Float32Array.from(known.idf ?? []));
    return encodeCategories(numbers, 'count', known.depth).mul(weights);
  },
  outputShape(options, inputShape) {
    const { vocabulary, outputMode } = options;
    const depth =
      vocabulary === null
        ? options.maxTokens
        : vocabularyOf(layerLabel('IntegerLookup', options), options).depth;
    return encodedShape(inputShape, outputMode === 'tfIdf' ? 'count' : outputMode, depth);
  },
  adapt(options, data) {
    const x = asTensor(data as NumbersLike);
    const rows = x.rank < 2 ? x.reshape([x.size, 1]) : x.reshape([x.shape[0] as number, -1]);
    const width = rows.shape[1] as number;
    const documents = Array.from({ length: rows.shape[0] as number }, (_, i) =>
      Array.from(rows.data.subarray(i * width, (i + 1) * width)),
    );
    return learnVocabulary(layerLabel('IntegerLookup', options), options, documents);
  },
}) as never;
