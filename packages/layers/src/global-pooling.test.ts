import { tensor } from '@gradus/tensor';
import { expect, test } from 'vitest';
import { globalAveragePooling1d } from './global-average-pooling1d.js';
import { globalAveragePooling2d } from './global-average-pooling2d.js';
import { globalAveragePooling3d } from './global-average-pooling3d.js';
import { globalMaxPooling1d } from './global-max-pooling1d.js';
import { globalMaxPooling2d } from './global-max-pooling2d.js';
import { globalMaxPooling3d } from './global-max-pooling3d.js';
import { checkLayer, outputOf } from './layer-check.js';

const x = tensor([1, 10, 2, 20, 6, 60]).reshape([1, 3, 2]);

test('one number for each channel', () => {
  expect(outputOf(globalAveragePooling1d(), {}, x).toArray()).toEqual([[3, 30]]);
  expect(outputOf(globalMaxPooling1d({ keepDims: true }), {}, x).toArray()).toEqual([[[6, 60]]]);
  const first = globalAveragePooling1d({ dataFormat: 'channelsFirst' });
  expect(outputOf(first, {}, x).toArray()).toEqual([[5.5, 11, 33]]);
});

test('the mean of a series leaves out what its mask leaves out', () => {
  const mask = tensor([[true, true, false]]);
  const layer = globalAveragePooling1d();
  expect(outputOf(layer, {}, x, { mask }).toArray()).toEqual([[1.5, 15]]);
  expect(layer.computeMask(x, mask)).toBe(null);
  const first = globalAveragePooling1d({ dataFormat: 'channelsFirst', keepDims: true });
  const turned = x.transpose([0, 2, 1]);
  expect(outputOf(first, {}, turned, { mask }).toArray()).toEqual([[[1.5], [15]]]);
});

test('hold what every layer must hold', () => {
  for (const keepDims of [false, true]) {
    for (const make of [globalAveragePooling1d, globalMaxPooling1d])
      checkLayer(make({ keepDims }), [2, 5, 3]);
    for (const make of [globalAveragePooling2d, globalMaxPooling2d])
      checkLayer(make({ keepDims, dataFormat: 'channelsFirst' }), [2, 5, 4, 3]);
    for (const make of [globalAveragePooling3d, globalMaxPooling3d])
      checkLayer(make({ keepDims }), [2, 3, 2, 4, 3]);
  }
});

test('wrong inputs and options are explained', () => {
  expect(() => globalAveragePooling2d({ name: 'pool' }).build([null, 7, 64]))
    .toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [layer/rank] globalAveragePooling2d "pool" takes inputs with 4 axes.
      got       [batch, 7, 64], which has 3
      expected  [batch, height, width, channels]
      fix       add an axis for the channels: reshape({ targetShape: [7, 64, 1] })]
  `);
  // @ts-expect-error keepDims is one word of two in camelCase
  expect(() => globalMaxPooling2d({ keepdims: true })).toThrowErrorMatchingInlineSnapshot(`
    [NameError: [layer/unknown-option] globalMaxPooling2d has no option 'keepdims'.
      got       'keepdims'
      expected  activityRegularizer, dataFormat, keepDims, name, trainable
      fix       did you mean 'keepDims'?]
  `);
  // @ts-expect-error a wrong word does not compile
  expect(() => globalMaxPooling3d({ dataFormat: 'last' })).toThrow(/dataFormat is impossible/);
});
