import { tensor } from '@gradus/tensor';
import { expect, test } from 'vitest';
import { activation } from './activation.js';
import { checkLayer, outputOf } from './layer-check.js';

test('applies a named function or one of your own', () => {
  expect(outputOf(activation({ activation: 'relu' }), {}, tensor([-1, 2])).toArray()).toEqual([
    0, 2,
  ]);
  expect(outputOf(activation({ activation: (x) => x.mul(3) }), {}, tensor([2])).toArray()).toEqual([
    6,
  ]);
  expect(outputOf(activation({ activation: 'swish' }), {}, tensor([0])).toArray()).toEqual([0]);
});

test('holds what every layer must hold', () => {
  checkLayer(activation({ activation: 'softmax' }), [3, 4]);
});
