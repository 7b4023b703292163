import { concatenate, dense, input } from '@gradus/layers';
import { tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { describe, expect, it } from 'vitest';
import { model } from './functional.js';
import { modelFromBytes } from './load.js';
import { sequential } from './sequential.js';

describe('functional models', () => {
  it('share the weights of a layer that two models use', async () => {
    const a = input({ shape: [2], name: 'a' });
    const h = dense({ units: 3, activation: 'tanh', name: 'hidden' })(a);
    const full = model({ inputs: a, outputs: dense({ units: 1 })(h) });
    const encoder = model({ inputs: a, outputs: h });
    const x = tensor([
      [1, 2],
      [3, 4],
    ]);
    const before = encoder.predict(x) as Tensor;
    full.compile({ optimizer: 'sgd', loss: 'mse' });
    await full.fit(x, [1, 2], { verbose: 0, epochs: 1 });
    const after = encoder.predict(x) as Tensor;
    expect(after.toArray()).not.toEqual(before.toArray());
    // A trace computes layer by layer, a prediction in one program: alike but for rounding.
    const traced = full.trace(x)['hidden'] as Tensor;
    after.data.forEach((value, i) => expect(value).toBeCloseTo(traced.data[i] as number, 6));
    encoder.variable('hidden/kernel').assign([
      [0, 0, 0],
      [0, 0, 0],
    ]);
    expect(full.variable('hidden/kernel').read().toArray()).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });

  it('hold other models, and keep them through a file', async () => {
    const tower = sequential([dense({ units: 2, activation: 'relu' })], {
      inputShape: [3],
      name: 'tower',
    });
    const a = input({ shape: [3], name: 'a' });
    const b = input({ shape: [3], name: 'b' });
    const both = concatenate()([tower(a), tower(b)]);
    const twins = model({ inputs: { a, b }, outputs: { y: dense({ units: 1 })(both) } });
    expect(twins.variables.length).toBe(4);
    twins.compile({ loss: { y: 'mse' } });
    const x = {
      a: [
        [1, 2, 3],
        [0, 1, 0],
      ],
      b: [
        [3, 2, 1],
        [1, 1, 1],
      ],
    };
    await twins.fit(x, { y: [[1], [2]] }, { verbose: 0, epochs: 2 });
    const loaded = modelFromBytes(twins.toBytes());
    const values = (prediction: unknown): unknown => (prediction as { y: Tensor }).y.toArray();
    expect(values(loaded.predict(x))).toEqual(values(twins.predict(x)));
  });
});

describe('mistakes at the beginning', () => {
  const x = input({ shape: [2] });
  const small = model({ inputs: x, outputs: dense({ units: 1, name: 'score' })(x), name: 'small' });

  it('tells where numbers go', () => {
    expect(() => small(tensor([[1, 2]]) as never)).toThrowErrorMatchingInlineSnapshot(`
      [ValueError: [model/symbolic] Model "small" is called like a layer.
        got       numbers
        expected  what input() or another layer gives
        fix       small.predict(x)]
    `);
  });

  it('asks for targets', async () => {
    small.compile({ loss: 'mse' });
    await expect((async () => small.fit([[1, 2]], undefined, { verbose: 0 }))()).rejects
      .toThrowErrorMatchingInlineSnapshot(`
      [ValueError: [model/no-target] There is nothing to compare output "score" with.
        got       no targets
        expected  a target for every output that has a loss
        fix       give y: model.fit(x, y); a dataset yields { x, y }; an autoencoder has its input as target: model.fit(x, x)]
    `);
  });
});
