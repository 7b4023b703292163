import { tensor } from '@gradus/tensor';
import { expect, test } from 'vitest';
import { flatten } from './flatten.js';
import { checkLayer, outputOf } from './layer-check.js';

test('keeps the batch', () => {
  expect(flatten().outputShape([null, 28, null])).toEqual([null, null]);
  expect(flatten().outputShape([null])).toEqual([null, 1]);
  checkLayer(flatten(), [3, 4, 2]);
});

test('channels first flattens like channels last', () => {
  const image = tensor([[[[1, 2]], [[3, 4]]]]);
  expect(outputOf(flatten({ dataFormat: 'channelsFirst' }), {}, image).toArray()).toEqual([
    [1, 3, 2, 4],
  ]);
});
