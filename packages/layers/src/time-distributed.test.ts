import { key, ones, randomNormal, tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { expect, test } from 'vitest';
import { batchNormalization } from './batch-normalization.js';
import { conv2d } from './conv2d.js';
import { dense } from './dense.js';
import { dropout } from './dropout.js';
import { checkLayer, context, outputOf, parametersOf } from './layer-check.js';
import type { Layer } from './layer.js';
import { asLayerResult } from './layer-result.js';
import { lstm } from './lstm.js';
import { input } from './symbolic.js';
import { timeDistributed } from './time-distributed.js';

const x = randomNormal(key(3), [2, 5, 4]);

test('does to every step what the layer does', () => {
  const inner = dense({ units: 3, activation: 'tanh' });
  const layer = timeDistributed({ layer: inner });
  const params = parametersOf(layer, [[2, 5, 4]]);
  expect(Object.keys(params)).toEqual(['layer/kernel', 'layer/bias']);
  const own = { kernel: params['layer/kernel'] as Tensor, bias: params['layer/bias'] as Tensor };
  outputOf(layer, params, x).data.forEach((value, i) =>
    expect(value).toBeCloseTo(outputOf(inner, own, x).data[i] as number, 5),
  );
});

test('holds what every layer must hold', () => {
  checkLayer(timeDistributed({ layer: dense({ units: 3 }) }), [2, 5, 4]);
  checkLayer(timeDistributed({ layer: conv2d({ filters: 2, kernelSize: 2 }) }), [2, 3, 4, 4, 1]);
  checkLayer(timeDistributed({ layer: lstm({ units: 2 }) }), [2, 3, 4, 2]);
  checkLayer(timeDistributed({ layer: batchNormalization() }), [3, 4, 2]);
  checkLayer(
    timeDistributed({ layer: timeDistributed({ layer: dropout({ rate: 0.5 }) }) }),
    [2, 3, 4, 2],
  );
});

test('hands what a layer remembers from step to step', () => {
  const layer = timeDistributed({ layer: batchNormalization({ momentum: 0.5 }) });
  const params = parametersOf(layer, [[2, 2, 1]]);
  const steps = tensor([
    [[1], [10]],
    [[3], [10]],
  ]);
  const { state } = asLayerResult(layer.call(params, steps, context({ training: true })));
  // Means 2 and 10, one after the other: (0 · ½ + 2 · ½) · ½ + 10 · ½.
  expect(state['layer/movingMean']?.toArray()).toEqual([5.5]);
  expect(Object.keys(state).sort()).toEqual(['layer/movingMean', 'layer/movingVariance']);
});

test('draws anew at every step', () => {
  const layer = timeDistributed({ layer: dropout({ rate: 0.5 }) });
  const y = outputOf(layer, {}, ones([1, 20, 6]), { training: true }).toArray() as number[][][];
  expect(new Set(y[0]?.map((row) => row.join())).size).toBeGreaterThan(5);
});

test('gives every step its share of the mask, and passes the mask on', () => {
  const inner = lstm({ units: 2 });
  const layer = timeDistributed({ layer: inner });
  const frames = randomNormal(key(4), [2, 3, 4, 2]);
  const params = parametersOf(layer, [[2, 3, 4, 2]]);
  const mask = randomNormal(key(5), [2, 3, 4]).greater(0);
  const own = Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name.replace('layer/', ''), value]),
  );
  const y = outputOf(layer, params, frames, { mask });
  for (let step = 0; step < 3; step++) {
    const alone = outputOf(inner, own, frames.slice([0, step, 0, 0], [2, 1, 4, 2]).squeeze(1), {
      mask: mask.slice([0, step, 0], [2, 1, 4]).squeeze(1),
    });
    expect(y.slice([0, step, 0], [2, 1, 2]).squeeze(1).toArray()).toEqual(alone.toArray());
  }
  expect(layer.computeMask(frames, mask)).toBe(mask);
});

test('what cannot work is refused at once', () => {
  expect(() => timeDistributed({ layer: dense({ units: 2 }), name: 'each' })(input({ shape: [4] })))
    .toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [layer/rank] timeDistributed "each" takes sequences.
      got       [batch, 4], which has 2 axes
      expected  [batch, steps, ...]
      fix       give it sequences, or make each number a step: reshape({ targetShape: [4, 1] })]
  `);
  expect(() =>
    // @ts-expect-error a name is no layer
    timeDistributed({ layer: 'dense' }),
  ).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [time-distributed/layer] timeDistributed takes a layer.
      got       dense
      expected  a layer for one step
      fix       timeDistributed({ layer: dense({ units: 8 }) })]
  `);
  const states = lstm({ units: 2, returnState: true }) as unknown as Layer;
  expect(() => timeDistributed({ layer: states })(input({ shape: [3, 4, 2] })))
    .toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [time-distributed/outputs] timeDistributed takes a layer with one output.
      got       LSTM with 3 outputs
      expected  one output
      fix       leave returnState out]
  `);
});
