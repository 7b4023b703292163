import { dense, input } from '@gradus/layers';
import { meanSquaredError } from '@gradus/losses';
import { auc } from '@gradus/metrics';
import { adam } from '@gradus/optimizers';
import { tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { describe, expect, it } from 'vitest';
import { model, modelFromBytes, sequential } from './index.js';
import type { CompileOptions, Sequential } from './index.js';

const x = tensor([
  [1, 2],
  [3, 4],
]);
const y = tensor([1, 2]);
const bare = (): Sequential => sequential([dense({ units: 1 })], { inputShape: [2], seed: 1 });
const compile = (options: object) => (): unknown => bare().compile(options as CompileOptions);
const absError = (target: Tensor, prediction: Tensor): Tensor =>
  prediction.sub(target).abs().mean({ axis: -1 });

describe('compile', () => {
  it('refuses what it does not know', () => {
    expect(compile({ learningRate: 0.1 })).toThrow('model/unknown-option');
    expect(compile({ metric: ['mae'] })).toThrow("did you mean 'metrics'?");
    expect(compile({ metrics: 'mae' })).toThrow("metrics: ['mae']");
    expect(compile({ metrics: [{ name: 'mae' }] })).toThrow('compile/metric');
    expect(compile({ optimizer: adam })).toThrow('compile/optimizer');
    expect(compile({ optimizer: 3 })).toThrow('optimizer: adam({ learningRate: 0.001 })');
    expect(compile({ lossWeights: 'a' })).toThrow('compile/loss-weights');
    expect(compile({ lossWeights: [NaN] })).toThrow('compile/loss-weights');
  });

  it('tells that the factory of a loss or metric was not called', () => {
    const options = { loss: meanSquaredError } as unknown as CompileOptions;
    expect(() => bare().compile(options).trainOnBatch(x, y)).toThrow('loss: meanSquaredError()');
    const metrics = { loss: 'mse', metrics: [auc] } as unknown as CompileOptions;
    expect(() => bare().compile(metrics).trainOnBatch(x, y)).toThrow('metrics: [auc()]');
  });

  it('wants a loss before it trains, but not before it measures', () => {
    const m = bare().compile({ optimizer: 'sgd', metrics: ['mae'] });
    expect(() => m.trainOnBatch(x, y)).toThrow('model/no-loss');
    expect(m.testOnBatch(x, y)['mae']).toBeGreaterThan(0);
    const penalized = sequential([dense({ units: 1, kernelRegularizer: 'l2' })], {
      inputShape: [2],
    }).compile({ optimizer: 'sgd' });
    expect(penalized.trainOnBatch(x, y)['loss']).toBeGreaterThan(0);
  });

  it('makes metrics of functions', async () => {
    const named = bare().compile({ loss: 'mse', metrics: [absError, 'mae'] });
    const logs = await named.evaluate(x, y);
    expect(logs['absError']).toBeCloseTo(logs['mae'] as number, 6);
    const a = input({ shape: [2] });
    const both = model({
      inputs: a,
      outputs: { p: dense({ units: 1 })(a), q: dense({ units: 1 })(a) },
    });
    both.compile({ loss: 'mse', metrics: { q: absError } });
    expect(await both.evaluate(x, { p: y, q: y })).toHaveProperty('q_absError');
  });
});

describe('a file', () => {
  it('does not hold functions, and says so when they are missed', () => {
    const m = bare().compile({ optimizer: 'sgd', loss: absError });
    const again = modelFromBytes(m.toBytes());
    expect(again.predict(x).toArray()).toEqual(m.predict(x).toArray());
    expect(() => again.trainOnBatch(x, y)).toThrowErrorMatchingInlineSnapshot(`
      [ValueError: [model/not-compiled] Model "sequential" has no loss yet.
        got       trainOnBatch before compile; the model comes from a file, which cannot hold your own code: 'function absError'
        expected  compile first
        fix       model.compile({ optimizer: 'adam', loss: 'mse' })]
    `);
    again.compile({ optimizer: 'sgd', loss: absError });
    expect(again.trainOnBatch(x, y)).toEqual(m.trainOnBatch(x, y));
  });
});

describe('weights', () => {
  it('may be nested arrays', () => {
    const m = bare();
    m.setWeights([[[1], [2]], Float32Array.of(3)]);
    expect(m.predict(x).toArray()).toEqual([[8], [14]]);
    expect(() => m.setWeights([[[1, 2]], [3]])).toThrow('model/weights');
  });
});
