import { tensor } from '@gradus/tensor';
import { expect, test } from 'vitest';
import { add } from './add.js';
import { average } from './average.js';
import { concatenate } from './concatenate.js';
import { checkLayer, outputOf } from './layer-check.js';
import { maximum } from './maximum.js';
import { minimum } from './minimum.js';
import { multiply } from './multiply.js';
import { input } from './symbolic.js';

test('add sums, concatenate joins', () => {
  const inputs = [tensor([[1, 2]]), tensor([[10, 20]])];
  expect(outputOf(add(), {}, inputs).toArray()).toEqual([[11, 22]]);
  expect(outputOf(concatenate(), {}, inputs).toArray()).toEqual([[1, 2, 10, 20]]);
});

test('hold what every layer must hold', () => {
  checkLayer(add(), [3, 4], [3, 4], [3, 1]);
  for (const merge of [multiply, average, maximum, minimum])
    checkLayer(merge(), [3, 4], [3, 4], [3, 4]);
  checkLayer(concatenate({ axis: 1 }), [2, 3, 4], [2, 1, 4]);
});

test('are called on a list of symbolic tensors', () => {
  const y = concatenate()([input({ shape: [3] }), input({ shape: [5] })]);
  expect(y.shape).toEqual([null, 8]);
});

test('masks: either counts for add, side by side for concatenate', () => {
  const x = tensor([[[1], [1]]]);
  const masks = [tensor([[true, false]]), tensor([[false, false]])];
  expect(add().computeMask([x, x], masks)?.toArray()).toEqual([[true, false]]);
  expect(add().computeMask([x, x], [masks[0] ?? null, null])).toBeNull();
  expect(concatenate({ axis: 1 }).computeMask([x, x], masks)?.toArray()).toEqual([
    [true, false, false, false],
  ]);
});

test('inputs that do not fit are explained', () => {
  expect(() => add({ name: 'sum' })([input({ shape: [3] }), input({ shape: [5] })]))
    .toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [merge/shapes] add "sum": the inputs do not have the same shape.
      got       [batch, 3] and [batch, 5]
      expected  for each axis: equal lengths, or a 1
      fix       bring the inputs to the same shape, for example with dense() or conv2d() on one of them]
  `);
  expect(() => add()(input({ shape: [3] }))).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [merge/count] add takes a list of at least two inputs.
      got       1
      expected  2 or more
      fix       call it on a list: add()([x, y])]
  `);
  expect(() => concatenate({ axis: 1 })([input({ shape: [3, 2] }), input({ shape: [3, 5] })]))
    .toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [concatenate/shapes] concatenate: the inputs must agree on every axis but 1.
      got       [batch, 3, 2] and [batch, 3, 5]
      expected  the same lengths everywhere except on axis 1
      fix       choose another axis, or bring the inputs to the same shape first]
  `);
});
