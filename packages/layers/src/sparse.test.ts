import { grad, tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { expect, test } from 'vitest';
import { checkLayer, outputOf, parametersOf } from './layer-check.js';
import { countConnections, sparse } from './sparse.js';

test('exactly the wanted share of connections exists, and the same for the same seed', () => {
  const layer = sparse({ units: 5, density: 0.3, seed: 4 });
  const params = parametersOf(layer, [[1, 10]]);
  expect(params['mask']?.sum().item()).toBe(15);
  expect(countConnections(params)).toBe(20);
  expect(parametersOf(layer, [[1, 10]])['mask']?.data).toEqual(params['mask']?.data);
});

test('a cut connection counts as 0 and gets no gradient', () => {
  const layer = sparse({
    units: 2,
    mask: [
      [1, 0],
      [1, 1],
    ],
    useBias: false,
  });
  const { mask } = parametersOf(layer, [[1, 2]]) as { mask: Tensor };
  const kernel = tensor([
    [1, 100],
    [2, 3],
  ]);
  expect(outputOf(layer, { kernel, mask }, tensor([[1, 1]])).toArray()).toEqual([[3, 3]]);
  const loss = (w: Tensor): Tensor => outputOf(layer, { kernel: w, mask }, tensor([[5, 7]])).sum();
  expect(grad(loss)(kernel).toArray()).toEqual([
    [5, 0],
    [7, 7],
  ]);
});

test('holds what every layer must hold', () => {
  checkLayer(sparse({ units: 3, activation: 'sigmoid' }), [4, 5]);
});

test('impossible options are explained', () => {
  expect(() => sparse({ units: 3, density: 30 })).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] sparse: density is a share between 0 and 1.
      got       density: 30
      expected  a number from 0 to 1
      fix       for example density: 0.3]
  `);
  expect(() => parametersOf(sparse({ units: 2, mask: [[1, 0]] }), [[1, 2]]))
    .toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [sparse/mask] sparse: the mask does not fit the layer.
      got       a mask of shape [1, 2]
      expected  [2, 2]: a row per input, a column per unit
      fix       transpose the mask, or change units]
  `);
});
