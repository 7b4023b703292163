import { dataset } from '@gradus/data';
import { dense, input } from '@gradus/layers';
import { sparseCategoricalCrossentropy } from '@gradus/losses';
import { tensor, zeros } from '@gradus/tensor';
import { describe, expect, it } from 'vitest';
import { earlyStopping, model, sequential } from './index.js';
import type { Callback, CompileOptions, FitOptions, Sequential } from './index.js';

const x = tensor(
  Float32Array.from({ length: 12 }, (_, i) => Math.sin(i)),
  { shape: [6, 2] },
);
const labels = [0, 1, 2, 0, 1, 2];

function classifier(options: CompileOptions = {}): Sequential {
  return sequential([dense({ units: 3, activation: 'softmax' })], { inputShape: [2] }).compile({
    loss: 'sparseCategoricalCrossentropy',
    ...options,
  });
}
function line(): Sequential {
  return sequential([dense({ units: 1 })], { inputShape: [2] }).compile({
    optimizer: 'sgd',
    loss: 'mse',
    metrics: ['mae'],
  });
}

describe('labels', () => {
  it('are classes of the output, in arrays, streams and single batches', async () => {
    expect(() => classifier().fit(x, [0, 1, 2, 3, 1, 2])).toThrowErrorMatchingInlineSnapshot(`
      [ValueError: [model/label] A label is no class of output "dense".
        got       3 in row 3 (counted from 0)
        expected  0 to 2, for 3 classes
        fix       count classes from 0, or give the last layer 4 units]
    `);
    const wrong = [0, 1, 2, -1, 1, 2];
    await expect(classifier().evaluate(x, wrong)).rejects.toThrow('-1 in row 3');
    expect(() => classifier().trainOnBatch(x, wrong)).toThrow('model/label');
    await expect(classifier().fit(() => [[x, wrong]], undefined, { verbose: 0 })).rejects.toThrow(
      'model/label',
    );
    expect(() => classifier().fit(x, labels, { validationData: [x, wrong] })).toThrow(
      'model/label',
    );
  });

  it('may be one that the loss leaves out', async () => {
    const loss = sparseCategoricalCrossentropy({ ignoreClass: -1 });
    const logs = await classifier({ loss }).evaluate(x, [0, 1, 2, -1, 1, 2]);
    expect(logs['loss']).toBeGreaterThan(0);
  });

  it('of two outputs are told apart', () => {
    const a = input({ shape: [2] });
    const outputs = { mood: dense({ units: 2 })(a), kind: dense({ units: 3 })(a) };
    const both = model({ inputs: a, outputs }).compile({ loss: 'sparseCategoricalCrossentropy' });
    expect(() => both.fit(x, { mood: labels, kind: labels })).toThrow('of output "mood"');
  });
});

describe('numbers', () => {
  it('of double precision train as others do', async () => {
    const y = Float64Array.from(labels);
    const sampleWeight = Float64Array.of(1, 1, 2, 2, 3, 3);
    const m = line();
    const { history } = await m.fit(
      Array.from({ length: 6 }, (_, i) => x.data.slice(2 * i, 2 * i + 2)),
      y,
      { sampleWeight, verbose: 0 },
    );
    const single = await line().fit(x, labels, { sampleWeight: [...sampleWeight], verbose: 0 });
    expect(history).toEqual(single.history);
  });

  it('are there, and finite', () => {
    expect(() => line().fit(zeros([0, 2]), zeros([0, 1]))).toThrow('model/empty');
    expect(() => line().fit(x, labels, { sampleWeight: [1, 1, NaN, 1, 1, 1] })).toThrow(
      "'sampleWeight' has a value",
    );
    expect(() => classifier().fit(x, labels, { classWeight: { 0: NaN } })).toThrow('0: NaN');
    const byName = { classWeight: { cat: 1 } } as unknown as FitOptions;
    expect(() => classifier().fit(x, labels, byName)).toThrow('fit/class-weight');
  });

  it('are told what they are, where they are none', () => {
    expect(() => line().predict([[1n, 2n]])).toThrow('1n (bigint)');
    expect(() => line().predict([['a', 2]])).toThrow('"a" (string)');
  });

  it('come in every epoch', async () => {
    const once = [[x, labels]][Symbol.iterator]();
    const one = line().fit({ [Symbol.iterator]: () => once }, undefined, { epochs: 2, verbose: 0 });
    await expect(one).rejects.toThrow('nothing in epoch 2');
    const twice = await line().fit(() => [[x, labels]], undefined, {
      epochs: 2,
      stepsPerEpoch: 1,
      verbose: 0,
    });
    expect(twice.history['loss']).toHaveLength(2);
    await expect(line().fit(() => [], undefined, { verbose: 0 })).rejects.toThrow('in epoch 1');
  });
});

