import { compile, grad, tensor, zeros } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { expect, test } from 'vitest';
import type { CallOptions } from './call-options.js';
import { groupQueryAttention } from './group-query-attention.js';
import type { Layer } from './layer.js';
import { checkLayer, context, outputOf, parametersOf } from './layer-check.js';
import { asLayerResult } from './layer-result.js';
import { multiHeadAttention } from './multi-head-attention.js';
import { input } from './symbolic.js';

const x = tensor([
  [
    [1, 0],
    [0, 1],
    [2, 2],
  ],
]);

/** One head that compares and carries the inputs as they are. */
const plain = {
  'queryDense/kernel': tensor([[[1, 0]], [[0, 1]]]),
  'keyDense/kernel': tensor([[[1, 0]], [[0, 1]]]),
  'valueDense/kernel': tensor([[[1, 0]], [[0, 1]]]),
  'outputDense/kernel': tensor([
    [
      [1, 0],
      [0, 1],
    ],
  ]),
};
const single = multiHeadAttention({ numHeads: 1, keyDim: 2, useBias: false });

function scoresOf(
  layer: Layer,
  options: CallOptions<Tensor>,
  masks: (Tensor | null)[] = [],
): Tensor {
  const callOptions = { ...options, returnAttentionScores: true };
  const { output } = asLayerResult(layer.call(plain, [x, x], context({ callOptions, masks })));
  return (output as readonly Tensor[])[1] as Tensor;
}

test('weights are the softmax of scaled products', () => {
  const scores = scoresOf(single, {});
  expect(scores.shape).toEqual([1, 1, 3, 3]);
  const powers = [1, 0, 2].map((product) => Math.exp(product / Math.SQRT2));
  const total = powers.reduce((a, b) => a + b);
  powers.forEach((power, i) => expect(scores.data[i]).toBeCloseTo(power / total, 6));
  const first = outputOf(single, plain, [x, x]).data[0];
  expect(first).toBeCloseTo(((powers[0] as number) + 2 * (powers[2] as number)) / total, 5);
});

test('hold what every layer must hold', () => {
  const options = { numHeads: 2, keyDim: 3 };
  checkLayer(multiHeadAttention(options), [2, 4, 6], [2, 4, 6]);
  checkLayer(
    multiHeadAttention({
      ...options,
      valueDim: 5,
      useGate: true,
      outputShape: [2, 3],
      dropout: 0.2,
    }),
    [2, 4, 6],
    [2, 5, 3],
    [2, 5, 7],
  );
  checkLayer(multiHeadAttention({ ...options, attentionAxes: -2 }), [2, 3, 4, 5], [2, 3, 2, 5]);
  checkLayer(multiHeadAttention({ ...options, slidingWindow: 2 }), [1, 5, 4], [1, 5, 4]);
  const grouped = { headDim: 2, numQueryHeads: 4, numKeyValueHeads: 2 };
  checkLayer(groupQueryAttention(grouped), [2, 4, 6], [2, 4, 6]);
  checkLayer(
    groupQueryAttention({ ...grouped, useBias: false, useGate: true, dropout: 0.1, seed: 3 }),
    [2, 4, 6],
    [2, 3, 6],
    [2, 3, 5],
  );
});

test('parameters are named after the dense layer that they belong to', () => {
  const layer = multiHeadAttention({ numHeads: 2, keyDim: 3, valueDim: 4, useGate: true });
  const specs = layer.build([
    [null, 3, 5],
    [null, 4, 6],
  ]);
  const shapes = Object.fromEntries(
    Object.entries(specs).map(([name, { shape }]) => [name, shape]),
  );
  expect(shapes).toEqual({
    'queryDense/kernel': [5, 2, 3],
    'queryDense/bias': [2, 3],
    'keyDense/kernel': [6, 2, 3],
    'keyDense/bias': [2, 3],
    'gateDense/kernel': [5, 2, 4],
    'gateDense/bias': [2, 4],
    'valueDense/kernel': [6, 2, 4],
    'valueDense/bias': [2, 4],
    'outputDense/kernel': [2, 4, 5],
    'outputDense/bias': [5],
  });
});

