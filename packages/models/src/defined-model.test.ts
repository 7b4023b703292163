import type { SymbolicTensor } from '@gradus/layers';
import { concatenate, dense, dropout, input } from '@gradus/layers';
import { adam } from '@gradus/optimizers';
import { key, randomNormal, tensor } from '@gradus/tensor';
import { describe, expect, it } from 'vitest';
import { defineModel, model, modelFromBytes } from './index.js';

const residual = defineModel({
  name: 'residual',
  layers: ({ units }: { readonly units: number }) => ({
    inner: dense({ units, activation: 'relu' }),
    drop: dropout({ rate: 0.1 }),
    outer: dense({ units }),
  }),
  call: ({ inner, drop, outer }, x: SymbolicTensor) => x.add(outer(drop(inner(x)))),
});

const twoSided = defineModel({
  name: 'two_sided',
  layers: () => ({
    left: dense({ units: 4 }),
    right: dense({ units: 4 }),
    head: dense({ units: 1 }),
  }),
  call: (
    { left, right, head },
    { a, b }: { readonly a: SymbolicTensor; readonly b: SymbolicTensor },
  ) => ({
    score: head(concatenate()([left(a), right(b)])),
    gap: left(a).sub(right(b)).square().mean({ axis: -1 }),
  }),
});

describe('models defined in code', () => {
  it('take their shape from the first data, and learn', async () => {
    const network = residual({ units: 3, seed: 1 });
    expect(network.isBuilt).toBe(false);
    expect(() => network.graph).toThrow(/does not know its input shape/);
    const x = randomNormal(key(1), [64, 3]);
    network.compile({ optimizer: adam({ learningRate: 0.02 }), loss: 'mse' });
    const { history } = await network.fit(x, x.mul(2), { epochs: 60, verbose: 0 });
    expect(network.parameterCount).toBe(24);
    expect(history['loss']?.at(-1)).toBeLessThan((history['loss']?.[0] as number) / 2);
  });

  it('own their layers by name', () => {
    const network = residual({ units: 3, inputShape: [3] });
    expect(network.own.inner.className).toBe('Dense');
    expect(network.layers.map((layer) => layer.className)).toContain('Operation');
  });

  it('take inputs and give outputs by name', () => {
    const network = twoSided({ inputShape: { a: [2], b: [3] } });
    const result = network.predict({
      a: tensor([[1, 2]]),
      b: tensor([[1, 2, 3]]),
    } as never) as never as Record<string, { shape: readonly number[] }>;
    expect(result['score']?.shape).toEqual([1, 1]);
    expect(result['gap']?.shape).toEqual([1]);
  });
});

describe('operations between layers of a model', () => {
  it('are saved and loaded, with the same numbers', () => {
    const x = input({ shape: [4] });
    const hidden = dense({ units: 4, activation: 'tanh' })(x);
    const y = hidden
      .slice([0, 1], [-1, 2])
      .mul(2)
      .sub(1)
      .add(x.mean({ axis: -1, keepDims: true }));
    const network = model({ inputs: x, outputs: y, seed: 3 });
    const again = modelFromBytes(network.toBytes());
    const data = randomNormal(key(2), [5, 4]);
    const [got, want] = [again.predict(data), network.predict(data)] as {
      data: ArrayLike<number>;
    }[];
    expect(Array.from(got?.data ?? [])).toEqual(Array.from(want?.data ?? [0]));
    expect(Array.from(got?.data ?? [])).toHaveLength(10);
  });
});
