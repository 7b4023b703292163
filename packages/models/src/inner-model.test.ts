import { dense, batchNormalization, input, timeDistributed } from '@gradus/layers';
import type { Layer } from '@gradus/layers';
import { adam } from '@gradus/optimizers';
import { key, randomNormal } from '@gradus/tensor';
import { describe, expect, it } from 'vitest';
import { fromKerasConfig } from './keras-config/index.js';
import { modelFromBytes } from './load.js';
import { sequential } from './sequential.js';
import type { Sequential } from './sequential.js';

const step = (): Sequential =>
  sequential([
    dense({ units: 3, activation: 'tanh', name: 'first' }),
    batchNormalization({ name: 'norm' }),
    dense({ units: 1, name: 'last' }),
  ]);
const around = (inner: Sequential): Sequential =>
  sequential([
    input({ shape: [4, 2] }),
    timeDistributed({ layer: inner as unknown as Layer, name: 'each' }),
  ]);
const x = randomNormal(key(1), [6, 4, 2]);

describe('a model inside a layer', () => {
  it('gives the layer its variables, under their paths', () => {
    const m = around(step());
    expect(m.placedVariables.map(({ path }) => path)).toEqual([
      'each/layer/first/kernel',
      'each/layer/first/bias',
      'each/layer/norm/gamma',
      'each/layer/norm/beta',
      'each/layer/norm/movingMean',
      'each/layer/norm/movingVariance',
      'each/layer/last/kernel',
      'each/layer/last/bias',
    ]);
    expect(m.outputShape()).toEqual([null, 4, 1]);
  });

  it('is trained with it, and knows so itself', async () => {
    const inner = step();
    const m = around(inner).compile({ optimizer: adam({ learningRate: 0.05 }), loss: 'mse' });
    const y = x.sum({ axis: -1, keepDims: true });
    const { history } = await m.fit(x, y, { epochs: 30, verbose: 0 });
    const losses = history['loss'] as number[];
    expect(losses.at(-1)).toBeLessThan((losses[0] as number) / 2);
    const alone = inner.predict(x.reshape([24, 2]));
    m.predict(x).data.forEach((value, i) => expect(value).toBeCloseTo(alone.data[i] as number, 5));
    expect(
      inner
        .variable('norm/movingMean')
        .read()
        .data.some((value) => value !== 0),
    ).toBe(true);
  });

  it('is saved and loaded with it', () => {
    const m = around(step());
    expect(modelFromBytes(m.toBytes()).predict(x).data).toEqual(m.predict(x).data);
  });

  it('is read from the config of Keras', () => {
    const layer = (name: string, units: number): object => ({
      class_name: 'Dense',
      config: { name, units },
    });
    const m = fromKerasConfig({
      class_name: 'Sequential',
      config: {
        name: 'film',
        layers: [
          { class_name: 'InputLayer', config: { name: 'x', batch_shape: [null, 4, 2] } },
          {
            class_name: 'TimeDistributed',
            config: {
              name: 'each',
              layer: {
                class_name: 'Sequential',
                config: { name: 'frame', layers: [layer('a', 3), layer('b', 2)] },
              },
            },
          },
        ],
      },
    });
    expect(m.outputShape()).toEqual([null, 4, 2]);
    expect(m.parameterCount).toBe(2 * 3 + 3 + 3 * 2 + 2);
  });
});
