import { concatenate, flip, grad, tensor } from '@gradus/tensor';
import { key, ones, randomNormal, zeros } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { gru } from './gru.js';
import { checkLayer, context, outputOf, outputsOf, parametersOf } from './layer-check.js';
import type { Layer } from './layer.js';
import { asLayerResult } from './layer-result.js';
import { lstm } from './lstm.js';
import { simpleRNN } from './simple-rnn.js';
import { input } from './symbolic.js';
import type { SymbolicTensor } from './symbolic.js';
import type { RecurrentLayerOptions } from './recurrent-layer.js';

interface Options extends RecurrentLayerOptions {
  readonly dropout?: number;
  readonly recurrentDropout?: number;
  readonly seed?: number;
  readonly useBias?: boolean;
}

const kinds: Readonly<Record<string, { make(options?: Options): Layer; states: number }>> = {
  simpleRNN: { make: (options = {}) => simpleRNN({ units: 3, ...options }), states: 1 },
  gru: { make: (options = {}) => gru({ units: 3, ...options }), states: 1 },
  'gru with reset before': {
    make: (options = {}) => gru({ units: 3, resetAfter: false, ...options }),
    states: 1,
  },
  lstm: { make: (options = {}) => lstm({ units: 3, ...options }), states: 2 },
};

const x = randomNormal(key(3), [2, 5, 4]);
const near = (a: Tensor, b: Tensor): void => {
  expect(a.shape).toEqual(b.shape);
  a.data.forEach((value, i) => expect(value).toBeCloseTo(b.data[i] as number, 5));
};

