import { expect, test } from 'vitest';
import { checkLayer } from './layer-check.js';
import { reshape } from './reshape.js';

test('computes the length that was left out', () => {
  expect(reshape({ targetShape: [4, -1] }).outputShape([null, 12])).toEqual([null, 4, 3]);
  checkLayer(reshape({ targetShape: [-1, 3] }), [2, 4, 3]);
});

test('numbers that do not fit are explained', () => {
  expect(() => reshape({ targetShape: [5], name: 'r' }).build([null, 12]))
    .toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [reshape/size] reshape "r": a sample does not have as many numbers as targetShape wants.
      got       [batch, 12]: 12 numbers per sample
      expected  targetShape [5]: 5 numbers
      fix       leave one length to be computed, with -1]
  `);
  expect(() => reshape({ targetShape: [-1, -1] })).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [reshape/target] reshape: targetShape is impossible.
      got       [-1, -1]
      expected  whole numbers of at least 1, at most one of them -1
      fix       leave the batch out: targetShape is the shape of one sample]
  `);
});
