import { ones, tensor } from '@gradus/tensor';
import { expect, test } from 'vitest';
import { checkLayer, outputOf } from './layer-check.js';
import { separableConv1d } from './separable-conv1d.js';
import { separableConv2d } from './separable-conv2d.js';

test('convolves each channel alone, then mixes them', () => {
  const layer = separableConv1d({ filters: 1, kernelSize: 2, useBias: false });
  const x = tensor([1, 10, 2, 20, 3, 30]).reshape([1, 3, 2]);
  const depthwiseKernel = tensor([1, 2, 1, 0]).reshape([2, 2, 1]);
  const pointwiseKernel = tensor([100, 1]).reshape([1, 2, 1]);
  expect(outputOf(layer, { depthwiseKernel, pointwiseKernel }, x).flatten().toArray()).toEqual([
    320, 540,
  ]);
});

test('has three weights with options of their own', () => {
  const layer = separableConv2d({
    filters: 5,
    kernelSize: 3,
    depthMultiplier: 2,
    pointwiseConstraint: 'nonNeg',
  });
  const specs = layer.build([null, 8, 8, 3]);
  expect(Object.entries(specs).map(([name, { shape }]) => [name, shape])).toEqual([
    ['depthwiseKernel', [3, 3, 3, 2]],
    ['pointwiseKernel', [1, 1, 6, 5]],
    ['bias', [5]],
  ]);
  expect(specs['pointwiseKernel']?.constraint?.className).toBe('NonNeg');
});

test('holds what every layer must hold, with all options', () => {
  checkLayer(
    separableConv1d({ filters: 3, kernelSize: 3, padding: 'same', depthMultiplier: 2 }),
    [1, 6, 2],
  );
  checkLayer(
    separableConv2d({ filters: 4, kernelSize: 3, strides: 2, activation: 'relu' }),
    [1, 6, 5, 2],
  );
  checkLayer(
    separableConv2d({ filters: 4, kernelSize: 2, dilationRate: 2, dataFormat: 'channelsFirst' }),
    [1, 3, 5, 4],
  );
});

test('impossible options and inputs are explained', () => {
  expect(() => separableConv2d({ filters: 0, kernelSize: 3, name: 'cheap' }))
    .toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] separableConv2d "cheap": filters is impossible.
      got       filters: 0
      expected  a whole number of at least 1
      fix       for example filters: 1]
  `);
  expect(() => separableConv2d({ filters: 2, kernelSize: [3] }))
    .toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] separableConv2d: kernelSize does not have one number for each axis of space.
      got       kernelSize: [3]
      expected  one whole number, or 2
      fix       leave batch and channels out: kernelSize: [2,2]]
  `);
  const layer = separableConv1d({ filters: 2, kernelSize: 3 });
  expect(() => layer.build([null, 4, null])).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [layer/unknown-axis] separableConv1d must know the length of axis -1 of its input.
      got       [batch, 4, ?]
      expected  a number on axis -1
      fix       give that length in input({ shape }) or inputShape]
  `);
});

test('a call without parameters is explained', () => {
  const layer = separableConv2d({ filters: 2, kernelSize: 2, name: 'cheap' });
  expect(() => outputOf(layer, {}, ones([1, 4, 4, 2]))).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/not-built] separableConv2d "cheap" was called without its parameters.
      got       none
      expected  depthwiseKernel, pointwiseKernel, bias
      fix       put it into a model, which makes them, or make those that layer.build(inputShape) lists]
  `);
});
