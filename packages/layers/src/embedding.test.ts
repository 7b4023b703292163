import { tensor } from '@gradus/tensor';
import { expect, test } from 'vitest';
import { embedding } from './embedding.js';
import { checkLayer, outputOf } from './layer-check.js';

const words = tensor([[2, 0]], { dtype: 'int32' });

test('reads rows of its table', () => {
  const params = {
    embeddings: tensor([
      [0, 0],
      [1, 10],
      [2, 20],
    ]),
  };
  expect(outputOf(embedding({ inputDim: 3, outputDim: 2 }), params, words).toArray()).toEqual([
    [
      [2, 20],
      [0, 0],
    ],
  ]);
});

test('makes a mask only when asked', () => {
  expect(
    embedding({ inputDim: 3, outputDim: 2, maskZero: true }).computeMask(words, null)?.toArray(),
  ).toEqual([[true, false]]);
  expect(embedding({ inputDim: 3, outputDim: 2 }).computeMask(words, null)).toBeNull();
});

test('holds what every layer must hold', () => {
  checkLayer(embedding({ inputDim: 9, outputDim: 4 }), [2, 5]);
});

test('impossible sizes are explained', () => {
  expect(() => embedding({ inputDim: 0, outputDim: 2 })).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] embedding: inputDim is impossible.
      got       inputDim: 0
      expected  a whole number of at least 1
      fix       for example inputDim: 1]
  `);
});
