import { compile, tensor } from '@gradus/tensor';
import { expect, test } from 'vitest';
import { activation } from './activation.js';
import type { ActivationLike } from './activations.js';
import { getActivation } from './activations.js';
import { flatten } from './flatten.js';
import { checkLayer } from './layer-check.js';

test('a name, an alias, a function, nothing', () => {
  const x = tensor([-1, 2]);
  expect(getActivation('relu')(x).toArray()).toEqual([0, 2]);
  expect(getActivation('swish')).toBe(getActivation('silu'));
  expect(getActivation(null)(x)).toBe(x);
  const double = (y: typeof x) => y.mul(2);
  expect(getActivation(double)).toBe(double);
});

test('a name with options', () => {
  const of = (like: ActivationLike) => getActivation(like)(tensor([-2, 4])).toArray();
  expect(of({ name: 'leakyRelu', negativeSlope: 0.5 })).toEqual([-1, 4]);
  expect(of({ name: 'relu', maxValue: 3, threshold: 1, negativeSlope: 0.5 })).toEqual([-1.5, 3]);
  expect(of({ name: 'threshold', threshold: 0, defaultValue: 7 })).toEqual([7, 4]);
  expect(of({ name: 'hardShrink', threshold: 3 })).toEqual([0, 4]);
  expect(of({ className: 'leakyRelu', config: { negativeSlope: 0.25 } })).toEqual([-0.5, 4]);
  const columns = tensor([[0], [0]]);
  expect(getActivation({ name: 'softmax', axis: 0 })(columns).toArray()).toEqual([[0.5], [0.5]]);
  const compiled = compile(getActivation({ name: 'elu', alpha: 2 }));
  expect(compiled(tensor([-1])).item()).toBeCloseTo(2 * Math.expm1(-1), 6);
});

test('null for all options is the plain activation', () => {
  expect(getActivation({ name: 'relu', maxValue: null })).toBe(getActivation('relu'));
});

test('options go into files and come back', () => {
  const layer = activation({ activation: { name: 'relu', negativeSlope: 0.1, maxValue: 2 } });
  expect(layer.getConfig()['activation']).toEqual({
    className: 'relu',
    config: { negativeSlope: 0.1, maxValue: 2 },
  });
  checkLayer(layer, [2, 3]);
});

test('a mistyped name is answered with the nearest one', () => {
  expect(() => getActivation('sigmod' as 'sigmoid')).toThrow(/did you mean 'sigmoid'\?/);
});

test('options that cannot work are explained', () => {
  // @ts-expect-error elu has no slope
  expect(() => getActivation({ name: 'elu', alfa: 1 })).toThrowErrorMatchingInlineSnapshot(`
    [NameError: [activation/unknown-option] activation elu has no option 'alfa'.
      got       'alfa'
      expected  alpha
      fix       did you mean 'alpha'?]
  `);
  expect(() =>
    // @ts-expect-error tanh has no options
    getActivation({ name: 'tanh', alpha: 1 }),
  ).toThrowErrorMatchingInlineSnapshot(`
    [NameError: [activation/unknown-option] activation tanh has no option 'alpha'.
      got       'alpha'
      expected  no options
      fix       use one of the options above]
  `);
  expect(() =>
    // @ts-expect-error a slope is a number
    getActivation({ name: 'leakyRelu', negativeSlope: 'much' }),
  ).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [activation/option] activation leakyRelu: negativeSlope is impossible.
      got       negativeSlope: "much"
      expected  a number
      fix       give a number, or leave negativeSlope out]
  `);
  // @ts-expect-error it has no defaults
  expect(() => getActivation('threshold')).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [activation/missing] activation threshold needs threshold and defaultValue.
      got       no options
      expected  threshold, defaultValue
      fix       for example { name: 'threshold', threshold: 1, defaultValue: 1 }]
  `);
  // @ts-expect-error a layer is a function of symbolic tensors
  expect(() => getActivation(flatten())).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [activation/layer] An activation is a function of a tensor, not a layer.
      got       a Flatten layer
      expected  a name, a name with options, or a function of a tensor
      fix       for example activation: { name: 'leakyRelu', negativeSlope: 0.1 }, or put the layer after this one]
  `);
});
