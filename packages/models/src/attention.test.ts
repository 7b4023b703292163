import {
  add,
  attention,
  batchNormalization,
  dense,
  embedding,
  globalAveragePooling1d,
  groupQueryAttention,
  input,
  lambda,
  layerNormalization,
  multiHeadAttention,
  reversibleEmbedding,
  spectralNormalization,
} from '@gradus/layers';
import type { AttentionLayer } from '@gradus/layers';
import { sparseCategoricalCrossentropy } from '@gradus/losses';
import { adam } from '@gradus/optimizers';
import type { Tensor } from '@gradus/tensor';
import { key, randomInt, tensor } from '@gradus/tensor';
import { describe, expect, it } from 'vitest';
import { model } from './functional.js';
import { modelFromBytes } from './load.js';
import { sequential } from './sequential.js';

const words = randomInt(key(1), [32, 6], { low: 0, high: 5 });
/** Whether word 3 is among them. */
const has = tensor(
  Array.from({ length: 32 }, (_, row) => [
    words.data.slice(row * 6, row * 6 + 6).includes(3) ? 1 : 0,
  ]),
);

/** A block of a transformer over words, where word 0 is padding. */
function transformer(self: AttentionLayer): ReturnType<typeof model> {
  const x = input({ shape: [6], dtype: 'int32' });
  const embedded = embedding({ inputDim: 5, outputDim: 8, maskZero: true })(x);
  const looked = self([embedded, embedded], { useCausalMask: true });
  const normal = layerNormalization()(add()([embedded, looked]));
  const wide = dense({ units: 16, activation: { name: 'gelu', approximate: true } })(normal);
  const block = layerNormalization()(add()([normal, dense({ units: 8 })(wide)]));
  const y = dense({ units: 1, activation: 'sigmoid' })(globalAveragePooling1d()(block));
  return model({ inputs: x, outputs: y, seed: 3 });
}

describe('attention in models', () => {
  it.each([
    ['multiHeadAttention', multiHeadAttention({ numHeads: 2, keyDim: 4, dropout: 0.1 })],
    [
      'groupQueryAttention',
      groupQueryAttention({ headDim: 4, numQueryHeads: 2, numKeyValueHeads: 1 }),
    ],
    ['attention', attention({ useScale: true, scoreMode: 'concat' })],
  ])('%s learns in a transformer block, and comes back from a file', async (_name, self) => {
    const m = transformer(self);
    m.compile({ optimizer: adam({ learningRate: 0.01 }), loss: 'binaryCrossentropy' });
    const { history } = await m.fit(words, has, { epochs: 15, batchSize: 8, verbose: 0 });
    const losses = history['loss'] as readonly number[];
    expect(losses.at(-1)).toBeLessThan((losses[0] as number) * 0.8);
    const y = m.predict(words) as Tensor;
    expect((modelFromBytes(m.toBytes()).predict(words) as Tensor).data).toEqual(y.data);
  });

  it('names parameters by layer and place', () => {
    const m = transformer(multiHeadAttention({ numHeads: 2, keyDim: 4 }));
    expect(m.placedVariables.map(({ path }) => path)).toContain(
      'multi_head_attention/queryDense/kernel',
    );
  });

  it('gives scores as an output', () => {
    const x = input({ shape: [4, 3] });
    const [y, scores] = multiHeadAttention({ numHeads: 2, keyDim: 2 })([x, x], {
      returnAttentionScores: true,
    });
    const m = model({ inputs: x, outputs: [y as never, scores as never] });
    const [first, second] = m.predict(
      tensor([
        [
          [1, 2, 3],
          [0, 1, 0],
          [1, 1, 1],
          [2, 0, 2],
        ],
      ]),
    ) as never as Tensor[];
    expect(first?.shape).toEqual([1, 4, 3]);
    expect(second?.shape).toEqual([1, 2, 4, 4]);
    const rows = second?.sum({ axis: -1 }).data ?? [];
    for (const total of rows) expect(total).toBeCloseTo(1, 6);
  });

  it('reads and writes words with one table', async () => {
    const x = input({ shape: [6], dtype: 'int32' });
    const table = reversibleEmbedding({ inputDim: 5, outputDim: 4 });
    const scores = table(dense({ units: 4 })(table(x)), { reverse: true });
    const m = model({ inputs: x, outputs: scores, seed: 1 });
    expect(scores.shape).toEqual([null, 6, 5]);
    m.compile({ optimizer: 'adam', loss: sparseCategoricalCrossentropy({ fromLogits: true }) });
    const { history } = await m.fit(words, words, { epochs: 20, batchSize: 8, verbose: 0 });
    const losses = history['loss'] as readonly number[];
    expect(losses.at(-1)).toBeLessThan(losses[0] as number);
    expect(m.placedVariables.filter(({ path }) => path.includes('embeddings'))).toHaveLength(1);
  });
});

describe('layers that remember or that are code', () => {
  const x = tensor([
    [1, 2],
    [3, 5],
    [0, 1],
    [2, 2],
  ]);
  const y = tensor([[1], [2], [0], [1]]);

  it('spectral and batch renormalization keep what they learn about the numbers', async () => {
    const m = sequential(
      [
        spectralNormalization({ layer: dense({ units: 4 }) }),
        batchNormalization({ renorm: true }),
        dense({ units: 1 }),
      ],
      { inputShape: [2], seed: 2 },
    );
    const values = (): Record<string, string> =>
      Object.fromEntries(
        m.placedVariables.map(({ path, variable }) => [path, variable.read().data.join()]),
      );
    const before = values();
    m.compile({ optimizer: 'sgd', loss: 'mse' });
    await m.fit(x, y, { epochs: 2, verbose: 0 });
    const after = values();
    const moved = Object.keys(after).filter((path) => after[path] !== before[path]);
    for (const name of [
      'vectorU',
      'movingStddev',
      'renormMean',
      'renormStddev',
      'normalization/kernel',
    ])
      expect(
        moved.some((path) => path.endsWith(name)),
        name,
      ).toBe(true);
  });

  it('a lambda runs in a model, which then has no file', () => {
    const m = sequential([lambda({ function: (v) => v.mul(2) }), dense({ units: 1 })], {
      inputShape: [2],
    });
    expect((m.predict(x) as Tensor).shape).toEqual([4, 1]);
    expect(() => m.toBytes()).toThrow(/lambda cannot be written down/);
  });
});