test('masks of every kind hide keys', () => {
  const zerosOf = (scores: Tensor): boolean[] => Array.from(scores.data, (score) => score === 0);
  const [o, l] = [false, true];
  expect(zerosOf(scoresOf(single, { useCausalMask: true }))).toEqual([o, l, l, o, o, l, o, o, o]);
  const near = single.with({ slidingWindow: 1 } as object);
  expect(zerosOf(scoresOf(near, {}))).toEqual([o, l, l, l, o, l, l, l, o]);
  const some = tensor([[true, false, true]]);
  expect(zerosOf(scoresOf(single, {}, [null, some]))).toEqual([o, l, o, o, l, o, o, l, o]);
  const keyMask = scoresOf(single, { keyMask: some });
  expect(zerosOf(keyMask)).toEqual([o, l, o, o, l, o, o, l, o]);
  const attentionMask = tensor([
    [
      [1, 0, 0],
      [0, 1, 1],
      [1, 1, 1],
    ],
  ]);
  const expected = [o, l, l, l, o, o, o, o, o];
  expect(zerosOf(scoresOf(single, { attentionMask }))).toEqual(expected);
  const withHeads = attentionMask.reshape([1, 1, 3, 3]);
  expect(zerosOf(scoresOf(single, { attentionMask: withHeads }, [some]))).toEqual(
    expected.map((isZero, i) => isZero || (i >= 3 && i < 6)),
  );
});

test('only a mask that rides on the query counts for multiHeadAttention, any for groupQueryAttention', () => {
  const queryMask = tensor([[true, true, false]]);
  const hidden = scoresOf(single, {}, [queryMask]).data.slice(6);
  expect([...hidden]).toEqual([0, 0, 0]);
  const given = scoresOf(single, { queryMask }, [queryMask]).data.slice(6);
  expect(given.every((score) => score > 0)).toBe(true);
  const grouped = groupQueryAttention({
    headDim: 2,
    numQueryHeads: 1,
    numKeyValueHeads: 1,
    useBias: false,
  });
  expect([...scoresOf(grouped, { queryMask }, [queryMask]).data.slice(6)]).toEqual([0, 0, 0]);
  expect(single.computeMask([x, x], [queryMask, null])).toBe(queryMask);
});

test('a query that may look at nothing gets the mean of all values, or nothing beside its scores', () => {
  const masks = [null, tensor([[false, false, false]])];
  const callOptions = { returnAttentionScores: true };
  expect(outputOf(single, plain, [x, x], { masks }).toArray()).toEqual([
    new Array(3).fill([1, 1].map((mean) => expect.closeTo(mean, 6) as number)),
  ]);
  const { output } = asLayerResult(single.call(plain, [x, x], context({ masks, callOptions })));
  expect((output as readonly Tensor[])[0]?.data.every((y) => y === 0)).toBe(true);
});

