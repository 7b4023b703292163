import { compile, grad, tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { expect, expectTypeOf, test } from 'vitest';
import { additiveAttention } from './additive-attention.js';
import { attention } from './attention.js';
import type { AttentionLayer } from './attention-layer.js';
import type { CallContext, Layer } from './layer.js';
import { checkLayer, context, outputOf, parametersOf } from './layer-check.js';
import { asLayerResult } from './layer-result.js';
import type { SymbolicTensor } from './symbolic.js';
import { input } from './symbolic.js';

const query = tensor([
  [
    [100, 0],
    [0, 0],
  ],
]);
const value = tensor([
  [
    [10, 0],
    [0, 10],
    [0, 20],
  ],
]);

const both = (
  layer: Layer,
  inputs: readonly Tensor[],
  changes: Partial<CallContext> = {},
): readonly Tensor[] =>
  asLayerResult(
    layer.call(
      parametersOf(
        layer,
        inputs.map(({ shape }) => shape),
      ),
      inputs,
      context({ callOptions: { returnAttentionScores: true }, ...changes }),
    ),
  ).output as readonly Tensor[];

test('each query gets the mean of the values that its scores choose', () => {
  const [output, scores] = both(attention(), [query, value]);
  const third = expect.closeTo(1 / 3, 6) as number;
  expect(scores?.toArray()).toEqual([
    [
      [1, 0, 0],
      [third, third, third],
    ],
  ]);
  expect(output?.toArray()).toEqual([
    [
      [10, 0],
      [expect.closeTo(10 / 3, 5), expect.closeTo(10, 5)],
    ],
  ]);
});

test('keys of their own are scored in place of the values', () => {
  const key = tensor([
    [
      [0, 1],
      [0, 1],
      [90, 1],
    ],
  ]);
  expect(outputOf(attention(), {}, [query, value, key]).toArray()).toEqual([
    [
      [0, 20],
      [expect.closeTo(10 / 3, 5), expect.closeTo(10, 5)],
    ],
  ]);
});

test('hold what every layer must hold', () => {
  for (const make of [attention, additiveAttention]) {
    checkLayer(make(), [2, 3, 4], [2, 5, 4]);
    checkLayer(make({ useScale: true, dropout: 0.3, seed: 4 }), [2, 3, 4], [2, 5, 4], [2, 5, 4]);
  }
  checkLayer(attention({ scoreMode: 'concat', useScale: true }), [2, 3, 4], [2, 5, 4]);
});

test('what is masked or comes later is not looked at', () => {
  const x = tensor([[[1], [2], [3]]]);
  const valueMask = tensor([[false, true, true]]);
  const [output, scores] = both(attention(), [x, x], {
    masks: [tensor([[true, true, false]]), valueMask],
    callOptions: { useCausalMask: true, returnAttentionScores: true },
  });
  const weights = scores?.toArray() as number[][][];
  // The first query may look at nothing that counts: then, as in Keras, at everything alike.
  expect(weights[0]?.[0]).toEqual(new Array(3).fill(expect.closeTo(1 / 3, 6)));
  expect(weights[0]?.[1]).toEqual([0, 1, 0]);
  expect(weights[0]?.[2]?.[0]).toBe(0);
  expect(output?.toArray()).toEqual([[[2], [2], [0]]]);
});

test('the mask of the query goes on, that of the value does not', () => {
  const masks = [tensor([[true, false]]), tensor([[true, true, false]])];
  for (const layer of [attention(), additiveAttention()]) {
    expect(layer.computeMask([query, value], masks)).toBe(masks[0]);
    expect(layer.computeMask([query, value], [null, masks[1] as Tensor])).toBeNull();
  }
});

test('scores can be dropped in training, others grow', () => {
  const layer = attention({ dropout: 0.5 });
  const x = tensor([new Array(8).fill([1])]);
  const scores = (training: boolean): number[] => [
    ...new Set(both(layer, [x, x], { training })[1]?.data ?? []),
  ];
  expect(scores(false)).toEqual([0.125]);
  expect(scores(true).sort()).toEqual([0, 0.25]);
});

test('additive attention scores by the scaled tanh of sums', () => {
  const x = tensor([[[1], [-1]]]);
  const params = { scale: tensor([2]) };
  const weights = [Math.exp(2 * Math.tanh(2)), 1];
  const first = ((weights[0] as number) - 1) / ((weights[0] as number) + 1);
  expect(outputOf(additiveAttention(), params, [x, x]).data[0]).toBeCloseTo(first, 6);
  const run = (p: typeof params): Tensor => outputOf(additiveAttention(), p, [x, x]).square().sum();
  expect(compile(run)(params).item()).toBeCloseTo(run(params).item(), 5);
  expect(grad(run)(params).scale.item()).not.toBe(0);
});

test('scores come out as a second symbolic tensor when asked for', () => {
  const [q, v] = [input({ shape: [3, 4] }), input({ shape: [5, 4] })];
  const layer = attention();
  expectTypeOf(layer).toEqualTypeOf<AttentionLayer>();
  const y = layer([q, v]);
  expectTypeOf(y).toEqualTypeOf<SymbolicTensor>();
  expect(y.shape).toEqual([null, 3, 4]);
  const list = layer([q, v], { returnAttentionScores: true });
  expectTypeOf(list).toEqualTypeOf<readonly SymbolicTensor[]>();
  expect(list.map(({ shape }) => shape)).toEqual([
    [null, 3, 4],
    [null, 3, 5],
  ]);
});

test('wrong uses are explained', () => {
  const x = input({ shape: [3, 4] });
  // @ts-expect-error there are two modes
  expect(() => attention({ scoreMode: 'sum' })).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] attention: scoreMode is impossible.
      got       scoreMode: "sum"
      expected  'dot' or 'concat'
      fix       for example scoreMode: 'dot']
  `);
  expect(() => attention({ dropout: 2, name: 'look' })).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] attention "look": dropout is a share between 0 and 1.
      got       dropout: 2
      expected  a number from 0 to 1
      fix       for example dropout: 0.02]
  `);
  expect(() => attention()(x)).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [attention/inputs] attention takes a list: query, value and perhaps key.
      got       1
      expected  2 or 3 inputs
      fix       call it on a list: attention(...)([query, value]); for self-attention ([x, x])]
  `);
  expect(() => attention()([x, input({ shape: [4] })])).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [layer/rank] attention takes inputs with at least 3 axes.
      got       [batch, 4], which has 2
      expected  [batch, steps, features]
      fix       change the shape with reshape() before it, or put embedding() before it for words]
  `);
  expect(() => attention()([x, x, input({ shape: [2, 4] })])).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [attention/pairs] attention needs a key for every value.
      got       value [batch, 3, 4] and key [batch, 2, 4]
      expected  equal lengths on every axis but the last
      fix       give as many keys as values, in the order query, value, key]
  `);
  expect(() => additiveAttention()([x, input({ shape: [3, 5] })]))
    .toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [attention/features] additiveAttention compares each query with each key.
      got       query [batch, 3, 4] and key [batch, 3, 5]
      expected  the same length on the last axis
      fix       put dense({ units: 4 }) before the key, or use multiHeadAttention, which has one inside]
  `);
  expect(() => attention()([x, x], { attentionMask: x })).toThrowErrorMatchingInlineSnapshot(`
    [NameError: [layer/call-option] A call of attention takes no 'attentionMask'.
      got       'attentionMask'
      expected  mask, returnAttentionScores, training, useCausalMask
      fix       use one of the names above]
  `);
});
