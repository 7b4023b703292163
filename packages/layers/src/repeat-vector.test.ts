import { tensor } from '@gradus/tensor';
import { expect, test } from 'vitest';
import { checkLayer, outputOf } from './layer-check.js';
import { repeatVector } from './repeat-vector.js';

test('repeats each vector', () => {
  expect(outputOf(repeatVector({ n: 2 }), {}, tensor([[1, 2]])).toArray()).toEqual([
    [
      [1, 2],
      [1, 2],
    ],
  ]);
});

test('holds what every layer must hold', () => {
  checkLayer(repeatVector({ n: 3 }), [2, 4]);
});

test('impossible options and inputs are explained', () => {
  expect(() => repeatVector({ n: 0.5, name: 'again' })).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] repeatVector "again": n is impossible.
      got       n: 0.5
      expected  a whole number of at least 1
      fix       for example n: 1]
  `);
  expect(() => repeatVector({ n: 2 }).build([null, 3, 4])).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [layer/rank] repeatVector takes inputs with 2 axes.
      got       [batch, 3, 4], which has 3
      expected  [batch, features]
      fix       change the shape with reshape() or flatten() before it]
  `);
});
