import { tensor } from '@gradus/tensor';
import { expect, test } from 'vitest';
import { checkLayer, outputOf, parametersOf } from './layer-check.js';
import { layerNormalization } from './layer-normalization.js';

test('each sample gets mean 0 and variance 1', () => {
  const layer = layerNormalization({ epsilon: 0 });
  expect(
    outputOf(
      layer,
      parametersOf(layer, [[1, 2]]),
      tensor([
        [1, 3],
        [20, 10],
      ]),
    ).toArray(),
  ).toEqual([
    [-1, 1],
    [1, -1],
  ]);
});

test('holds what every layer must hold', () => {
  checkLayer(layerNormalization(), [3, 4]);
  checkLayer(layerNormalization({ axis: [1, 2], center: false }), [2, 3, 4]);
});
