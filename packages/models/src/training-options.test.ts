import { dropout, dense, input } from '@gradus/layers';
import { sgd, adam, lossScaleOptimizer } from '@gradus/optimizers';
import { tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { describe, expect, it } from 'vitest';
import { applyGradients, differentiate, lambdaCallback, model, sequential } from './index.js';
import type { CompileOptions, Sequential, StepFunction } from './index.js';

const x = tensor(
  Float32Array.from({ length: 22 }, (_, i) => Math.sin(i)),
  { shape: [11, 2] },
);
const y = tensor(
  Float32Array.from({ length: 11 }, (_, i) => Math.cos(2 * i)),
  { shape: [11, 1] },
);

function net(options: CompileOptions = {}): Sequential {
  return sequential(
    [dense({ units: 4, activation: 'tanh' }), dropout({ rate: 0.2 }), dense({ units: 1 })],
    {
      inputShape: [2],
    },
  ).compile({ optimizer: 'adam', loss: 'mse', metrics: ['mae'], ...options });
}
const weightsOf = (m: Sequential): number[] =>
  m.getWeights().flatMap(({ data }) => Array.from(data as Float32Array));
const fitted = async (options: CompileOptions, fit: object = {}): Promise<Sequential> => {
  const m = net(options);
  await m.fit(x, y, { epochs: 3, batchSize: 2, verbose: 0, ...fit });
  return m;
};
const near = (got: readonly number[], want: readonly number[]): void =>
  got.forEach((value, i) => expect(value).toBeCloseTo(want[i] as number, 5));

describe('stepsPerExecution', () => {
  it('changes no number, with batches that are left over and in another order', async () => {
    for (const shuffle of [false, true]) {
      const one = await fitted({}, { shuffle, validationSplit: 0.2 });
      const many = await fitted({ stepsPerExecution: 3 }, { shuffle, validationSplit: 0.2 });
      near(weightsOf(many), weightsOf(one));
      expect(Object.keys(many.history?.history ?? {})).toEqual([
        'loss',
        'mae',
        'val_loss',
        'val_mae',
      ]);
      near(many.history?.history['val_mae'] ?? [], one.history?.history['val_mae'] ?? []);
      near(many.history?.history['loss'] ?? [], one.history?.history['loss'] ?? []);
    }
  });

  it('calls the hooks once for several batches', async () => {
    const seen: string[] = [];
    const watch = lambdaCallback({
      onTrainBatchBegin: (batch) => void seen.push(`begin ${batch}`),
      onTrainBatchEnd: (batch) => void seen.push(`end ${batch}`),
    });
    await fitted({ stepsPerExecution: 4 }, { epochs: 1, callbacks: [watch] });
    expect(seen).toEqual(['begin 0', 'end 3', 'begin 4', 'end 5']);
  });

  it('stacks the batches of streams, and of as many steps as were asked for', async () => {
    const rows = Array.from({ length: 5 }, (_, i) => ({
      x: x.slice([2 * i, 0], [2, 2]),
      y: y.slice([2 * i, 0], [2, 1]),
    }));
    const one = net();
    await one.fit(() => rows, undefined, { epochs: 2, stepsPerEpoch: 3, verbose: 0 });
    const many = net({ stepsPerExecution: 2 });
    await many.fit(() => rows, undefined, { epochs: 2, stepsPerEpoch: 3, verbose: 0 });
    near(weightsOf(many), weightsOf(one));
  });

  it('goes on with the data where an epoch of some steps stopped', async () => {
    const seen: number[] = [];
    const count = lambdaCallback({ onTrainBatchEnd: () => void seen.push(1) });
    const m = net();
    const { epoch } = await m.fit(x.slice([0, 0], [8, 2]), y.slice([0, 0], [8, 1]), {
      batchSize: 2,
      stepsPerEpoch: 3,
      epochs: 3,
      verbose: 0,
      callbacks: [count],
    });
    // Four batches: three, the one that is left, and three of the next round.
    expect(seen.length).toBe(7);
    expect(epoch).toEqual([0, 1, 2]);
  });

  it('is a whole number', () => {
    expect(() => net({ stepsPerExecution: 0.5 })).toThrow('compile/steps-per-execution');
  });
});

describe('runEagerly', () => {
  it('gives the same numbers, and lets a step read them', async () => {
    const read: number[] = [];
    const watched: StepFunction = (plan, state, batch) => {
      const pass = differentiate(plan, state, batch);
      read.push(pass.loss.item());
      return applyGradients(plan, state, batch, pass);
    };
    const eager = await fitted({ runEagerly: true, trainStep: watched });
    near(weightsOf(eager), weightsOf(await fitted({})));
    expect(read.length).toBe(18);
    near(weightsOf(await fitted({ runEagerly: true, stepsPerExecution: 3 })), weightsOf(eager));
  });
});

describe('a train step of one’s own', () => {
  it('stands between the gradients and the optimizer', async () => {
    const frozen: StepFunction = (plan, state, batch) => {
      const pass = differentiate(plan, state, batch);
      const gradients = pass.gradients.map((g) => g?.mul(0) ?? null);
      return applyGradients(plan, state, batch, { ...pass, gradients });
    };
    const m = net({ optimizer: 'sgd', trainStep: frozen });
    const before = weightsOf(m);
    await m.fit(x, y, { verbose: 0 });
    expect(weightsOf(m)).toEqual(before);
    expect(m.history?.history['loss']?.[0]).toBeGreaterThan(0);
  });

  it('adds to the loss', () => {
    const heavier: StepFunction = (plan, state, batch) =>
      applyGradients(
        plan,
        state,
        batch,
        differentiate(plan, state, batch, {
          addLoss: (outputs) => (outputs[0] as Tensor).mul(0).add(7).mean(),
        }),
      );
    const line = (options: CompileOptions): Sequential =>
      sequential([dense({ units: 1 })], { inputShape: [2] }).compile({ loss: 'mse', ...options });
    const plain = line({}).trainOnBatch(x, y)['loss'] as number;
    expect(line({ trainStep: heavier }).trainOnBatch(x, y)['loss']).toBeCloseTo(plain + 7, 4);
  });
});

describe('scaled losses', () => {
  it('train as unscaled ones do', async () => {
    const plain = weightsOf(await fitted({ optimizer: sgd({ learningRate: 0.1 }) }));
    const factor = sgd({ learningRate: 0.1, lossScaleFactor: 1024 });
    near(weightsOf(await fitted({ optimizer: factor })), plain);
    const innerOptimizer = sgd({ learningRate: 0.1 });
    const dynamic = await fitted({
      optimizer: lossScaleOptimizer({ innerOptimizer, dynamicGrowthSteps: 5 }),
    });
    near(weightsOf(dynamic), plain);
    expect(dynamic.learningRate).toBeCloseTo(0.1, 6);
    dynamic.learningRate = 0.5;
    expect(dynamic.learningRate).toBe(0.5);
  });
});

describe('several outputs', () => {
  const a = input({ shape: [2], name: 'a' });
  const both = (): ReturnType<typeof model> =>
    model({
      inputs: a,
      outputs: { left: dense({ units: 1 })(a), right: dense({ units: 1 })(a) },
    });
  const targets = { left: y, right: y.mul(2) };

  it('have losses, weights and metrics by name or in a list', async () => {
    const byName = both().compile({
      loss: { left: 'mse', right: 'mae' },
      lossWeights: { left: 0.5, right: 2 },
      metrics: { right: ['mse'] },
      weightedMetrics: { left: 'mae' },
    });
    const logs = await byName.evaluate(x, targets);
    expect(Object.keys(logs)).toEqual(['loss', 'left_loss', 'right_loss', 'right_mse', 'left_mae']);
    expect(logs['loss']).toBeCloseTo(
      0.5 * (logs['left_loss'] as number) + 2 * (logs['right_loss'] as number),
      5,
    );
    const weights = byName.getWeights();
    const inList = both().compile({ loss: ['mse', 'mae'], lossWeights: [0.5, 2] });
    inList.setWeights(weights);
    expect((await inList.evaluate(x, targets))['loss']).toBeCloseTo(logs['loss'] as number, 6);
  });

  it('have sample weights of their own, by name or in a list, or the same', async () => {
    const m = both().compile({ loss: 'mse' });
    const half = tensor(new Float32Array(11).fill(0.5));
    const plain = await m.evaluate(x, targets);
    const named = await m.evaluate(x, targets, { sampleWeight: { right: half } });
    expect(named['left_loss']).toBeCloseTo(plain['left_loss'] as number, 5);
    expect(named['right_loss']).toBeCloseTo(0.5 * (plain['right_loss'] as number), 5);
    const all = await m.evaluate(x, targets, { sampleWeight: half });
    expect(all['loss']).toBeCloseTo(0.5 * (plain['loss'] as number), 5);
    const wrong = m.evaluate(x, targets, { sampleWeight: { rigth: half } });
    await expect(wrong).rejects.toThrow("did you mean 'right'?");
  });

  it('may train on one of them alone', async () => {
    const m = both().compile({ optimizer: 'sgd', loss: { left: 'mse' } });
    const right = m.weights[2]?.read().toArray();
    await m.fit(x, targets, { verbose: 0 });
    expect(m.weights[2]?.read().toArray()).toEqual(right);
    expect(Object.keys(m.history?.history ?? {})).toEqual(['left_loss', 'loss']);
  });
});

describe('what is trained', () => {
  it('can be changed by layer, and seen', async () => {
    const m = net({ optimizer: adam() });
    m.setTrainable('dense', false);
    expect(m.trainableWeights.map(({ path }) => path)).toEqual(['dense_1/kernel', 'dense_1/bias']);
    expect(m.nonTrainableWeights.length).toBe(2);
    const kernel = m.variable('dense/kernel').read().toArray();
    await m.fit(x, y, { verbose: 0 });
    expect(m.variable('dense/kernel').read().toArray()).toEqual(kernel);
    m.setTrainable('dense', true);
    await m.fit(x, y, { verbose: 0 });
    expect(m.variable('dense/kernel').read().toArray()).not.toEqual(kernel);
    expect(() => m.setTrainable('dens', true)).toThrow("did you mean 'dense'?");
    expect(m.getLayer('dense_1').className).toBe('Dense');
    expect(m.countParams()).toBe(17);
  });
});

describe('validation', () => {
  it('leaves the state of the optimizer alone, whatever the shape of its targets', async () => {
    const classes = y.greater(0).cast('int32').reshape([11]);
    for (const targets of [classes.slice([8], [3]), classes.slice([8], [3]).reshape([3, 1])]) {
      const m = sequential([dense({ units: 2, activation: 'softmax' })], { inputShape: [2] });
      m.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
      const validationData = [x.slice([8, 0], [3, 2]), targets];
      await m.fit(x.slice([0, 0], [8, 2]), classes.slice([0], [8]), {
        batchSize: 4,
        epochs: 3,
        verbose: 0,
        validationData,
      });
      expect(m.programs(undefined).optimizerState.iteration.item()).toBe(6);
    }
  });
});

describe('evaluate and predict', () => {
  it('show progress and stop after some steps', async () => {
    const m = net();
    let text = '';
    const print = (part: string): void => void (text += part);
    await m.evaluate(x, y, { batchSize: 2, steps: 3, verbose: 2, print });
    expect(text).toMatch(/^3\/3 - \d+s - \d+[mu]?s\/step - loss: \S+ - mae: \S+\n$/);
    expect(m.predict(x, { batchSize: 2, steps: 3 }).shape).toEqual([6, 1]);
    const asynchronous = { onPredictBegin: () => Promise.resolve() };
    expect(() => m.predict(x, { callbacks: [asynchronous] })).toThrow('predict/async');
  });
});