describe('streams', () => {
  it('bring x and y', async () => {
    for (const element of [x, { inputs: x, targets: labels }, 3])
      await expect(line().fit(() => [element], undefined, { verbose: 0 })).rejects.toThrow(
        'fit/stream-element',
      );
  });

  it('are too late for predict', () => {
    expect(() => line().predict(dataset({ x }))).toThrow('predict/stream');
  });
});

describe('validation data', () => {
  it('are x and y, by place or by name', async () => {
    const list = await line().fit(x, labels, { validationData: [x, labels], verbose: 0 });
    const named = await line().fit(x, labels, { validationData: { x, y: labels }, verbose: 0 });
    expect(named.history).toEqual(list.history);
    expect(() => line().fit(x, labels, { validationData: [x] })).toThrow('fit/validation-data');
    expect(() => line().fit(x, labels, { validationData: x })).toThrow('inputs alone');
  });
});

describe('options', () => {
  const fitWith = (options: object) => (): unknown => line().fit(x, labels, options);

  it('are known by name', async () => {
    expect(fitWith({ batch_size: 3 })).toThrow("did you mean 'batchSize'?");
    await expect(line().evaluate(x, labels, { batchsize: 3 } as object)).rejects.toThrow(
      'model/unknown-option',
    );
    expect(() => line().predict(x, { batchsize: 3 } as object)).toThrow(
      "did you mean 'batchSize'?",
    );
    expect(() => line().trainOnBatch(x, labels, { sampleWeights: labels } as object)).toThrow(
      "did you mean 'sampleWeight'?",
    );
  });

  it('are whole numbers where they count', () => {
    for (const epochs of [-1, 1.5, '3']) expect(fitWith({ epochs })).toThrow('epochs is a whole');
    expect(fitWith({ stepsPerEpoch: 0 })).toThrow('stepsPerEpoch: 0');
    expect(fitWith({ validationFreq: 0 })).toThrow('validationFreq: 0');
    expect(() => line().predict(x, { batchSize: 0 })).toThrow('batchSize: 0');
    expect(() => line().predict(x, { batchSize: 1.5 })).toThrow('batchSize: 1.5');
  });

  it('name the call that came before compile', async () => {
    const bare = sequential([dense({ units: 1 })], { inputShape: [2] });
    await expect(bare.evaluate(x, labels)).rejects.toThrow('evaluate before compile');
  });
});

describe('callbacks', () => {
  it('may be objects of a class', async () => {
    class Counter implements Callback {
      epochs = 0;
      onEpochEnd(): void {
        this.epochs++;
      }
    }
    const counter = new Counter();
    await line().fit(x, labels, { epochs: 2, callbacks: [counter], verbose: 0 });
    expect(counter.epochs).toBe(2);
  });

  it('are a list, with hooks that somebody calls', () => {
    const fitWith = (callbacks: unknown) => (): unknown =>
      line().fit(x, labels, { callbacks: callbacks as readonly Callback[] });
    expect(fitWith(earlyStopping())).toThrow('callbacks: [earlyStopping()]');
    expect(fitWith([null])).toThrow('callback/list');
    expect(fitWith([{ on_epoch_end: () => {} }])).toThrow("did you mean 'onEpochEnd'?");
  });
});