test('a mask for several axes of steps has an axis for each of them', () => {
  const planes = zeros([1, 2, 3, 2]);
  const call = (callOptions: CallOptions<Tensor>): Tensor =>
    outputOf(single, plain, [planes, planes], { callOptions });
  expect(call({ attentionMask: zeros([1, 2, 3, 2, 3]) }).shape).toEqual([1, 2, 3, 2]);
  expect(() => call({ useCausalMask: true })).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [attention/mask] multiHeadAttention: a mask does not name every step.
      got       masks that together have shape [1, 2, 2]
      expected  [batch, 2 axes of queries, 2 axes of keys]
      fix       give an attentionMask with all these axes; masks of one axis of steps cannot say it]
  `);
});

test('heads of a group share keys and values', () => {
  const options = { headDim: 2, numQueryHeads: 4, useBias: false };
  const grouped = groupQueryAttention({ ...options, numKeyValueHeads: 2 });
  const each = groupQueryAttention({ ...options, numKeyValueHeads: 4 });
  const shapes = [x.shape, x.shape];
  const params = parametersOf(grouped, shapes);
  const twice = (kernel: Tensor): Tensor =>
    kernel.reshape([2, 2, 1, 2]).broadcastTo([2, 2, 2, 2]).reshape([2, 4, 2]);
  const copied = {
    ...params,
    'keyDense/kernel': twice(params['keyDense/kernel'] as Tensor),
    'valueDense/kernel': twice(params['valueDense/kernel'] as Tensor),
  };
  expect(outputOf(grouped, params, [x, x]).data).toEqual(outputOf(each, copied, [x, x]).data);
});

test('a penalty on the activity is for every dense layer inside, and for the grouped layer', () => {
  const options = { activityRegularizer: 'l2', useBias: false } as const;
  const many = multiHeadAttention({ numHeads: 1, keyDim: 2, ...options });
  const grouped = groupQueryAttention({
    headDim: 2,
    numQueryHeads: 1,
    numKeyValueHeads: 1,
    ...options,
  });
  const losses = (layer: Layer): number[] =>
    asLayerResult(layer.call(plain, [x, x], context())).losses.map((loss) => loss.item());
  const [query, key, value, output] = losses(many);
  expect([query, key, value]).toEqual(new Array(3).fill(expect.closeTo(0.1, 6)));
  expect(losses(many)).toHaveLength(4);
  expect(losses(grouped)).toEqual([output, query, key, value, output]);
  expect(many.getConfig()['activityRegularizer']).toEqual({
    className: 'L2',
    config: { l2: 0.01 },
  });
});

test('compiles with masks, and gradients reach every parameter', () => {
  const layer = multiHeadAttention({ numHeads: 2, keyDim: 3, useGate: true });
  const params = parametersOf(layer, [x.shape, x.shape]);
  const mask = tensor([[true, true, false]]);
  const run = (p: typeof params, m: Tensor): Tensor =>
    outputOf(layer, p, [x, x], { masks: [m, m], callOptions: { useCausalMask: true } });
  const compiled = compile(run)(params, mask);
  run(params, mask).data.forEach((y, i) => expect(compiled.data[i]).toBeCloseTo(y, 5));
  const gradient = grad((p: typeof params) => run(p, mask).square().sum())(params);
  for (const [name, g] of Object.entries(gradient))
    // A bias of the keys adds the same to all scores of a query, which changes nothing.
    if (name !== 'keyDense/bias')
      expect(
        g.data.some((v) => v !== 0),
        name,
      ).toBe(true);
});

test('scores come out as a second symbolic tensor when asked for', () => {
  const [q, v] = [input({ shape: [3, 4] }), input({ shape: [5, 4] })];
  const shapes = (layer: typeof single): unknown =>
    layer([q, v], { returnAttentionScores: true, useCausalMask: true }).map(({ shape }) => shape);
  expect(shapes(multiHeadAttention({ numHeads: 2, keyDim: 3, outputShape: 7 }))).toEqual([
    [null, 3, 7],
    [null, 2, 3, 5],
  ]);
  const grouped = groupQueryAttention({ headDim: 3, numQueryHeads: 4, numKeyValueHeads: 2 });
  expect(shapes(grouped)).toEqual([
    [null, 3, 4],
    [null, 4, 3, 5],
  ]);
});

test('wrong options are explained', () => {
  expect(() => multiHeadAttention({ numHeads: 0, keyDim: 2, name: 'look' }))
    .toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] multiHeadAttention "look": numHeads is impossible.
      got       numHeads: 0
      expected  a whole number of at least 1
      fix       for example numHeads: 1]
  `);
  expect(() => multiHeadAttention({ numHeads: 2, keyDim: 2, slidingWindow: 0.5 }))
    .toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] multiHeadAttention: slidingWindow is impossible.
      got       slidingWindow: 0.5
      expected  a whole number of at least 1
      fix       for example slidingWindow: 1]
  `);
  expect(() => multiHeadAttention({ numHeads: 2, keyDim: 2, flashAttention: true, dropout: 0.1 }))
    .toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [attention/flash] multiHeadAttention: flash attention cannot drop weights.
      got       flashAttention: true, dropout: 0.1
      expected  one of them
      fix       set dropout to 0, or leave flashAttention out]
  `);
  const flash = multiHeadAttention({
    numHeads: 1,
    keyDim: 2,
    useBias: false,
    flashAttention: true,
  });
  expect(() => scoresOf(flash, {})).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [attention/flash] multiHeadAttention: flash attention has no scores.
      got       flashAttention: true, returnAttentionScores: true
      expected  one of them
      fix       leave flashAttention out]
  `);
  expect(() => groupQueryAttention({ headDim: 2, numQueryHeads: 3, numKeyValueHeads: 2 }))
    .toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [attention/groups] groupQueryAttention: the heads cannot be shared equally.
      got       numQueryHeads: 3, numKeyValueHeads: 2
      expected  a number of query heads that numKeyValueHeads divides
      fix       for example numQueryHeads: 4]
  `);
});

