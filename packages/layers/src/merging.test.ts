import { tensor } from '@gradus/tensor';
import { expect, test } from 'vitest';
import { add } from './add.js';
import { average } from './average.js';
import { concatenate } from './concatenate.js';
import { dot } from './dot.js';
import { checkLayer, outputOf } from './layer-check.js';
import { maximum } from './maximum.js';
import { minimum } from './minimum.js';
import { multiply } from './multiply.js';
import { subtract } from './subtract.js';
import { input } from './symbolic.js';

test('add sums, concatenate joins', () => {
  const inputs = [tensor([[1, 2]]), tensor([[10, 20]])];
  expect(outputOf(add(), {}, inputs).toArray()).toEqual([[11, 22]]);
  expect(outputOf(concatenate(), {}, inputs).toArray()).toEqual([[1, 2, 10, 20]]);
});

test('subtract takes the second from the first, dot sums products', () => {
  const inputs = [tensor([[3, 4]]), tensor([[1, 6]])];
  expect(outputOf(subtract(), {}, inputs).toArray()).toEqual([[2, -2]]);
  expect(outputOf(dot({ axes: 1 }), {}, inputs).toArray()).toEqual([[27]]);
  const cosine = outputOf(dot({ axes: -1, normalize: true }), {}, inputs).item();
  expect(cosine).toBeCloseTo(27 / 5 / Math.sqrt(37), 6);
});

test('dot keeps the other axes of both inputs in order', () => {
  const x = tensor([[[1, 2]], [[3, 4]]]);
  const y = tensor([
    [1, 10],
    [100, 1000],
  ]);
  expect(outputOf(dot({ axes: [2, 1] }), {}, [x, y]).toArray()).toEqual([[21], [4300]]);
  expect(outputOf(dot({ axes: [1, -1] }), {}, [y, x]).toArray()).toEqual([[21], [4300]]);
  expect(
    dot({ axes: [2, 1] }).outputShape([
      [null, 3, 4, 5],
      [null, 4, 6, 7],
    ]),
  ).toEqual([null, 3, 5, 6, 7]);
  expect(dot({ axes: 1 }).computeMask([x, y], [tensor([[true]]), null])).toBeNull();
});

test('hold what every layer must hold', () => {
  checkLayer(subtract(), [3, 4], [3, 1]);
  checkLayer(dot({ axes: 1 }), [3, 4], [3, 4]);
  checkLayer(dot({ axes: [2, 1], normalize: true }), [2, 3, 4, 2], [2, 4, 2, 3]);
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
  expect(() => subtract({ name: 'gap' })(['a', 'b', 'c'].map(() => input({ shape: [3] }))))
    .toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: [merge/count] subtract "gap" takes a list of two inputs.
        got       3
        expected  2
        fix       call it on a list: subtract(...)([x, y])]
    `);
  expect(() => dot({ axes: 1 })([input({ shape: [3] }), input({ shape: [5] })]))
    .toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: [dot/lengths] dot sums products over axes of different lengths.
        got       axes 1 for [batch, 3] and [batch, 5]: lengths 3 and 5
        expected  equal lengths
        fix       change axes, or bring one input to the length of the other with dense()]
    `);
  expect(() => dot({ axes: 0 })([input({ shape: [3] }), input({ shape: [3] })]))
    .toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: [dot/axes] dot: the inputs do not have these axes.
        got       axes 0 for [batch, 3] and [batch, 3]
        expected  an axis of each input other than the batch, axis 0
        fix       change axes, or give the inputs another axis with reshape()]
    `);
  // @ts-expect-error axes are a number or a pair
  expect(() => dot({ axes: [1] })).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] dot: axes is impossible.
      got       axes: [1]
      expected  a whole number, or a pair of them
      fix       for example axes: -1, the last of both]
  `);
  expect(() => concatenate({ axis: 0.5 })).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] concatenate: axis is impossible.
      got       axis: 0.5
      expected  a whole number
      fix       for example axis: -1, the last]
  `);
});
