import { ones, tensor } from '@gradus/tensor';
import { expect, test } from 'vitest';
import { cropping1d } from './cropping1d.js';
import { cropping2d } from './cropping2d.js';
import { cropping3d } from './cropping3d.js';
import { checkLayer, outputOf } from './layer-check.js';
import { zeroPadding1d } from './zero-padding1d.js';
import { zeroPadding2d } from './zero-padding2d.js';
import { zeroPadding3d } from './zero-padding3d.js';

test('zeros come before and after', () => {
  const x = tensor([1, 2]).reshape([1, 2, 1]);
  expect(outputOf(zeroPadding1d(), {}, x).flatten().toArray()).toEqual([0, 1, 2, 0]);
  expect(
    outputOf(zeroPadding1d({ padding: [0, 2] }), {}, x)
      .flatten()
      .toArray(),
  ).toEqual([1, 2, 0, 0]);
  const y = outputOf(zeroPadding2d({ padding: [[1, 0], 1] }), {}, ones([1, 1, 1, 1]));
  expect(y.reshape([2, 3]).toArray()).toEqual([
    [0, 0, 0],
    [0, 1, 0],
  ]);
});

test('cropping is the way back', () => {
  const x = tensor([1, 2, 3, 4]).reshape([1, 4, 1]);
  expect(outputOf(cropping1d(), {}, x).flatten().toArray()).toEqual([2, 3]);
  expect(
    outputOf(cropping1d({ cropping: [0, 3] }), {}, x)
      .flatten()
      .toArray(),
  ).toEqual([1]);
});

test('hold what every layer must hold', () => {
  checkLayer(zeroPadding1d({ padding: [0, 3] }), [2, 3, 2]);
  checkLayer(zeroPadding1d({ padding: 2, dataFormat: 'channelsFirst' }), [2, 3, 2]);
  checkLayer(zeroPadding2d(), [1, 3, 4, 2]);
  checkLayer(zeroPadding2d({ padding: [1, [0, 2]], dataFormat: 'channelsFirst' }), [1, 2, 3, 3]);
  checkLayer(zeroPadding3d({ padding: [1, 0, [2, 1]] }), [1, 2, 3, 2, 2]);
  checkLayer(cropping1d({ cropping: [1, 2] }), [2, 6, 2]);
  checkLayer(cropping2d(), [1, 6, 5, 2]);
  checkLayer(cropping2d({ cropping: [[1, 0], 1], dataFormat: 'channelsFirst' }), [1, 2, 4, 5]);
  checkLayer(cropping3d({ cropping: [[1, 0], [0, 1], 1] }), [1, 3, 3, 4, 2]);
  expect(zeroPadding2d().outputShape([null, null, 3, 1])).toEqual([null, null, 5, 1]);
});

test('impossible options and inputs are explained', () => {
  expect(() => zeroPadding2d({ padding: [1, 1, 1] })).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] zeroPadding2d: padding does not have one entry for each axis of space.
      got       padding: [1,1,1]
      expected  a whole number, or 2 numbers or pairs [before, after]
      fix       for example padding: [[1,1],[1,1]]]
  `);
  expect(() => zeroPadding1d({ padding: -1, name: 'edge' })).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] zeroPadding1d "edge": padding is impossible.
      got       padding: -1
      expected  a whole number of at least 0
      fix       for example padding: 1]
  `);
  // @ts-expect-error a series has two ends
  expect(() => cropping1d({ cropping: [1, 2, 3] })).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] cropping1d: cropping is impossible.
      got       cropping: [1,2,3]
      expected  a whole number, or [before, after]
      fix       for example cropping: [1, 0]]
  `);
  expect(() => cropping2d({ cropping: [[3, 3], 0], name: 'cut' }).build([null, 6, 8, 3]))
    .toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [cropping/nothing-left] cropping2d "cut": nothing would be left of the input.
      got       [batch, 6, 8, 3] with cropping [[3,3],[0,0]]
      expected  more than [6, 0] on the axes of space
      fix       cut off less, or give it a larger input]
  `);
  expect(() => zeroPadding3d().build([null, 6, 8, 3])).toThrow(/takes inputs with 5 axes/);
});
