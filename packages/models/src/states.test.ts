import { dense, gru, input, lstm, simpleRNN } from '@gradus/layers';
import type { SymbolicTensor } from '@gradus/layers';
import { adam } from '@gradus/optimizers';
import { key, randomNormal, tensor } from '@gradus/tensor';
import { describe, expect, it } from 'vitest';
import { model } from './functional.js';
import { modelFromBytes } from './load.js';
import { sequential } from './sequential.js';
import type { Sequential } from './sequential.js';

/** A running sum: it adds every step to what it remembers. */
function summer(options: { stateful: boolean }): Sequential {
  return sequential([
    input({ shape: [2, 1], batchSize: 2 }),
    simpleRNN({
      units: 1,
      activation: 'linear',
      kernelInitializer: 'ones',
      recurrentInitializer: 'ones',
      name: 'sum',
      ...options,
    }),
  ]);
}

const ones = tensor([
  [[1], [1]],
  [[10], [10]],
]);

describe('stateful layers in a model', () => {
  it('remember from batch to batch until their states are reset', () => {
    const m = summer({ stateful: true });
    expect(m.predict(ones).toArray()).toEqual([[2], [20]]);
    expect(m.predict(ones).toArray()).toEqual([[4], [40]]);
    m.resetStates();
    expect(m.predict(ones).toArray()).toEqual([[2], [20]]);
    m.resetStates('sum');
    expect(m.predict(ones).toArray()).toEqual([[2], [20]]);
  });

  it('forget everything when they are not stateful', () => {
    const m = summer({ stateful: false });
    expect(m.predict(ones).toArray()).toEqual([[2], [20]]);
    expect(m.predict(ones).toArray()).toEqual([[2], [20]]);
  });

  it('remember over batches of one predict, and in fit and evaluate', async () => {
    const m = summer({ stateful: true }).compile({ optimizer: 'sgd', loss: 'mse' });
    const twice = tensor([
      [[1], [1]],
      [[10], [10]],
      [[1], [1]],
      [[10], [10]],
    ]);
    expect(m.predict(twice, { batchSize: 2 }).toArray()).toEqual([[2], [20], [4], [40]]);
    m.resetStates();
    await m.evaluate(ones, tensor([[0], [0]]));
    expect(m.variable('sum/state0').read().toArray()).toEqual([[2], [20]]);
    m.resetStates();
    m.freeze((path) => path !== 'sum/cell/bias');
    m.trainOnBatch(ones, tensor([[2], [20]]));
    expect(m.variable('sum/state0').read().toArray()).toEqual([[2], [20]]);
  });

  it('keep states out of weights and counts, as Keras does', () => {
    const m = summer({ stateful: true });
    expect(m.getWeights().map(({ shape }) => shape)).toEqual([[1, 1], [1, 1], [1]]);
    expect(m.parameterCount).toBe(3);
  });

  it('go on from their states after loading', () => {
    const m = summer({ stateful: true });
    m.predict(ones);
    expect(modelFromBytes(m.toBytes()).predict(ones).toArray()).toEqual([[4], [40]]);
  });

  it('need a fixed batch', () => {
    expect(() =>
      sequential([lstm({ units: 2, stateful: true, name: 'memory' })], { inputShape: [3, 2] }),
    ).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: [recurrent/batch] lstm "memory" is stateful, so it must know the size of the batch.
        got       [batch, 3, 2]
        expected  a number in the place of the batch
        fix       input({ shape, batchSize: 32 }), and data in batches of that size]
    `);
    expect(() => summer({ stateful: true }).resetStates('dense'))
      .toThrowErrorMatchingInlineSnapshot(`
      [NameError: [state/unknown] There is no state called 'dense'.
        got       'dense'
        expected  one of sum
        fix       use one of the names above]
    `);
  });
});

describe('states between layers of a model', () => {
  it('lead from an encoder to a decoder', async () => {
    const source = input({ shape: [4, 2], name: 'source' });
    const target = input({ shape: [3, 2], name: 'target' });
    const [, h, c] = lstm({ units: 3, returnState: true, name: 'encoder' })(source);
    const decoded = lstm({ units: 3, returnSequences: true, name: 'decoder' })(target, {
      initialState: [h, c] as SymbolicTensor[],
    });
    const outputs = dense({ units: 1 })(decoded);
    const m = model({ inputs: { source, target }, outputs });
    expect(m.graph.calls.map(({ layer }) => layer.name ?? layer.className)).toEqual([
      'encoder',
      'decoder',
      'Dense',
    ]);
    const x = { source: randomNormal(key(1), [8, 4, 2]), target: randomNormal(key(2), [8, 3, 2]) };
    const other = { ...x, source: randomNormal(key(3), [8, 4, 2]) };
    expect(m.predict(x).data).not.toEqual(m.predict(other).data);
    expect(modelFromBytes(m.toBytes()).predict(x).data).toEqual(m.predict(x).data);
    m.compile({ optimizer: adam({ learningRate: 0.05 }), loss: 'mse' });
    const y = x.source
      .sum({ axis: [1, 2], keepDims: true })
      .mul(x.target.sum({ axis: 2, keepDims: true }));
    const { history } = await m.fit(x, y, { epochs: 40, verbose: 0 });
    const losses = history['loss'] as number[];
    expect(losses.at(-1)).toBeLessThan((losses[0] as number) * 0.9);
  });

  it('show as several outputs in the summary', () => {
    const x = input({ shape: [4, 2] });
    const [y, h] = gru({ units: 3, returnState: true })(x) as [SymbolicTensor, SymbolicTensor];
    const text = model({ inputs: x, outputs: [y, h] }).summary({ print: () => undefined });
    expect(text).toContain('[(None, 3), (None, 3)]');
  });

  it('must fit', () => {
    const x = input({ shape: [4, 2] });
    const h = input({ shape: [2] });
    expect(() => lstm({ units: 3, name: 'decoder' })(x, { initialState: h }))
      .toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: [recurrent/states] lstm "decoder" starts from states of other shapes.
        got       [batch, 2]
        expected  [batch, 3], [batch, 3]
        fix       give one tensor per state, [batch, ...] each: { initialState: [h, c] }]
    `);
  });
});
