import { tensor } from '@gradus/tensor';
import { expect, test } from 'vitest';
import { adaptiveAveragePooling1d } from './adaptive-average-pooling1d.js';
import { adaptiveAveragePooling2d } from './adaptive-average-pooling2d.js';
import { adaptiveAveragePooling3d } from './adaptive-average-pooling3d.js';
import { adaptiveMaxPooling1d } from './adaptive-max-pooling1d.js';
import { adaptiveMaxPooling2d } from './adaptive-max-pooling2d.js';
import { adaptiveMaxPooling3d } from './adaptive-max-pooling3d.js';
import { checkLayer, outputOf } from './layer-check.js';

test('pools any length to the size that is wanted', () => {
  const x = tensor([0, 1, 2, 3, 4, 5, 6]).reshape([1, 7, 1]);
  expect(
    outputOf(adaptiveAveragePooling1d({ outputSize: 3 }), {}, x)
      .flatten()
      .toArray(),
  ).toEqual([1, 3, 5]);
  expect(
    outputOf(adaptiveMaxPooling1d({ outputSize: 2 }), {}, x)
      .flatten()
      .toArray(),
  ).toEqual([3, 6]);
});

test('hold what every layer must hold', () => {
  for (const make of [adaptiveAveragePooling1d, adaptiveMaxPooling1d])
    checkLayer(make({ outputSize: 4 }), [2, 7, 3]);
  for (const make of [adaptiveAveragePooling2d, adaptiveMaxPooling2d])
    checkLayer(make({ outputSize: [2, 3], dataFormat: 'channelsFirst' }), [2, 3, 5, 7]);
  for (const make of [adaptiveAveragePooling3d, adaptiveMaxPooling3d])
    checkLayer(make({ outputSize: [2, 1, 3] }), [1, 5, 2, 4, 2]);
});

test('wrong inputs and options are explained', () => {
  expect(() => adaptiveMaxPooling2d({ outputSize: [2, 0] })).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] adaptiveMaxPooling2d: outputSize is impossible.
      got       outputSize: 0
      expected  a whole number of at least 1
      fix       for example outputSize: 1]
  `);
  expect(() => adaptiveMaxPooling2d({ outputSize: [2, 3, 4] })).toThrow(
    /one number for each axis of space/,
  );
  expect(() => adaptiveAveragePooling1d({ outputSize: 3, name: 'even' }).build([null, 7]))
    .toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [layer/rank] adaptiveAveragePooling1d "even" takes inputs with 3 axes.
      got       [batch, 7], which has 2
      expected  [batch, steps, channels]
      fix       add an axis for the channels: reshape({ targetShape: [7, 1] })]
  `);
});
