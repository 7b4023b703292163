import { foldIn, key, tensor } from '@gradus/tensor';
import { expect, test } from 'vitest';
import { einsumDense } from './einsum-dense.js';
import { checkLayer, outputOf } from './layer-check.js';
import { input } from './symbolic.js';

const heads = einsumDense({
  equation: 'abc,cde->abde',
  outputShape: [null, 2, 3],
  biasAxes: 'de',
  activation: 'relu',
});

test('sums over the axes that the output lacks, adds, activates', () => {
  const layer = einsumDense({ equation: 'ab,bc->ac', outputShape: 2, biasAxes: 'c' });
  const params = {
    kernel: tensor([
      [1, 10],
      [2, 20],
    ]),
    bias: tensor([0.5, 1]),
  };
  expect(outputOf(layer, params, tensor([[1, 1]])).toArray()).toEqual([[3.5, 31]]);
});

test('holds what every layer must hold', () => {
  checkLayer(
    einsumDense({ equation: 'abc,cd->abd', outputShape: [3, 4], biasAxes: 'bd' }),
    [2, 3, 5],
  );
  checkLayer(einsumDense({ equation: '...x,xy->...y', outputShape: 4 }), [2, 3, 5, 6]);
  checkLayer(
    einsumDense({ equation: 'ab...,bc->ac...', outputShape: 4, biasAxes: 'c' }),
    [2, 3, 5],
  );
});

test('kernel, bias and output get their lengths from the equation', () => {
  const { kernel, bias } = heads.build([null, 4, 5]);
  expect(kernel?.shape).toEqual([5, 2, 3]);
  expect(bias?.shape).toEqual([2, 3]);
  // Keras announces only what outputShape says.
  expect(heads.outputShape([null, 4, 5])).toEqual([null, null, 2, 3]);
  const rows = einsumDense({ equation: 'abc,cd->abd', outputShape: [7, 3], biasAxes: 'b' });
  expect(rows.build([null, 7, 5]).bias?.shape).toEqual([7, 1]);
  const images = einsumDense({ equation: 'ab...,bc->ac...', outputShape: 4, biasAxes: 'c' });
  expect(images.build([null, 3, 8, 9]).bias?.shape).toEqual([4, 1, 1]);
  expect(images.outputShape([null, 3, 8, 9])).toEqual([null, 4, 8, 9]);
  const deep = einsumDense({ equation: '...x,xy->...y', outputShape: 4 });
  expect(deep.outputShape([null, 3, 8, 9])).toEqual([null, 3, 8, 4]);
  const apart = einsumDense({ equation: 'abc,bcd->abd', outputShape: [null, 6] });
  expect(apart.build([null, 3, 5]).kernel?.shape).toEqual([3, 5, 6]);
});

test('the first kernel counts connections along the axes of the equation', () => {
  const { kernel } = heads.build([null, 4, 5]);
  const numbers = kernel?.initializer([5, 2, 3], 'float32', foldIn(key(1), 'kernel')).data ?? [];
  // 5 in, 6 out; by position it would be 10 and 15.
  const limit = Math.sqrt(6 / (5 + 6));
  const largest = Math.max(...Array.from(numbers, Math.abs));
  expect(largest).toBeLessThanOrEqual(limit);
  expect(largest).toBeGreaterThan(0.8 * limit);
});

test('equations and shapes that cannot work are explained', () => {
  expect(() => einsumDense({ equation: 'ab,bc', outputShape: 2, name: 'heads' }))
    .toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [einsum/equation] einsumDense "heads" does not understand its equation.
      got       equation: "ab,bc"
      expected  'ab,bc->ac', '...ab,bc->...ac' or 'ab...,bc->ac...': input, kernel and output
      fix       name every axis by a letter: equation: 'abc,cd->abd']
  `);
  expect(() => einsumDense({ equation: 'ab,bc->ad', outputShape: 2 }))
    .toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [einsum/letters] einsumDense: the axis 'd' of the output comes from nowhere.
      got       'ab,bc->ad': output 'ad'
      expected  every letter of the kernel and of biasAxes in the output or the input
      fix       name 'd' in the kernel too]
  `);
  expect(() => einsumDense({ equation: 'ab,bcd->ac', outputShape: 2 }))
    .toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [einsum/letters] einsumDense: the axis 'd' of the kernel has no length.
      got       'ab,bcd->ac': kernel 'bcd'
      expected  every letter of the kernel and of biasAxes in the output or the input
      fix       name 'd' in the input or the output too]
  `);
  expect(() => einsumDense({ equation: 'ab,bc->ac', outputShape: 2, biasAxes: 'b' }))
    .toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [einsum/letters] einsumDense: the output has no axis 'b' for the bias.
      got       'ab,bc->ac': biasAxes 'b'
      expected  every letter of the kernel and of biasAxes in the output or the input
      fix       choose biasAxes among 'ac']
  `);
  expect(() => einsumDense({ equation: 'ab,bc->ac', outputShape: -2 }))
    .toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] einsumDense: outputShape is impossible.
      got       outputShape: -2
      expected  a whole number of at least 1
      fix       for example outputShape: 2]
  `);
  expect(() => heads(input({ shape: [4] }))).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [einsum/rank] einsumDense: the equation names other axes than it gets.
      got       [batch, 4] for 'abc,cde->abde', outputShape [null, 2, 3]
      expected  3 axes
      fix       name one axis after the other, the batch too, or leave some to ...]
  `);
  expect(() => heads.build([null, 4, null])).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [layer/unknown-axis] einsumDense must know the length of 'c'.
      got       [batch, 4, ?] for 'abc,cde->abde', outputShape [null, 2, 3]
      expected  a number for the axis 'c'
      fix       give that length in outputShape, in input({ shape }) or inputShape]
  `);
  expect(() => einsumDense({ equation: 'abc,cd->abd', outputShape: 3 }).build([null, 4, 5]))
    .toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [einsum/output] einsumDense: outputShape does not fit the equation.
      got       [batch, 4, 5] for 'abc,cd->abd', outputShape [3]
      expected  a length for each of 'abd' but the batch
      fix       give outputShape without the batch, with null for an axis of the input]
  `);
  expect(() => einsumDense({ equation: 'abc,cd->abd', outputShape: [3, 2] }).build([null, 4, 5]))
    .toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [einsum/shared] einsumDense: the axis 'b' has two lengths.
      got       [batch, 4, 5] for 'abc,cd->abd', outputShape [3, 2]
      expected  'b' as long in outputShape as in the input (4)
      fix       put null for 'b' into outputShape]
  `);
  expect(() =>
    // @ts-expect-error there are no adapters
    einsumDense({ equation: 'ab,bc->ac', outputShape: 2, loraRank: 4 }),
  ).toThrowErrorMatchingInlineSnapshot(`
    [NameError: [layer/unsupported] einsumDense has no low-rank adapters or quantization.
      got       'loraRank'
      expected  a layer that learns all of its parameters, in float32
      fix       leave loraRank out]
  `);
  const params = { kernel: tensor([[1], [2]]) };
  const plain = einsumDense({ equation: 'ab,bc->ac', outputShape: 1, name: 'sum' });
  expect(() => outputOf(plain, params, tensor([[1, 2, 3]]))).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [einsum/kernel] einsumDense "sum" was built for inputs of other lengths.
      got       [1, 3], which needs a kernel [3, 1]
      expected  an input for the kernel [2, 1] in 'ab,bc->ac'
      fix       give it inputs of those lengths, or build the model for inputs like these]
  `);
});
