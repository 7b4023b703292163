import { tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { expect, test } from 'vitest';
import { activityRegularization } from './activity-regularization.js';
import { dense } from './dense.js';
import { embedding } from './embedding.js';
import { identity } from './identity.js';
import { lambda } from './lambda.js';
import { checkLayer, context, outputOf, parametersOf } from './layer-check.js';
import { asLayerResult } from './layer-result.js';
import { fromConfig } from './registry.js';
import { reversibleEmbedding } from './reversible-embedding.js';
import { input } from './symbolic.js';

test('hold what every layer must hold', () => {
  checkLayer(identity(), [3, 4]);
  checkLayer(activityRegularization({ l1: 0.1, l2: 0.2 }), [3, 4]);
  checkLayer(reversibleEmbedding({ inputDim: 9, outputDim: 4, tieWeights: false }), [2, 5]);
});

test('identity passes everything on', () => {
  const x = tensor([[1, 2]], { dtype: 'int32' });
  const mask = tensor([[true, false]]);
  expect(outputOf(identity(), {}, x)).toBe(x);
  expect(identity().computeMask(x, mask)).toBe(mask);
  expect(identity()(input({ shape: [2], dtype: 'int32' })).dtype).toBe('int32');
});

test('an activity penalty joins the loss, per sample', () => {
  const layer = activityRegularization({ l1: 0.1, l2: 1 });
  const x = tensor([
    [1, -2],
    [0, 3],
  ]);
  const { output, losses } = asLayerResult(layer.call({}, x, context()));
  expect(output).toBe(x);
  expect(losses.map((loss) => loss.item())).toEqual([expect.closeTo((0.6 + 14) / 2, 5)]);
});

test('an embedding can start from a table, which its config leaves out', () => {
  const layer = embedding({
    inputDim: 2,
    outputDim: 2,
    weights: [
      [1, 2],
      [3, 4],
    ],
  });
  const { embeddings } = parametersOf(layer, [[1, 1]]);
  expect(embeddings?.toArray()).toEqual([
    [1, 2],
    [3, 4],
  ]);
  expect(layer.getConfig()['weights']).toBeNull();
  expect(fromConfig({ className: 'Embedding', config: layer.getConfig() }).options['weights']).toBe(
    null,
  );
});

const words = tensor([[2, 0]], { dtype: 'int32' });
const table = tensor([
  [0, 0],
  [1, 10],
  [2, 20],
]);
const back = (options: object, params: Record<string, Tensor>): Tensor =>
  outputOf(
    reversibleEmbedding({ inputDim: 3, outputDim: 2, ...options }),
    params,
    tensor([[1, 0.5]]),
    { callOptions: { reverse: true } },
  );

test('an embedding goes back: by its own table, by another, limited', () => {
  const layer = reversibleEmbedding({ inputDim: 3, outputDim: 2, maskZero: true });
  const params = { embeddings: table };
  expect(outputOf(layer, params, words).toArray()).toEqual([
    [
      [2, 20],
      [0, 0],
    ],
  ]);
  expect(back({}, params).toArray()).toEqual([[0, 6, 12]]);
  const reverseEmbeddings = tensor([
    [1, 0, 1],
    [0, 2, 2],
  ]);
  expect(back({ tieWeights: false }, { ...params, reverseEmbeddings }).toArray()).toEqual([
    [1, 1, 2],
  ]);
  const limited = back({ logitSoftCap: 10 }, params).data;
  [0, 10 * Math.tanh(0.6), 10 * Math.tanh(1.2)].forEach((score, i) =>
    expect(limited[i]).toBeCloseTo(score, 5),
  );
});

test('only the way forward makes a mask', () => {
  const layer = reversibleEmbedding({ inputDim: 3, outputDim: 2, maskZero: true });
  expect(layer.computeMask(words, null)?.toArray()).toEqual([[true, false]]);
  expect(layer.computeMask(words, null, { reverse: true })).toBeNull();
  const x = input({ shape: [5], dtype: 'int32' });
  expect(layer(layer(x), { reverse: true }).shape).toEqual([null, 5, 3]);
});

test('a function becomes a layer whose shape is found out', () => {
  const rows = lambda({ function: (x) => x.mul(2).sum({ axis: 1 }) });
  expect(rows(input({ shape: [null, 4] })).shape).toEqual([null, 4]);
  expect(rows(input({ shape: [3], batchSize: 7 })).shape).toEqual([7]);
  expect(outputOf(rows, {}, tensor([[1, 2]])).toArray()).toEqual([6]);
  const wide = lambda({ function: (x) => x.reshape([-1, 6]), outputShape: [6] });
  expect(wide(input({ shape: [2, 3] })).shape).toEqual([null, 6]);
  const swapped = lambda({
    function: (x) => x.transpose([0, 2, 1]),
    outputShape: ([batch = null, ...rest]) => [batch, ...rest.reverse()],
  });
  expect(swapped.outputShape([null, 2, 3])).toEqual([null, 3, 2]);
});

test('a function gets its arguments, the mode and the mask; with a list, a list', () => {
  const layer = lambda({
    function: (x, { factor, training }) => (training ? x.mul(factor as number) : x),
    arguments: { factor: 3 },
    mask: (_x, mask) => mask as Tensor,
  });
  const x = tensor([[2]]);
  expect(outputOf(layer, {}, x).item()).toBe(2);
  expect(outputOf(layer, {}, x, { training: true }).item()).toBe(6);
  const mask = tensor([[true]]);
  expect(layer.computeMask(x, mask)).toBe(mask);
  const fill = lambda({ function: (y, call) => y.mul((call.mask as Tensor).cast('float32')) });
  expect(outputOf(fill, {}, x, { mask: tensor([[false]]) }).item()).toBe(0);
  const join = lambda({
    function: (xs: readonly Tensor[]) => (xs[0] as Tensor).add(xs[1] as Tensor),
  });
  expect(outputOf(join, {}, [x, x]).item()).toBe(4);
  expect(join([input({ shape: [3] }), input({ shape: [3] })]).shape).toEqual([null, 3]);
});

test('wrong options are explained', () => {
  expect(() => activityRegularization({ l2: -1, name: 'small' }))
    .toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] activityRegularization "small": l2 is impossible.
      got       l2: -1
      expected  a number of at least 0
      fix       for example l2: 0.01]
  `);
  expect(() => embedding({ inputDim: 2, outputDim: 2, weights: [[1, 2]] }))
    .toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [embedding/weights] embedding: weights do not fit its sizes.
      got       [1, 2]
      expected  [2, 2]
      fix       set inputDim and outputDim to the lengths of the table]
  `);
  expect(() => reversibleEmbedding({ inputDim: 2, outputDim: 2, logitSoftCap: 0 }))
    .toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] reversibleEmbedding: logitSoftCap is impossible.
      got       logitSoftCap: 0
      expected  a number above 0
      fix       for example logitSoftCap: 30]
  `);
  const table = reversibleEmbedding({ inputDim: 3, outputDim: 4 });
  const params = parametersOf(table, [[1, 2]]);
  expect(() => outputOf(table, params, tensor([[1, 2]]), { callOptions: { reverse: true } }))
    .toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [layer/last-axis] reversibleEmbedding was built for inputs whose last axis is 4.
      got       [1, 2]
      expected  [..., 4]
      fix       give it 4 numbers per sample, or build the model for inputs of 2]
  `);
  // @ts-expect-error there is no quantization
  expect(() => dense({ units: 2, quantizationConfig: {} })).toThrowErrorMatchingInlineSnapshot(`
    [NameError: [layer/unsupported] dense has no low-rank adapters or quantization.
      got       'quantizationConfig'
      expected  a layer that learns all of its parameters, in float32
      fix       leave quantizationConfig out]
  `);
  expect(() => identity()(input({ shape: [2] }), { reverse: true }))
    .toThrowErrorMatchingInlineSnapshot(`
    [NameError: [layer/call-option] A call of identity takes no 'reverse'.
      got       'reverse'
      expected  mask, training
      fix       use one of the names above]
  `);
});

test('what a function or a file cannot do is explained', () => {
  const broken = lambda({ function: (x) => x.reshape([4, 4]), name: 'fold' });
  expect(() => broken(input({ shape: [3] }))).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [lambda/shape] lambda "fold": the shape of its output is not known.
      got       [reshape/size] reshape: a reshape keeps the number of elements.
      expected  a function that takes [batch, 3]
      fix       correct the function, or give outputShape]
  `);
  expect(() => broken.getConfig()).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [lambda/save] lambda "fold" cannot be written down.
      got       a layer that is code
      expected  layers that are described by options
      fix       write it with defineLayer, and make it known with registerLayer where the model is loaded]
  `);
  expect(() => fromConfig({ className: 'Lambda', config: {} })).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [lambda/function] lambda is made in code only.
      got       function: undefined
      expected  a function of a tensor
      fix       for example lambda({ function: (x) => x.mul(2) }); a file cannot hold it, so use defineLayer for models that are loaded]
  `);
});
