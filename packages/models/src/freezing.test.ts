import { dense, input } from '@gradus/layers';
import { tensor } from '@gradus/tensor';
import { describe, expect, it } from 'vitest';
import { model, modelFromBytes, sequential } from './index.js';
import type { Functional, Model, Sequential } from './index.js';

const x = tensor([
  [1, 2],
  [3, 4],
]);
const y = tensor([1, 2]);
const numbers = (m: Model): unknown => m.getWeights().map((weight) => weight.toArray());

function bodyAndWhole(options: { trainable?: boolean } = {}): [Sequential, Functional] {
  const body = sequential([dense({ units: 3, activation: 'tanh' })], {
    inputShape: [2],
    name: 'body',
    ...options,
  });
  const a = input({ shape: [2] });
  const whole = model({ inputs: a, outputs: dense({ units: 1 })(body(a)) });
  return [body, whole.compile({ optimizer: 'sgd', loss: 'mse' })];
}

describe('a frozen model', () => {
  it('stays as it is inside of another, and thaws', async () => {
    const [body, whole] = bodyAndWhole();
    body.trainable = false;
    whole.compile({ optimizer: 'sgd', loss: 'mse' });
    expect(whole.trainableWeights).toHaveLength(2);
    const before = numbers(body);
    await whole.fit(x, y, { verbose: 0 });
    expect(numbers(body)).toEqual(before);
    body.trainable = true;
    whole.compile({ optimizer: 'sgd', loss: 'mse' });
    await whole.fit(x, y, { verbose: 0 });
    expect(numbers(body)).not.toEqual(before);
  });

  it('may be made so, also before it has a shape', () => {
    const [, whole] = bodyAndWhole({ trainable: false });
    expect(whole.trainableWeights).toHaveLength(2);
    const late = sequential([dense({ units: 1 })]);
    late.trainable = false;
    late.build([null, 2]);
    expect(late.trainableWeights).toEqual([]);
    late.trainable = true;
    expect(late.trainableWeights).toHaveLength(2);
  });

  it('is frozen in its file too, with what was thawed', () => {
    const [body, whole] = bodyAndWhole();
    body.trainable = false;
    expect(modelFromBytes(whole.toBytes()).trainableWeights).toHaveLength(2);
    const [, thawed] = bodyAndWhole({ trainable: false });
    thawed.setTrainable('body', true);
    expect(modelFromBytes(thawed.toBytes()).trainableWeights).toHaveLength(4);
  });
});

it('tells how to freeze a layer', () => {
  const layer = dense({ units: 1, name: 'head' });
  expect(() => {
    (layer as { trainable: boolean }).trainable = false;
  }).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/trainable] dense "head" stays as it was made.
      got       trainable = false
      expected  the model to be told, or another layer
      fix       model.setTrainable(name, false), or make it with { trainable: false }]
  `);
  expect(layer.trainable).toBe(true);
});

describe('models are made of', () => {
  const one = dense({ units: 1 });
  it('layers in a list', () => {
    const make =
      (layers: unknown, options: object = {}) =>
      (): unknown =>
        sequential(layers as [], options);
    expect(make(one)).toThrow('sequential takes its layers in a list');
    expect(make([one, 3])).toThrow('layer 1 is no layer');
    expect(make([dense])).toThrow('call it, with its options');
    expect(make([one(input({ shape: [2] }))])).toThrow('without calling it');
    expect(make([one], { inputshape: [2] })).toThrow("did you mean 'inputShape'?");
    expect(() => sequential().add(dense as never)).toThrow('call it, with its options');
  });

  it('inputs and outputs', () => {
    const a = input({ shape: [2] });
    const make = (options: object) => (): unknown => model(options as never);
    expect(make({ inputs: a })).toThrow('model needs outputs');
    expect(make({ inputs: a, outputs: one })).toThrow('a layer');
    expect(make({ inputs: [], outputs: one(a) })).toThrow('model needs inputs');
    expect(make({ inputs: a, output: one(a) })).toThrow("did you mean 'outputs'?");
  });
});
