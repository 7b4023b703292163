import { tensor } from '@gradus/tensor';
import { expect, test } from 'vitest';
import { elu } from './elu.js';
import { checkLayer, outputOf } from './layer-check.js';
import { leakyReLU } from './leaky-re-lu.js';
import { pReLU } from './p-re-lu.js';
import { reLU } from './re-lu.js';
import { softmax } from './softmax.js';

const x = tensor([[-2, -1, 0, 1, 2]]);

test('rectifiers', () => {
  const all = reLU({ maxValue: 1.5, negativeSlope: 0.5, threshold: 1 });
  expect(outputOf(all, {}, x).toArray()).toEqual([[-1.5, -1, -0.5, 0, 1.5]]);
  expect(outputOf(leakyReLU({ negativeSlope: 0.5 }), {}, x).toArray()).toEqual([
    [-1, -0.5, 0, 1, 2],
  ]);
  expect(outputOf(elu({ alpha: 2 }), {}, tensor([-Infinity, 3])).toArray()).toEqual([-2, 3]);
  const alpha = tensor([1, 2, 3, 4, 5]);
  expect(outputOf(pReLU(), { alpha }, x).toArray()).toEqual([[-2, -2, 0, 1, 2]]);
});

test('softmax leaves out what the mask leaves out', () => {
  const layer = softmax();
  const mask = tensor([[true, true, false]]);
  expect(outputOf(layer, {}, tensor([[5, 5, 9]]), { mask }).toArray()).toEqual([[0.5, 0.5, 0]]);
  const none = tensor([[false, false, false]]);
  expect(outputOf(layer, {}, tensor([[5, 5, 9]]), { mask: none }).toArray()).toEqual([[0, 0, 0]]);
  expect(() => outputOf(softmax({ name: 'shares' }), {}, tensor([[[5, 9]]]), { mask }))
    .toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [softmax/mask] softmax "shares": the mask does not fit the input.
      got       mask [1, 3], input [1, 1, 2]
      expected  a mask whose lengths, from the last axis on, are those of the input or 1
      fix       add an axis of length 1 at its end with expandDims]
  `);
});

test('softmax over several axes adds up to 1 over all of them', () => {
  const y = outputOf(
    softmax({ axis: [1, 2] }),
    {},
    tensor([
      [
        [1, 1],
        [1, 1],
      ],
    ]),
  );
  expect(y.toArray()).toEqual([
    [
      [0.25, 0.25],
      [0.25, 0.25],
    ],
  ]);
});

test('hold what every layer must hold', () => {
  checkLayer(reLU({ maxValue: 1, negativeSlope: 0.1, threshold: 0.2 }), [2, 5]);
  checkLayer(leakyReLU(), [2, 5]);
  checkLayer(elu({ alpha: 0.4 }), [2, 5]);
  checkLayer(pReLU({ alphaInitializer: 'ones' }), [2, 5]);
  checkLayer(pReLU({ sharedAxes: [1, 2], alphaRegularizer: 'l2' }), [2, 4, 5, 3]);
  checkLayer(softmax(), [2, 5]);
  checkLayer(softmax({ axis: [1, -1] }), [2, 5, 3]);
});

test('impossible options and inputs are explained', () => {
  expect(() => reLU({ maxValue: -1, name: 'cap' })).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] reLU "cap": maxValue is impossible.
      got       maxValue: -1
      expected  a number of at least 0
      fix       for example maxValue: 1]
  `);
  expect(() => leakyReLU({ negativeSlope: -0.3 })).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] leakyReLU: negativeSlope is impossible.
      got       negativeSlope: -0.3
      expected  a number of at least 0
      fix       for example negativeSlope: 0.3]
  `);
  // @ts-expect-error alpha is a number
  expect(() => elu({ alpha: 'one' })).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] elu: alpha is impossible.
      got       alpha: "one"
      expected  a number
      fix       for example alpha: 1]
  `);
  // @ts-expect-error Keras 2 called it alpha
  expect(() => leakyReLU({ alpha: 0.3 })).toThrow(/no option 'alpha'/);
  expect(() => pReLU({ sharedAxes: [0] })).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [prelu/shared-axes] pReLU: sharedAxes is impossible.
      got       sharedAxes: [0]
      expected  a list of axes from 1; the batch is axis 0 and always shared
      fix       for images with channels last: sharedAxes: [1, 2]]
  `);
  expect(() => pReLU({ sharedAxes: [3] }).build([null, 4, 5])).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [prelu/shared-axes] pReLU: sharedAxes names an axis that is not there.
      got       axis 3 of an input [batch, 4, 5]
      expected  axes from 1 to 2
      fix       leave it out]
  `);
  expect(() => pReLU({ name: 'slope' }).build([null, null, 5])).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [layer/unknown-axis] pReLU "slope" must know the length of axis 1 of its input.
      got       [batch, ?, 5]
      expected  a number on axis 1
      fix       give that length in input({ shape }) or inputShape]
  `);
  expect(() => softmax({ axis: [] })).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] softmax: axis is impossible.
      got       axis: []
      expected  the number of an axis, or a list of them
      fix       for example axis: -1]
  `);
});
