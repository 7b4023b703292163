import { ones } from '@gradus/tensor';
import { expect, test } from 'vitest';
import { dropout } from './dropout.js';
import { checkLayer, outputOf } from './layer-check.js';

const x = ones([100, 100]);

test('in training, about a share of the numbers is 0 and the mean stays', () => {
  const y = outputOf(dropout({ rate: 0.25 }), {}, x, { training: true });
  const zeros = y.data.filter((value) => value === 0).length;
  expect(zeros / y.size).toBeCloseTo(0.25, 1);
  expect(new Set(y.data).size).toBe(2);
  expect(y.mean().item()).toBeCloseTo(1, 1);
});

test('outside of training nothing happens', () => {
  expect(outputOf(dropout({ rate: 0.25 }), {}, x)).toBe(x);
});

test('noiseShape drops whole axes together', () => {
  const y = outputOf(dropout({ rate: 0.5, noiseShape: [null, 1] }), {}, x, { training: true });
  expect(y.max({ axis: 1 }).data).toEqual(y.min({ axis: 1 }).data);
  expect(() => dropout({ rate: 0.5, noiseShape: [3] }).build([null, 4]))
    .toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [dropout/noise-shape] dropout: noiseShape does not fit the input.
      got       noiseShape [3] for an input [batch, 4]
      expected  for each axis of the input its length, null, or 1]
  `);
});

test('holds what every layer must hold', () => {
  checkLayer(dropout({ rate: 0.5, seed: 3 }), [4, 6]);
});

test('a rate in percent is explained', () => {
  expect(() => dropout({ rate: 25, name: 'drop' })).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] dropout "drop": rate is a share between 0 and 1.
      got       rate: 25
      expected  a number from 0 to 1
      fix       for example rate: 0.25]
  `);
});