describe.each(Object.entries(kinds))('%s', (_name, { make, states }) => {
  const params = parametersOf(make(), [[2, 5, 4]]);
  const run = (options: Options, more: Parameters<typeof outputsOf>[3] = {}): Tensor[] =>
    outputsOf(make(options), params, x, more);

  test('holds what every layer must hold', () => {
    checkLayer(make(), [2, 5, 4]);
    checkLayer(make({ returnSequences: true, goBackwards: true }), [2, 5, 4]);
    checkLayer(make({ returnState: true, useBias: false }), [2, 5, 4]);
    checkLayer(make({ returnSequences: true, returnState: true, stateful: true }), [2, 5, 4]);
    checkLayer(make({ unroll: true, dropout: 0.3, recurrentDropout: 0.3, seed: 2 }), [2, 5, 4]);
    checkLayer(make({ dropout: 0.3, returnSequences: true }), [2, 5, 4]);
  });

  test('gives the last of its outputs, and its states behind them', () => {
    const all = outputOf(make({ returnSequences: true }), params, x);
    const [last, ...rest] = run({ returnState: true });
    expect(rest).toHaveLength(states);
    near(last as Tensor, all.slice([0, 4, 0], [2, 1, 3]).squeeze(1));
    near(rest[0] as Tensor, last as Tensor);
  });

  test('goes backwards as over a reversed sequence', () => {
    const backwards = run({ returnSequences: true, goBackwards: true })[0] as Tensor;
    const reversed = outputOf(make({ returnSequences: true }), params, flip(x, { axis: 1 }));
    near(backwards, reversed);
    near(run({ goBackwards: true })[0] as Tensor, outputOf(make(), params, flip(x, { axis: 1 })));
  });

  test('gives unrolled what its loop gives', () => {
    for (const options of [{}, { returnSequences: true }, { goBackwards: true }])
      near(run(options)[0] as Tensor, run({ ...options, unroll: true })[0] as Tensor);
  });

  test('goes on from the states it is given', () => {
    const [first, second] = [x.slice([0, 0, 0], [2, 2, 4]), x.slice([0, 2, 0], [2, 3, 4])];
    const [, ...initialState] = outputsOf(make({ returnState: true }), params, first);
    const parts = outputOf(make(), params, second, { callOptions: { initialState } });
    near(parts, outputOf(make(), params, x));
  });

  test('remembers from call to call when it is stateful', () => {
    const layer = make({ stateful: true });
    const [first, second] = [x.slice([0, 0, 0], [2, 2, 4]), x.slice([0, 2, 0], [2, 3, 4])];
    const start = parametersOf(layer, [[2, 2, 4]]);
    const { state } = asLayerResult(layer.call(start, first, context()));
    expect(Object.keys(state)).toHaveLength(states);
    near(outputOf(layer, { ...start, ...params, ...state }, second), outputOf(make(), start, x));
  });

  test('passes masked steps by', () => {
    const mask = tensor([
      [0, 1, 1, 0, 1],
      [1, 0, 0, 1, 0],
    ]).cast('bool');
    const short = concatenate([x.slice([0, 1, 0], [1, 2, 4]), x.slice([0, 4, 0], [1, 1, 4])], {
      axis: 1,
    });
    const masked = run({}, { mask, masks: [mask] })[0] as Tensor;
    near(masked.slice([0, 0], [1, 3]), outputOf(make(), params, short));
    near(run({ unroll: true }, { mask })[0] as Tensor, masked);

    const all = run({ returnSequences: true }, { mask })[0] as Tensor;
    const row = (sample: number, step: number): Tensor => all.slice([sample, step, 0], [1, 1, 3]);
    near(row(0, 0), zeros([1, 1, 3]));
    near(row(0, 3), row(0, 2));
    near(row(1, 2), row(1, 0));
    const zeroed = run({ returnSequences: true, zeroOutputForMask: true }, { mask })[0] as Tensor;
    near(zeroed.slice([0, 3, 0], [1, 1, 3]), zeros([1, 1, 3]));
    near(zeroed.slice([0, 4, 0], [1, 1, 3]), row(0, 4));
    near(
      run({ zeroOutputForMask: true }, { mask })[0] as Tensor,
      zeroed.slice([0, 4, 0], [2, 1, 3]).squeeze(1),
    );
  });

  test('repeats at leading masked steps the state it starts from, and zeros where unrolled, as Keras does', () => {
    const mask = tensor([
      [0, 0, 1, 1, 1],
      [0, 1, 1, 1, 1],
    ]).cast('bool');
    const initialState = Array.from({ length: states }, () => ones([2, 3]));
    const more = { mask, callOptions: { initialState } };
    const looped = run({ returnSequences: true }, more)[0] as Tensor;
    near(looped.slice([0, 0, 0], [2, 1, 3]), ones([2, 1, 3]));
    const unrolled = run({ returnSequences: true, unroll: true }, more)[0] as Tensor;
    near(unrolled.slice([0, 0, 0], [2, 1, 3]), zeros([2, 1, 3]));
    near(unrolled.slice([0, 2, 0], [2, 3, 3]), looped.slice([0, 2, 0], [2, 3, 3]));
  });

  test('lets the gradient through to inputs, states and weights', () => {
    const start = Array.from({ length: states }, (_, i) => randomNormal(key(i), [2, 3]));
    const gradients = grad(
      (values: { x: Tensor; start: Tensor[]; params: Record<string, Tensor> }) =>
        outputOf(make(), values.params, values.x, { callOptions: { initialState: values.start } })
          .square()
          .sum(),
    )({ x, start, params });
    for (const gradient of [gradients.x, ...gradients.start, ...Object.values(gradients.params)])
      expect(gradient.data.some((value) => value !== 0)).toBe(true);
  });

  test('drops only in training, the same numbers at every step', () => {
    const options = { dropout: 0.5, recurrentDropout: 0.5 };
    near(run(options)[0] as Tensor, run({})[0] as Tensor);
    const layer = make(options);
    const once = outputOf(layer, params, x, { training: true });
    near(outputOf(layer, params, x, { training: true }), once);
    expect(outputOf(make({ ...options, seed: 3 }), params, x, { training: true }).data).not.toEqual(
      once.data,
    );
    // The same input at every step, no recurrence: equal outputs say that the same numbers were dropped.
    const plain = simpleRNN({
      units: 4,
      activation: null,
      kernelInitializer: 'ones',
      recurrentInitializer: 'zeros',
      dropout: 0.5,
      returnSequences: true,
    });
    const y = outputOf(plain, parametersOf(plain, [[3, 6, 8]]), ones([3, 6, 8]), {
      training: true,
    });
    near(y, y.slice([0, 0, 0], [3, 1, 4]).broadcastTo([3, 6, 4]));
    expect(y.data.some((value) => value !== 8)).toBe(true);
  });
});

