import { grad, tensor } from '@gradus/tensor';
import { expect, expectTypeOf, test } from 'vitest';
import { dense } from './dense.js';
import { fromConfig } from './registry.js';
import { checkLayer, outputOf } from './layer-check.js';
import { asLayerResult } from './layer-result.js';
import { context } from './layer-check.js';
import { input } from './symbolic.js';

test('multiplies, adds, activates', () => {
  const layer = dense({ units: 2, activation: 'relu' });
  const params = {
    kernel: tensor([
      [1, -1],
      [2, -2],
    ]),
    bias: tensor([0.5, 1]),
  };
  expect(
    outputOf(
      layer,
      params,
      tensor([
        [1, 1],
        [-1, 0],
      ]),
    ).toArray(),
  ).toEqual([
    [3.5, 0],
    [0, 2],
  ]);
});

test('holds what every layer must hold', () => {
  checkLayer(dense({ units: 3, activation: 'tanh' }), [4, 5]);
  checkLayer(dense({ units: 3, useBias: false, kernelRegularizer: 'l2' }), [2, 6, 5]);
});

test('options that cannot work are refused at once', () => {
  expect(() => dense({ units: -2, name: 'hidden' })).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] dense "hidden": units is impossible.
      got       units: -2
      expected  a whole number of at least 1
      fix       for example units: 2]
  `);
  // @ts-expect-error an unknown option does not compile
  expect(() => dense({ units: 2, activaton: 'relu' })).toThrowErrorMatchingInlineSnapshot(`
    [NameError: [layer/unknown-option] dense has no option 'activaton'.
      got       'activaton'
      expected  activation, activityRegularizer, biasConstraint, biasInitializer, biasRegularizer, kernelConstraint, kernelInitializer, kernelRegularizer, name, trainable, units, useBias
      fix       did you mean 'activation'?]
  `);
  // @ts-expect-error nor does an unknown name
  expect(() => dense({ units: 2, activation: 'rellu' })).toThrowErrorMatchingInlineSnapshot(`
    [NameError: [activation/unknown] There is no activation called 'rellu'.
      got       'rellu'
      expected  one of celu, elu, exponential, gelu, glu, hardShrink, hardSigmoid, hardSilu, hardSwish, hardTanh, leakyRelu, linear, logSigmoid, logSoftmax, mish, relu, relu6, selu, sigmoid, silu, softShrink, softmax, softplus, softsign, sparsePlus, sparseSigmoid, sparsemax, squareplus, swish, tanh, tanhShrink, threshold
      fix       did you mean 'relu'?]
  `);
});

test('an input of another width is explained with the names of the user', () => {
  const layer = dense({ units: 10, name: 'hidden' });
  const params = {
    kernel: tensor(new Float32Array(7840), { shape: [784, 10] }),
    bias: tensor(new Float32Array(10)),
  };
  const images = tensor(new Float32Array(2 * 784), { shape: [2, 28, 28] });
  expect(() => outputOf(layer, params, images)).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [layer/last-axis] dense "hidden" was built for inputs whose last axis is 784.
      got       [2, 28, 28]
      expected  [..., 784]
      fix       put flatten() before it, or build the model with inputShape [28, 28]]
  `);
  expect(() => layer.build([null, null])).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [layer/unknown-axis] dense "hidden" must know the length of axis -1 of its input.
      got       [batch, ?]
      expected  a number on axis -1
      fix       give that length in input({ shape }) or inputShape]
  `);
});

test('the activity penalty is divided by the batch size', () => {
  const layer = dense({ units: 1, activityRegularizer: 'l2' });
  const params = { kernel: tensor([[1]]), bias: tensor([0]) };
  const { losses } = asLayerResult(layer.call(params, tensor([[10], [20]]), context()));
  expect(losses.map((loss) => loss.item())).toEqual([2.5]);
});

test('is frozen, callable, and can be made again with other common options', () => {
  const layer = dense({ units: 3, name: 'hidden' });
  expect(Object.isFrozen(layer)).toBe(true);
  expect(layer.name).toBe('hidden');
  expect(dense({ units: 3 }).name).toBeUndefined();
  expect(layer.with({ trainable: false }).trainable).toBe(false);
  const y = layer(input({ shape: [4] }));
  expect(y.shape).toEqual([null, 3]);
  expect(y.source).toMatchObject({ kind: 'layer', layer, inputsAs: 'single' });
  expectTypeOf(layer.name).toEqualTypeOf<string | undefined>();
});

test('an unknown class is named, with the nearest known one', () => {
  expect(() => fromConfig({ className: 'Dens', config: {} })).toThrow(/did you mean 'Dense'\?/);
});

test('gradients reach kernel and bias', () => {
  const layer = dense({ units: 1 });
  const loss = (params: { kernel: ReturnType<typeof tensor>; bias: ReturnType<typeof tensor> }) =>
    outputOf(layer, params, tensor([[2, 3]])).sum();
  const gradient = grad(loss)({ kernel: tensor([[1], [1]]), bias: tensor([0]) });
  expect(gradient.kernel.toArray()).toEqual([[2], [3]]);
  expect(gradient.bias.toArray()).toEqual([1]);
});