test('inputs that do not fit together are explained', () => {
  const steps = input({ shape: [3, 4] });
  const grouped = groupQueryAttention({ headDim: 2, numQueryHeads: 2, numKeyValueHeads: 1 });
  expect(() => single(steps)).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [attention/inputs] multiHeadAttention takes a list: query, value and perhaps key.
      got       1
      expected  2 or 3 inputs
      fix       call it on a list: multiHeadAttention(...)([query, value]); for self-attention ([x, x])]
  `);
  expect(() => single([input({ shape: [4] }), steps])).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [layer/rank] multiHeadAttention takes inputs with at least 3 axes.
      got       [batch, 4], which has 2
      expected  [batch, steps, features]
      fix       change the shape with reshape() before it, or put embedding() before it for words]
  `);
  expect(() => single([steps, steps, input({ shape: [2, 4] })]))
    .toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [attention/pairs] multiHeadAttention needs a key for every value.
      got       value [batch, 3, 4] and key [batch, 2, 4]
      expected  equal lengths on every axis but the last
      fix       give as many keys as values, in the order query, value, key]
  `);
  const planes = input({ shape: [3, 5, 4] });
  expect(() => single([planes, steps])).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [attention/apart] multiHeadAttention: query and value do not fit together.
      got       query [batch, 3, 5, 4] and value [batch, 3, 4]
      expected  equal lengths on every axis but those of the steps and the last
      fix       bring them to the same shape with reshape(), or name the axes of the steps in attentionAxes]
  `);
  expect(() => multiHeadAttention({ numHeads: 1, keyDim: 2, attentionAxes: 3 })([planes, planes]))
    .toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [attention/axes] multiHeadAttention: the inputs do not have these axes of steps.
      got       attentionAxes: [3] for inputs with 4 axes
      expected  different axes from 1 to 2: between the batch and the features
      fix       leave attentionAxes out to look along all of them]
  `);
  expect(() => grouped([planes, planes])).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [layer/rank] groupQueryAttention takes inputs with 3 axes.
      got       [batch, 3, 5, 4], which has 4
      expected  [batch, steps, features]
      fix       change the shape with reshape() or flatten() before it]
  `);
  expect(() => grouped([steps, input({ shape: [3, 5] })])).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [attention/features] groupQueryAttention wants queries and values of one kind.
      got       query [batch, 3, 4] and value [batch, 3, 5]
      expected  the same length on the last axis
      fix       put dense({ units: 4 }) before the value, or use multiHeadAttention]
  `);
  expect(() => outputOf(single, plain, [zeros([1, 3, 5]), zeros([1, 3, 5])]))
    .toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [layer/last-axis] multiHeadAttention was built for inputs whose last axis is 2.
      got       [1, 3, 5]
      expected  [..., 2]
      fix       give it 2 numbers per sample, or build the model for inputs of 5]
  `);
});
