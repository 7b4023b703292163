import {
  conv2d,
  conv2dTranspose,
  dense,
  discretization,
  embedding,
  flatten,
  globalAveragePooling1d,
  globalAveragePooling2d,
  input,
  integerLookup,
  normalization,
  pReLU,
  pipeline,
  randomFlip,
  randomRotation,
  rescaling,
  softmax,
  stringLookup,
  textVectorization,
} from '@gradus/layers';
import { dataset } from '@gradus/data';
import { randomUniform, key, tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { expect, test } from 'vitest';
import { fromKerasConfig, fromKerasLayer, fromKerasTextLayer } from './keras-config/index.js';
import { modelFromBytes } from './load.js';
import { sequential } from './sequential.js';

const quiet = { verbose: 0 } as const;

test('a model trains behind a normalization that has seen the data', async () => {
  const x = randomUniform(key(1), [64, 2], { low: 100, high: 200 });
  const y = x.sub(150).div(50).sum({ axis: 1, keepDims: true });
  const model = sequential([
    input({ shape: [2] }),
    normalization().adapt(x),
    dense({ units: 1 }),
  ]).compile({ optimizer: 'adam', loss: 'mse' });
  const { history } = await model.fit(x, y, { epochs: 60, batchSize: 16, ...quiet });
  expect(history['loss']?.at(-1) as number).toBeLessThan((history['loss']?.[0] as number) / 2);
  expect(model.parameterCount).toBe(3);
});

test('bins feed an embedding, and images are changed in training only', async () => {
  const ages = sequential([
    input({ shape: [1] }),
    discretization({ binBoundaries: [18, 65] }),
    embedding({ inputDim: 3, outputDim: 2 }),
    flatten(),
    dense({ units: 1 }),
  ]);
  expect((ages.predict(tensor([[10], [30], [80]])) as Tensor).shape).toEqual([3, 1]);
  const images = randomUniform(key(2), [8, 6, 6, 1], { low: 0, high: 255 });
  const model = sequential([
    input({ shape: [6, 6, 1] }),
    rescaling({ scale: 1 / 255 }),
    randomFlip(),
    randomRotation({ factor: 0.1 }),
    conv2d({ filters: 2, kernelSize: 3, strides: 2 }),
    conv2dTranspose({ filters: 2, kernelSize: 3, strides: 2 }),
    globalAveragePooling2d(),
    dense({ units: 1 }),
  ]).compile({ optimizer: 'sgd', loss: 'mse' });
  const before = (model.predict(images) as Tensor).data;
  expect((model.predict(images) as Tensor).data).toEqual(before);
  const labels = images.mean({ axis: [1, 2] }).div(255);
  const { history } = await model.fit(images, labels, { epochs: 3, ...quiet });
  expect(history['loss']?.every((loss) => Number.isFinite(loss))).toBe(true);
});

test('text becomes numbers before the model, which learns from them', async () => {
  const texts = ['good fun', 'bad film', 'so good', 'bad bad', 'fun film good', 'so bad'];
  const vectorize = textVectorization({ outputSequenceLength: 3 }).adapt(texts);
  const model = sequential([
    input({ shape: [3], dtype: 'int32' }),
    embedding({ inputDim: vectorize.vocabularySize, outputDim: 4, maskZero: true }),
    globalAveragePooling1d(),
    dense({ units: 1, activation: 'sigmoid' }),
  ]).compile({ optimizer: 'adam', loss: 'binaryCrossentropy' });
  const y = tensor([[1], [0], [1], [0], [1], [0]]);
  await model.fit(vectorize(texts), y, { epochs: 200, ...quiet });
  const [good, bad] = (model.predict(vectorize(['good good', 'bad'])) as Tensor).data;
  expect(good as number).toBeGreaterThan(bad as number);
});

test('a text layer in a model says where it belongs', () => {
  const lookup = stringLookup({ vocabulary: ['a'], name: 'words' });
  expect(() => sequential([input({ shape: [1] }), lookup as never, dense({ units: 1 })])).toThrow(
    /stringLookup "words" cannot be part of a model/,
  );
  const written = {
    class_name: 'StringLookup',
    config: {
      name: 'words',
      trainable: true,
      dtype: { module: 'keras', class_name: 'DTypePolicy', config: { name: 'float32' } },
      max_tokens: null,
      num_oov_indices: 1,
      oov_token: '[UNK]',
      mask_token: null,
      output_mode: 'multi_hot',
      vocabulary: ['the_end', 'a'],
      vocabulary_size: 3,
      oov_method: 'floormod',
      encoding: 'utf-8',
      sparse: false,
    },
  };
  expect(() => fromKerasLayer(written)).toThrowErrorMatchingInlineSnapshot(`
    [UnsupportedKerasError: [keras/unsupported] StringLookup is not supported yet: text has no place inside a model, since tensors hold numbers.
      got       StringLookup
      expected  a class and options that Gradus has
      fix       make it with fromKerasTextLayer, call it on the texts, and give the model what comes out]
  `);
  const read = fromKerasTextLayer(written) as unknown as typeof lookup;
  expect(read([['the_end', 'b']]).toArray()).toEqual([[1, 1, 0]]);
});

test('a Keras model with a normalization that was adapted there takes its numbers as weights', () => {
  const model = fromKerasConfig({
    class_name: 'Sequential',
    config: {
      name: 'scaled',
      layers: [
        { class_name: 'InputLayer', config: { batch_shape: [null, 2], name: 'in' } },
        {
          class_name: 'Normalization',
          config: { name: 'n', axis: [-1], invert: false, mean: null, variance: null },
        },
      ],
    },
  });
  model.setWeights([tensor([1, 2]), tensor([4, 1]), tensor(0, { dtype: 'int32' })]);
  expect((model.predict(tensor([[3, 3]])) as Tensor).toArray()).toEqual([[1, 1]]);
});

test('a generator of a dataset turns text into numbers, row by row', async () => {
  const texts = ['good fun', 'bad film', 'so good', 'bad bad'];
  const vectorize = textVectorization({ outputSequenceLength: 2 }).adapt(texts);
  const rows = dataset(function* () {
    for (const [i, text] of texts.entries()) yield { x: vectorize(text), y: [i % 2] };
  });
  const model = sequential([
    input({ shape: [2], dtype: 'int32' }),
    embedding({ inputDim: vectorize.vocabularySize, outputDim: 2 }),
    flatten(),
    dense({ units: 1 }),
  ]).compile({ optimizer: 'sgd', loss: 'mse' });
  const { history } = await model.fit(rows.batch(2), undefined, { epochs: 2, ...quiet });
  expect(history['loss']).toHaveLength(2);
});

test('a file keeps what layers learned from data, and what is inside of others', () => {
  const images = randomUniform(key(3), [4, 4, 4, 2]);
  const model = sequential([
    input({ shape: [4, 4, 2] }),
    normalization().adapt(images),
    pipeline({ layers: [rescaling({ scale: 2 }), randomFlip(), dense({ units: 2 })] }),
    conv2dTranspose({ filters: 2, kernelSize: 2 }),
    pReLU({ sharedAxes: [1, 2] }),
    flatten(),
    dense({ units: 3 }),
    softmax(),
  ]);
  const again = modelFromBytes(model.toBytes());
  expect((again.predict(images) as Tensor).data).toEqual((model.predict(images) as Tensor).data);
  const ids = tensor([[7], [9], [8]]);
  const lookup = sequential([
    input({ shape: [1] }),
    integerLookup({ outputMode: 'oneHot' }).adapt([7, 9, 9]),
    dense({ units: 1 }),
  ]);
  expect((modelFromBytes(lookup.toBytes()).predict(ids) as Tensor).data).toEqual(
    (lookup.predict(ids) as Tensor).data,
  );
});
