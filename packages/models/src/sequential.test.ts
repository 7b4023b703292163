import { dataset } from '@gradus/data';
import { dense, sparse } from '@gradus/layers';
import { tensor, ones } from '@gradus/tensor';
import { zeros } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { describe, expect, it } from 'vitest';
import { modelFromBytes } from './load.js';
import { sequential } from './sequential.js';

const x = tensor([
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
]);
const y = tensor([[0], [1], [1], [2]]);

describe('sequential', () => {
  it('counts only the connections of a sparse layer that exist, and keeps the others cut', async () => {
    const model = sequential([sparse({ units: 6, density: 0.3, seed: 1 })], { inputShape: [10] });
    model.compile({ optimizer: 'adam', loss: 'mse' });
    expect(model.parameterCount).toBe(18 + 6);
    const cut = (): Tensor => {
      const [kernel, , mask] = model.variables.map((variable) => variable.read()) as [
        Tensor,
        Tensor,
        Tensor,
      ];
      return kernel.mul(mask.equal(0));
    };
    const before = cut().toArray();
    await model.fit(ones([8, 10]), ones([8, 6]), { epochs: 5, verbose: 0 });
    expect(cut().toArray()).toEqual(before);
  });

  it('learns a sum', async () => {
    const sum = sequential([dense({ units: 4 }), dense({ units: 1 })]);
    sum.compile({ optimizer: 'adam', loss: 'mse', metrics: ['mae'] });
    const { history } = await sum.fit(x, y, { verbose: 0, epochs: 30, batchSize: 3 });
    expect(Object.keys(history)).toEqual(['loss', 'mae']);
    expect(history['loss']?.at(-1)).toBeLessThan(history['loss']?.[0] as number);
    expect((await sum.evaluate(x, y))['loss']).toBeGreaterThan(0);
    expect((sum.predict(x) as Tensor).shape).toEqual([4, 1]);
  });

  it('goes on after loading as if it had never stopped', async () => {
    const first = sequential([dense({ units: 3, activation: 'tanh' }), dense({ units: 1 })], {
      inputShape: [2],
    });
    first.compile({ optimizer: 'adam', loss: 'mse', metrics: ['mae'] });
    await first.fit(x, y, { verbose: 0, epochs: 2 });
    const second = modelFromBytes(first.toBytes());
    expect((second.predict(x) as Tensor).toArray()).toEqual((first.predict(x) as Tensor).toArray());
    const a = await first.fit(x, y, { verbose: 0, epochs: 2 });
    const b = await second.fit(x, y, { verbose: 0, epochs: 2 });
    expect(b.history).toEqual(a.history);
  });

  it('refuses altered bytes', () => {
    const bytes = sequential([dense({ units: 1 })], { inputShape: [2] }).toBytes();
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] as number) ^ 1;
    expect(() => modelFromBytes(bytes)).toThrow('altered');
  });

  it('names row and column of a NaN', () => {
    const model = sequential([dense({ units: 1 })]).compile({ loss: 'mse' });
    expect(() =>
      model.fit(
        [
          [1, 2],
          [3, NaN],
        ],
        [1, 2],
      ),
    ).toThrow('row 1, column 1');
  });

  it('names itself and what it expects when an input does not fit', () => {
    const model = sequential([dense({ units: 1 })], { inputShape: [2], name: 'adder' });
    expect(() => model.predict([[1, 2, 3]])).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: [model/input] Model "adder" cannot take this input.
        got       [1, 3]
        expected  [batch, 2]
        fix       give data with a first axis for the samples, and each sample as the model was built for]
    `);
  });

  it('trains with frozen layers left alone', async () => {
    const model = sequential([dense({ units: 2 }), dense({ units: 1 })], { inputShape: [2] });
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    model.freeze((path) => path.startsWith('dense/'));
    const before = model.getWeights().map((weight) => weight.toArray());
    await model.fit(x, y, { verbose: 0 });
    const after = model.getWeights().map((weight) => weight.toArray());
    expect(after.slice(0, 2)).toEqual(before.slice(0, 2));
    expect(after[2]).not.toEqual(before[2]);
  });

  it('is the same with the same seed, and adding a layer changes no other', () => {
    const kernel = (depth: number, seed: number): unknown =>
      sequential(
        Array.from({ length: depth }, () => dense({ units: 2 })),
        { inputShape: [2], seed },
      )
        .getWeights()[0]
        ?.toArray();
    expect(kernel(1, 3)).toEqual(kernel(3, 3));
    expect(kernel(1, 3)).not.toEqual(kernel(1, 4));
  });

  it('puts batches of one into trainOnBatch and predicts afterwards', () => {
    const model = sequential([dense({ units: 1 })], { inputShape: [2] }).compile({
      optimizer: 'sgd',
      loss: 'mse',
      metrics: ['mae'],
    });
    const first = model.trainOnBatch(x, y);
    const second = model.trainOnBatch(x, y);
    expect(Object.keys(first)).toEqual(['loss', 'mae']);
    expect(second['loss']).toBeLessThan(first['loss'] as number);
  });

  it('can grow and shrink', () => {
    const model = sequential([dense({ units: 3 })], { inputShape: [2] });
    model.add(dense({ units: 1 }));
    expect(model.parameterCount).toBe(13);
    model.pop();
    expect(model.parameterCount).toBe(9);
  });

  it('takes the options of a dataset where the targets of arrays are', async () => {
    const model = sequential([dense({ units: 1 })], { inputShape: [2] });
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    const [x, y] = [zeros([8, 2]), zeros([8, 1])];
    const { epoch } = await model.fit(dataset({ x, y }).batch(4), { epochs: 3, verbose: 0 });
    expect(epoch).toEqual([0, 1, 2]);
    expect(() => model.fit(dataset({ x, y }).batch(4), y, { verbose: 0 })).toThrow(
      /bring their targets/,
    );
  });

  it('reads datasets', async () => {
    const model = sequential([dense({ units: 1 })], { inputShape: [2] }).compile({ loss: 'mse' });
    const { history } = await model.fit(dataset({ x, y }).shuffle().batch(2), undefined, {
      verbose: 0,
      epochs: 2,
    });
    expect(history['loss']?.length).toBe(2);
  });
});
