import { ones, tensor } from '@gradus/tensor';
import { expect, test } from 'vitest';
import { conv1d } from './conv1d.js';
import { conv2d } from './conv2d.js';
import { conv3d } from './conv3d.js';
import { checkLayer, outputOf } from './layer-check.js';

const image = tensor([1, 2, 3, 4, 5, 6, 7, 8, 9]).reshape([1, 3, 3, 1]);

test('slides its window without flipping it', () => {
  const layer = conv2d({ filters: 1, kernelSize: 2, useBias: false });
  const kernel = tensor([1, 0, 0, 10]).reshape([2, 2, 1, 1]);
  expect(outputOf(layer, { kernel }, image).flatten().toArray()).toEqual([51, 62, 84, 95]);
});

test('same padding puts the extra zero at the right and the bottom', () => {
  const layer = conv2d({ filters: 1, kernelSize: 2, padding: 'same', useBias: false });
  const y = outputOf(layer, { kernel: ones([2, 2, 1, 1]) }, image);
  expect(y.flatten().toArray()).toEqual([12, 16, 9, 24, 28, 15, 15, 17, 9]);
});

test('holds what every layer must hold, with all options', () => {
  checkLayer(
    conv2d({ filters: 4, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' }),
    [2, 7, 6, 3],
  );
  checkLayer(
    conv2d({ filters: 4, kernelSize: [3, 1], dilationRate: [2, 1], groups: 2 }),
    [1, 8, 5, 2],
  );
  checkLayer(conv2d({ filters: 4, kernelSize: 3, dataFormat: 'channelsFirst' }), [2, 3, 6, 5]);
  checkLayer(conv1d({ filters: 2, kernelSize: 3, padding: 'causal' }), [2, 7, 3]);
  checkLayer(conv3d({ filters: 2, kernelSize: 2 }), [1, 3, 3, 3, 2]);
});

test('impossible options and inputs are explained', () => {
  expect(() => conv2d({ filters: 3, kernelSize: 3, groups: 2, name: 'edges' }))
    .toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [convolution/groups] conv2d "edges": filters must be a multiple of groups.
      got       filters: 3, groups: 2
      expected  filters that the groups share evenly
      fix       for example filters: 4]
  `);
  // @ts-expect-error a wrong word does not compile
  expect(() => conv2d({ filters: 3, kernelSize: 3, padding: 'full' }))
    .toThrowErrorMatchingInlineSnapshot(`
      [ValueError: [layer/option] conv2d: padding is impossible.
        got       padding: "full"
        expected  'valid' or 'same'
        fix       for example padding: 'valid']
    `);
  expect(() => conv2d({ filters: 3, kernelSize: [3, 3, 3] })).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] conv2d: kernelSize does not have one number for each axis of space.
      got       kernelSize: [3,3,3]
      expected  one whole number, or 2
      fix       leave batch and channels out: kernelSize: [2,2]]
  `);
  const layer = conv2d({ filters: 3, kernelSize: 5, name: 'edges' });
  expect(() => layer.build([null, 28, 28])).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [layer/rank] conv2d "edges" takes inputs with 4 axes.
      got       [batch, 28, 28], which has 3
      expected  [batch, height, width, channels]
      fix       add an axis for the channels: reshape({ targetShape: [28, 28, 1] })]
  `);
  expect(() => layer.build([null, 4, 28, 1])).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [layer/window] conv2d "edges": its window is larger than the input.
      got       [4, 28] for a window that reaches over [5, 5]
      expected  an input at least as large as the window
      fix       use padding: 'same', a smaller window, or fewer pooling layers before it]
  `);
});

test('negative filters, and strides with dilation, are explained', () => {
  expect(() => conv2d({ filters: -3, kernelSize: 3 })).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] conv2d: filters is impossible.
      got       filters: -3
      expected  a whole number of at least 1
      fix       for example filters: 3]
  `);
  expect(() => conv1d({ filters: 3, kernelSize: 3, strides: 2, dilationRate: 2, name: 'edges' }))
    .toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [convolution/dilation] conv1d "edges": strides and dilationRate cannot both be above 1.
      got       strides: [2], dilationRate: [2]
      expected  one of them 1
      fix       put a pooling layer behind it instead of strides]
  `);
  expect(() => conv3d({ filters: 3, kernelSize: 0 })).toThrow(/kernelSize is impossible/);
  expect(() => outputOf(conv2d({ filters: 3, kernelSize: 3 }), {}, image)).toThrow(
    /was called without its parameters/,
  );
});
