import { ones, tensor } from '@gradus/tensor';
import { expect, test } from 'vitest';
import { depthwiseConv1d } from './depthwise-conv1d.js';
import { depthwiseConv2d } from './depthwise-conv2d.js';
import { checkLayer, outputOf } from './layer-check.js';

test('convolves each channel alone', () => {
  const layer = depthwiseConv1d({ kernelSize: 2, useBias: false });
  const x = tensor([1, 10, 2, 20, 3, 30]).reshape([1, 3, 2]);
  const kernel = tensor([1, 2, 1, 0]).reshape([2, 2, 1]);
  expect(outputOf(layer, { kernel }, x).toArray()).toEqual([
    [
      [3, 20],
      [5, 40],
    ],
  ]);
});

test('its weights have names and options of their own', () => {
  const layer = depthwiseConv2d({
    kernelSize: 3,
    depthMultiplier: 2,
    depthwiseRegularizer: 'l2',
    depthwiseInitializer: 'ones',
  });
  const { kernel, bias } = layer.build([null, 8, 8, 3]);
  expect(kernel?.shape).toEqual([3, 3, 3, 2]);
  expect(kernel?.initializer.className).toBe('Ones');
  expect(kernel?.regularizer?.className).toBe('L2');
  expect(bias?.shape).toEqual([6]);
});

test('holds what every layer must hold, with all options', () => {
  checkLayer(
    depthwiseConv1d({ kernelSize: 3, strides: 2, depthMultiplier: 2, padding: 'same' }),
    [1, 7, 2],
  );
  checkLayer(depthwiseConv2d({ kernelSize: 3, activation: 'relu' }), [2, 5, 4, 3]);
  checkLayer(depthwiseConv2d({ kernelSize: 2, dilationRate: 2, useBias: false }), [1, 5, 5, 2]);
  checkLayer(depthwiseConv2d({ kernelSize: 2, dataFormat: 'channelsFirst' }), [1, 3, 5, 4]);
});

test('impossible options and inputs are explained', () => {
  expect(() => depthwiseConv2d({ kernelSize: 3, depthMultiplier: 0, name: 'deep' }))
    .toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] depthwiseConv2d "deep": depthMultiplier is impossible.
      got       depthMultiplier: 0
      expected  a whole number of at least 1
      fix       for example depthMultiplier: 1]
  `);
  // @ts-expect-error the weight is called depthwise here
  expect(() => depthwiseConv2d({ kernelSize: 3, kernelInitializer: 'zeros' })).toThrow(
    /no option 'kernelInitializer'/,
  );
  const layer = depthwiseConv1d({ kernelSize: 5 });
  expect(() => layer.build([null, 4, 2])).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [layer/window] depthwiseConv1d: its window is larger than the input.
      got       [4] for a window that reaches over [5]
      expected  an input at least as large as the window
      fix       use padding: 'same', a smaller window, or fewer pooling layers before it]
  `);
  expect(() => layer.build([null, 8])).toThrow(/takes inputs with 3 axes/);
});

test('a call without parameters, or with those for other channels, is explained', () => {
  const layer = depthwiseConv2d({ kernelSize: 2, useBias: false, name: 'deep' });
  expect(() => outputOf(layer, {}, ones([1, 4, 4, 2]))).toThrow(
    /depthwiseConv2d "deep" was called without its parameters/,
  );
  const kernel = ones([2, 2, 5, 1]);
  expect(() => outputOf(layer, { kernel }, ones([1, 4, 4, 2]))).toThrow(
    /"deep" was built for inputs whose last axis is 5/,
  );
});
