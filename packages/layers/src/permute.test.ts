import { tensor } from '@gradus/tensor';
import { expect, test } from 'vitest';
import { checkLayer, outputOf } from './layer-check.js';
import { permute } from './permute.js';

test('reorders the axes of samples', () => {
  const x = tensor([
    [
      [1, 2],
      [3, 4],
    ],
  ]);
  expect(outputOf(permute({ dims: [2, 1] }), {}, x).toArray()).toEqual([
    [
      [1, 3],
      [2, 4],
    ],
  ]);
});

test('holds what every layer must hold', () => {
  checkLayer(permute({ dims: [3, 1, 2] }), [2, 3, 4, 5]);
});

test('an order that is none is explained', () => {
  expect(() => permute({ dims: [0, 1], name: 'turn' })).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [permute/dims] permute "turn": dims must name every axis of a sample once.
      got       dims: [0,1]
      expected  the numbers from 1 to the number of axes, in any order
      fix       count from 1: the batch is axis 0 and stays, as in dims: [2, 1]]
  `);
  expect(() => permute({ dims: [2, 1] }).build([null, 3])).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [layer/rank] permute takes inputs with 3 axes.
      got       [batch, 3], which has 2
      expected  [batch, axis 1, axis 2]
      fix       change the shape with reshape() or flatten() before it]
  `);
});
