import { compile, tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { describe, expect, test } from 'vitest';
import { input } from '../symbolic.js';
import { textLayerFromConfig } from './registry.js';
import { stringLookup } from './string-lookup.js';
import { textVectorization } from './text-vectorization.js';

describe('string lookup', () => {
  test('learns the most frequent first, at equal frequency the later in the alphabet', () => {
    const lookup = stringLookup().adapt(['b', 'a', 'b', 'c', 'a', 'b', 'é', '😀', '\uff21']);
    expect(lookup.getVocabulary()).toEqual(['[UNK]', 'b', 'a', '😀', '\uff21', 'é', 'c']);
    expect(lookup.vocabularySize).toBe(7);
    expect(lookup.getVocabulary({ includeSpecialTokens: false })[0]).toBe('b');
    const numbers = lookup([
      ['a', 'b'],
      ['zzz', 'c'],
    ]);
    expect(numbers.dtype).toBe('int32');
    expect(numbers.toArray()).toEqual([
      [2, 1],
      [0, 6],
    ]);
  });
  test('masks, several unknown numbers, rows and the way back', () => {
    const vocabulary = ['x', 'y'];
    expect(stringLookup({ vocabulary, maskToken: '' })(['', 'y', '?']).toArray()).toEqual([
      0, 3, 1,
    ]);
    const many = stringLookup({ vocabulary, numOovIndices: 3 })([
      'x',
      'p',
      'q',
      'r',
      's',
    ]).toArray() as number[];
    expect(many[0]).toBe(3);
    expect(many.slice(1).every((n) => n < 3)).toBe(true);
    const rows = stringLookup({ vocabulary, outputMode: 'count' });
    expect(
      rows([
        ['x', 'q'],
        ['y', 'y'],
      ]).toArray(),
    ).toEqual([
      [1, 1, 0],
      [0, 0, 2],
    ]);
    const back = stringLookup({ vocabulary, invert: true });
    expect(
      back([
        [0, 1],
        [2, 9],
      ]),
    ).toEqual([
      ['[UNK]', 'x'],
      ['y', '[UNK]'],
    ]);
    expect(back(tensor([2]))).toEqual(['y']);
  });
  test('its config makes it again', () => {
    const lookup = stringLookup({ outputMode: 'tfIdf', name: 'words' }).adapt([
      ['x', 'y'],
      ['x', 'z'],
    ]);
    const again = textLayerFromConfig({
      className: lookup.className,
      config: JSON.parse(JSON.stringify(lookup.getConfig())) as never,
    });
    expect(again.getConfig()).toEqual(lookup.getConfig());
    expect((again(['x', 'y'] as never) as Tensor).data).toEqual(lookup(['x', 'y']).data);
  });
  test('wrong uses are explained', () => {
    expect(() => stringLookup({ vocabulary: ['a', 'a'], name: 'words' }))
      .toThrowErrorMatchingInlineSnapshot(`
      [ValueError: [vocabulary/option] stringLookup "words": a token is in the vocabulary twice.
        got       "a"
        expected  every token once
        fix       use [...new Set(tokens)]]
    `);
    expect(() => stringLookup({ name: 'words' })(['a'])).toThrowErrorMatchingInlineSnapshot(`
      [ValueError: [layer/not-adapted] stringLookup "words" has no vocabulary yet.
        got       vocabulary: null
        expected  a layer that has seen data, or was given a vocabulary
        fix       keep what adapt returns: const known = layer.adapt(data)]
    `);
    expect(() => stringLookup({ vocabulary: ['a'], numOovIndices: 0 })(['b']))
      .toThrowErrorMatchingInlineSnapshot(`
      [ValueError: [vocabulary/unknown] stringLookup does not know a token.
        got       "b"
        expected  tokens of the vocabulary only, because numOovIndices is 0
        fix       give numOovIndices: 1]
    `);
    const lookup = stringLookup({ vocabulary: ['a'], name: 'words' });
    // @ts-expect-error text only
    expect(() => lookup(tensor([1]))).toThrowErrorMatchingInlineSnapshot(`
      [ValueError: [text/input] stringLookup "words" takes text.
        got       a tensor
        expected  a string, or lists of strings
        fix       call it before the model, on plain arrays: tensors and compiled functions hold numbers only]
    `);
    expect(() => lookup([['a'], ['a', 'a']])).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: [text/ragged] stringLookup "words": rows differ in length.
        got       [1] at position 0 and [2] at position 1
        expected  rows of equal length
        fix       fill up the shorter ones with a mask token]
    `);
    expect(() => lookup.adapt(['b'])).toThrow(/has a vocabulary already/);
    // @ts-expect-error a wrong option does not compile
    expect(() => stringLookup({ vocabularySize: 3 })).toThrow(/no option 'vocabularySize'/);
  });
  test('in a model and inside compile it says where it belongs', () => {
    const lookup = stringLookup({ vocabulary: ['a'], name: 'words' });
    expect(() => lookup(input({ shape: [1] }) as never)).toThrowErrorMatchingInlineSnapshot(`
      [ValueError: [text/in-model] stringLookup "words" cannot be part of a model.
        got       a model with text inside
        expected  numbers: tensors hold no text
        fix       call it before the model: model.predict(stringLookup(texts)), or in the generator of a dataset]
    `);
    expect(() => (lookup as unknown as { build(): void }).build()).toThrow(
      /cannot be part of a model/,
    );
    const program = compile((x: Tensor) => lookup(x as never));
    expect(() => program(tensor([1]))).toThrow(/takes text/);
    const back = stringLookup({ vocabulary: ['a'], invert: true });
    const decode = compile((x: Tensor) => tensor(back(x).length));
    expect(() => decode(tensor([1]))).toThrow(/traced|compile/i);
  });
});

describe('text vectorization', () => {
  const texts = ['the cat sat', 'the cat ran!', 'A dog, the dog...', 'bird', 'sat sat'];
  test('simplifies, splits, numbers and fills up', () => {
    const vectorize = textVectorization().adapt(texts);
    expect(vectorize.getVocabulary().slice(0, 4)).toEqual(['', '[UNK]', 'the', 'sat']);
    expect(vectorize(['the cat flew', 'DOG? dog!', '']).toArray()).toEqual([
      [2, 5, 1],
      [4, 4, 0],
      [0, 0, 0],
    ]);
    expect(vectorize('the\u00a0cat sat').toArray()).toEqual([1, 3]);
  });
  test('lengths, characters, runs of tokens and functions of your own', () => {
    const short = textVectorization({ vocabulary: ['a', 'b'], outputSequenceLength: 2 });
    expect(short(['a b a', 'b']).toArray()).toEqual([
      [2, 3],
      [3, 0],
    ]);
    const letters = textVectorization({ split: 'character', vocabulary: ['a', 'b', '😀'] });
    expect(letters([['ab😀']]).toArray()).toEqual([[2, 3, 4]]);
    const runs = textVectorization({ ngrams: [2], vocabulary: ['a b', 'b c'] });
    expect(runs(['a b c', 'a']).toArray()).toEqual([
      [2, 3],
      [0, 0],
    ]);
    const own = textVectorization({
      standardize: (text) => text.replaceAll('_', ' '),
      split: (text) => text.split('-'),
      vocabulary: ['A b'],
    });
    expect(own(['A_b-x']).toArray()).toEqual([[2, 1]]);
    const tokens = textVectorization({ split: null, vocabulary: ['a'] });
    expect(tokens([['a', 'b']]).toArray()).toEqual([[2, 1]]);
    expect(tokens(['a', 'b']).toArray()).toEqual([2, 1]);
  });
  test('one row for each text', () => {
    const rows = textVectorization({ outputMode: 'multiHot', vocabulary: ['a', 'b'] });
    expect(rows(['b b', '', 'c']).toArray()).toEqual([
      [0, 0, 1],
      [0, 0, 0],
      [1, 0, 0],
    ]);
    const padded = textVectorization({ outputMode: 'count', maxTokens: 5, padToMaxTokens: true });
    expect(padded.adapt(['a b'])(['a a']).toArray()).toEqual([[0, 0, 2, 0, 0]]);
  });
  test('wrong uses are explained', () => {
    const wrong = 'words' as never;
    expect(() => textVectorization({ split: wrong, name: 'text' }))
      .toThrowErrorMatchingInlineSnapshot(`
        [ValueError: [layer/option] textVectorization "text": split is impossible.
          got       split: "words"
          expected  'whitespace' or 'character'
          fix       for example split: 'whitespace']
      `);
    expect(() => textVectorization({ outputMode: 'count', outputSequenceLength: 3 }))
      .toThrowErrorMatchingInlineSnapshot(`
      [ValueError: [text/option] textVectorization: only numbers in order have a length.
        got       outputSequenceLength with outputMode: 'count'
        expected  outputMode: 'int'
        fix       leave outputSequenceLength out]
    `);
    expect(() => textVectorization({ vocabulary: ['a'] })([['a', 'b']]))
      .toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: [text/shape] textVectorization takes one text for each sample.
        got       [1, 2]
        expected  [batch] or [batch, 1]
        fix       join the parts of each sample, or give split: null for tokens]
    `);
  });
});
