import { ones, tensor } from '@gradus/tensor';
import { expect, test } from 'vitest';
import { conv1dTranspose } from './conv1d-transpose.js';
import { conv2dTranspose } from './conv2d-transpose.js';
import { conv3dTranspose } from './conv3d-transpose.js';
import { checkLayer, outputOf } from './layer-check.js';

test('every number adds its multiple of the kernel, filters before channels', () => {
  const layer = conv1dTranspose({ filters: 2, kernelSize: 2, strides: 2, useBias: false });
  expect(layer.build([null, 3, 1])['kernel']?.shape).toEqual([2, 2, 1]);
  const kernel = tensor([1, 10, 100, 1000]).reshape([2, 2, 1]);
  expect(outputOf(layer, { kernel }, tensor([[[1], [2]]])).toArray()).toEqual([
    [
      [1, 10],
      [100, 1000],
      [2, 20],
      [200, 2000],
    ],
  ]);
});

test('holds what every layer must hold, with all options', () => {
  checkLayer(conv1dTranspose({ filters: 3, kernelSize: 3, strides: 2 }), [2, 4, 2]);
  checkLayer(
    conv1dTranspose({
      filters: 2,
      kernelSize: 3,
      strides: 2,
      padding: 'same',
      outputPadding: 1,
      activation: 'relu',
    }),
    [2, 4, 2],
  );
  checkLayer(
    conv2dTranspose({ filters: 2, kernelSize: [2, 4], strides: [3, 1], padding: 'same' }),
    [1, 3, 2, 2],
  );
  checkLayer(conv2dTranspose({ filters: 2, kernelSize: 3, dilationRate: 2 }), [1, 5, 5, 2]);
  checkLayer(
    conv2dTranspose({
      filters: 2,
      kernelSize: 3,
      strides: 2,
      outputPadding: 0,
      dataFormat: 'channelsFirst',
    }),
    [1, 3, 4, 3],
  );
  checkLayer(conv3dTranspose({ filters: 2, kernelSize: 2, strides: 2 }), [1, 2, 2, 3, 1]);
  expect(
    conv2dTranspose({ filters: 2, kernelSize: 3, strides: 2 }).outputShape([null, null, 4, 1]),
  ).toEqual([null, null, 9, 2]);
});

test('impossible options and inputs are explained', () => {
  expect(() =>
    conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2, outputPadding: 2, name: 'up' }),
  ).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [convolution/output-padding] conv2dTranspose "up": outputPadding must be below strides on every axis.
      got       outputPadding: [2, 2], strides: [2, 2]
      expected  at most [1, 1]
      fix       for example outputPadding: [1, 1]]
  `);
  expect(() => conv2dTranspose({ filters: -3, kernelSize: 3 })).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] conv2dTranspose: filters is impossible.
      got       filters: -3
      expected  a whole number of at least 1
      fix       for example filters: 3]
  `);
  expect(() => conv1dTranspose({ filters: 3, kernelSize: 3, strides: 2, dilationRate: 2 }))
    .toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [convolution/dilation] conv1dTranspose: strides and dilationRate cannot both be above 1.
      got       strides: [2], dilationRate: [2]
      expected  one of them 1
      fix       put a pooling layer behind it instead of strides]
  `);
  // @ts-expect-error a transposed convolution has no causal padding
  expect(() => conv1dTranspose({ filters: 3, kernelSize: 3, padding: 'causal' })).toThrow(
    /padding is impossible/,
  );
  const layer = conv3dTranspose({ filters: 3, kernelSize: 2, name: 'up' });
  expect(() => layer.build([null, 4, 4, 4])).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [layer/rank] conv3dTranspose "up" takes inputs with 5 axes.
      got       [batch, 4, 4, 4], which has 4
      expected  [batch, depth, height, width, channels]
      fix       add an axis for the channels: reshape({ targetShape: [4, 4, 4, 1] })]
  `);
  expect(() => layer.build([null, 4, 4, 4, null])).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [layer/unknown-axis] conv3dTranspose "up" must know the length of axis -1 of its input.
      got       [batch, 4, 4, 4, ?]
      expected  a number on axis -1
      fix       give that length in input({ shape }) or inputShape]
  `);
});

test('a call without parameters, or with those for other channels, is explained', () => {
  const layer = conv2dTranspose({ filters: 3, kernelSize: 2, useBias: false, name: 'up' });
  expect(() => outputOf(layer, {}, ones([1, 4, 4, 2]))).toThrow(
    /conv2dTranspose "up" was called without its parameters/,
  );
  const kernel = ones([2, 2, 3, 5]);
  expect(() => outputOf(layer, { kernel }, ones([1, 4, 4, 2]))).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [layer/last-axis] conv2dTranspose "up" was built for inputs whose last axis is 5.
      got       [1, 4, 4, 2]
      expected  [..., 5]
      fix       give it 5 numbers per sample, or build the model for inputs of 2]
  `);
});