test('an LSTM starts with a forget gate that keeps', () => {
  const bias = (unitForgetBias: boolean): number[] => {
    const layer = lstm({ units: 2, unitForgetBias, biasInitializer: 'zeros' });
    return Array.from(parametersOf(layer, [[1, 3, 1]])['cell/bias']?.data ?? []);
  };
  expect(bias(true)).toEqual([0, 0, 1, 1, 0, 0, 0, 0]);
  expect(bias(false)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
});

test('types tell how many outputs there are', () => {
  const sequence = input({ shape: [5, 4] });
  expectTypeOf(lstm({ units: 3 })(sequence)).toEqualTypeOf<SymbolicTensor>();
  expectTypeOf(lstm({ units: 3, returnState: true })(sequence)).toEqualTypeOf<
    readonly SymbolicTensor[]
  >();
  // @ts-expect-error the name of an option is wrong
  expect(() => gru({ units: 3, returnSequence: true })).toThrow(/did you mean 'returnSequences'/);
  // @ts-expect-error a call takes no such option
  expect(() => gru({ units: 3 })(sequence, { initialStates: sequence })).toThrow(/initialState/);
});

describe('what cannot work is refused at once', () => {
  test('options', () => {
    expect(() => lstm({ units: -1, name: 'memory' })).toThrowErrorMatchingInlineSnapshot(`
      [ValueError: [layer/option] lstm "memory": units is impossible.
        got       units: -1
        expected  a whole number of at least 1
        fix       for example units: 1]
    `);
    expect(() => gru({ units: 3, dropout: 1.5 })).toThrowErrorMatchingInlineSnapshot(`
      [ValueError: [layer/option] gru: dropout is a share between 0 and 1.
        got       dropout: 1.5
        expected  a number from 0 to 1
        fix       for example dropout: 0.015]
    `);
    expect(() => simpleRNN({ units: 2, recurrentDropout: -0.1, name: 'plain' }))
      .toThrowErrorMatchingInlineSnapshot(`
      [ValueError: [layer/option] simpleRNN "plain": recurrentDropout is a share between 0 and 1.
        got       recurrentDropout: -0.1
        expected  a number from 0 to 1
        fix       for example recurrentDropout: 0.5]
    `);
  });

  test('inputs that are no sequences', () => {
    const layer = lstm({ units: 3, name: 'second' });
    expect(() => layer(input({ shape: [4] }))).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: [layer/rank] lstm "second" takes sequences.
        got       [batch, 4], which has 2 axes
        expected  [batch, steps, features]
        fix       give it sequences, or make each number a step: reshape({ targetShape: [4, 1] })]
    `);
    expect(() => layer(input({ shape: [5, null] }))).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: [layer/unknown-axis] lstm "second" must know the length of axis -1 of its input.
        got       [batch, ?]
        expected  a number on axis -1
        fix       give that length in input({ shape }) or inputShape]
    `);
    expect(() => layer(input({ shape: [5, 4, 3] }))).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: [layer/rank] lstm "second" takes sequences.
        got       [batch, 5, 4, 3], which has 4 axes
        expected  [batch, steps, features]
        fix       a recurrent layer before it must have returnSequences: true]
    `);
    expect(() => gru({ units: 3, unroll: true })(input({ shape: [null, 3] })))
      .toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: [recurrent/unroll] gru cannot write out steps whose number it does not know.
        got       [batch, ?, 3]
        expected  a number on axis 1
        fix       give the number of steps in input({ shape }), or leave unroll out]
    `);
  });

  test('calls that do not fit what was built', () => {
    const layer = gru({ units: 3, name: 'reader' });
    const params = parametersOf(layer, [[2, 5, 4]]);
    expect(() => outputOf(layer, params, zeros([2, 5, 2]))).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: [recurrent/features] gru "reader" was built for other steps.
        got       [2] per step
        expected  [4] per step
        fix       give it sequences [batch, steps, 4], or build the model for those that you have]
    `);
    expect(() => outputOf(layer, params, zeros([2, 4]))).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: [layer/rank] gru "reader" takes sequences.
        got       [2, 4], which has 2 axes
        expected  [batch, steps, features]
        fix       give it sequences, or make each number a step: reshape({ targetShape: [4, 1] })]
    `);
    const mask = ones([2, 4]).cast('bool');
    expect(() => outputOf(layer, params, x, { mask })).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: [recurrent/mask] gru "reader": the mask does not fit.
        got       a mask [2, 4] for a sequence [2, 5, 4]
        expected  one entry per step: [batch, steps]]
    `);
    const callOptions = { initialState: [zeros([2, 3]), zeros([2, 3])] };
    expect(() => outputOf(layer, params, x, { callOptions })).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: [recurrent/states] gru "reader" starts from states of other shapes.
        got       [2, 3], [2, 3]
        expected  [batch, 3]
        fix       give one tensor per state, [batch, ...] each: { initialState: [h, c] }]
    `);
    expect(() => outputOf(layer, {}, x)).toThrowErrorMatchingInlineSnapshot(
      `
      [ValueError: [layer/not-built] gru "reader" was called without its parameters.
        got       none
        expected  cell/kernel, cell/recurrentKernel, cell/bias
        fix       put it into a model, which makes them, or make those that layer.build(inputShape) lists]
    `,
    );
    const stateful = gru({ units: 3, stateful: true, name: 'keeper' });
    const kept = parametersOf(stateful, [[2, 5, 4]]);
    expect(() => outputOf(stateful, kept, zeros([3, 5, 4]))).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: [recurrent/batch] gru "keeper" is stateful: all batches have the size that it was built for.
        got       3 samples
        expected  2
        fix       fit and predict with batchSize: 2, on a multiple of 2 samples]
    `);
  });
});
