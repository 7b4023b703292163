import { tensor } from '@gradus/tensor';
import { expect, test } from 'vitest';
import { averagePooling1d } from './average-pooling1d.js';
import { averagePooling2d } from './average-pooling2d.js';
import { globalAveragePooling2d } from './global-average-pooling2d.js';
import { checkLayer, outputOf } from './layer-check.js';
import { maxPooling2d } from './max-pooling2d.js';
import { maxPooling3d } from './max-pooling3d.js';

const image = tensor([1, 2, 3, 4, 5, 6, 7, 8, 9]).reshape([1, 3, 3, 1]);
const flat = (layer: Parameters<typeof outputOf>[0]) =>
  outputOf(layer, {}, image).flatten().toArray();

test('largest and mean of each window', () => {
  expect(flat(maxPooling2d())).toEqual([5]);
  expect(flat(maxPooling2d({ padding: 'same' }))).toEqual([5, 6, 8, 9]);
  expect(flat(averagePooling2d({ padding: 'same' }))).toEqual([3, 4.5, 7.5, 9]);
  expect(flat(globalAveragePooling2d())).toEqual([5]);
});

test('holds what every layer must hold', () => {
  checkLayer(maxPooling2d({ poolSize: [2, 3], strides: 1, padding: 'same' }), [2, 5, 6, 3]);
  checkLayer(averagePooling1d({ poolSize: 3, padding: 'same' }), [2, 7, 3]);
  checkLayer(maxPooling3d(), [1, 4, 4, 5, 2]);
  checkLayer(averagePooling2d({ dataFormat: 'channelsFirst' }), [2, 3, 6, 5]);
  checkLayer(globalAveragePooling2d({ keepDims: true }), [2, 5, 6, 3]);
  checkLayer(globalAveragePooling2d({ dataFormat: 'channelsFirst' }), [2, 3, 5, 6]);
});

test('a window larger than the image is explained', () => {
  expect(() => maxPooling2d({ name: 'p' }).build([null, 1, 4, 3]))
    .toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [layer/window] maxPooling2d "p": its window is larger than the input.
      got       [1, 4] for a window that reaches over [2, 2]
      expected  an input at least as large as the window
      fix       use padding: 'same', a smaller window, or fewer pooling layers before it]
  `);
});

test('impossible windows are explained', () => {
  expect(() => maxPooling2d({ poolSize: 0, name: 'pool' })).toThrow(
    /"pool": poolSize is impossible/,
  );
  expect(() => maxPooling2d({ strides: -1 })).toThrow(/strides is impossible/);
  // @ts-expect-error a wrong word does not compile
  expect(() => maxPooling2d({ padding: 'causal' })).toThrow(/padding is impossible/);
});
