import * as layers from '@gradus/layers';
import { layerRegistry } from '@gradus/layers';
import type { Layer } from '@gradus/layers';
import { key, randomInt } from '@gradus/tensor';
import type { Shape } from '@gradus/tensor';
import { describe, expect, it } from 'vitest';
import { layerSuite } from './layer-suite.js';
import type { LayerSuiteOptions } from './layer-suite.js';

const series: Shape = [2, 7, 3];
const image: Shape = [2, 6, 5, 3];
const volume: Shape = [2, 4, 5, 3, 2];
const two: readonly Shape[] = [
  [4, 3],
  [4, 3],
];

/** A query and a value. */
const attended: readonly Shape[] = [
  [2, 3, 4],
  [2, 5, 4],
];

/** Every class of layers: a layer, and inputs that it can take. */
const every: Readonly<
  Record<string, readonly [() => Layer, Shape | readonly Shape[], LayerSuiteOptions?]>
> = {
  Activation: [() => layers.activation({ activation: 'tanh' }), [4, 3]],
  ActivityRegularization: [() => layers.activityRegularization({ l1: 0.1 }), [4, 3]],
  Add: [() => layers.add(), two],
  AdditiveAttention: [() => layers.additiveAttention(), attended],
  Attention: [() => layers.attention({ useScale: true, scoreMode: 'concat' }), attended],
  Average: [() => layers.average(), two],
  AveragePooling1D: [() => layers.averagePooling1d(), series],
  AveragePooling2D: [() => layers.averagePooling2d({ padding: 'same' }), image],
  AveragePooling3D: [() => layers.averagePooling3d(), volume],
  BatchNormalization: [() => layers.batchNormalization(), [4, 3]],
  Concatenate: [
    () => layers.concatenate(),
    [
      [4, 3],
      [4, 2],
    ],
  ],
  Conv1D: [() => layers.conv1d({ filters: 4, kernelSize: 3 }), series],
  Conv2D: [
    () => layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same', activation: 'relu' }),
    image,
  ],
  Conv3D: [() => layers.conv3d({ filters: 2, kernelSize: 2 }), volume],
  Dense: [() => layers.dense({ units: 3, activation: 'tanh' }), [4, 5]],
  Dot: [() => layers.dot({ axes: 1 }), two],
  Dropout: [() => layers.dropout({ rate: 0.4 }), [4, 5]],
  EinsumDense: [
    () =>
      layers.einsumDense({
        equation: 'abc,cde->abde',
        outputShape: [null, 2, 3],
        biasAxes: 'de',
      }),
    [2, 4, 5],
  ],
  Embedding: [
    () => layers.embedding({ inputDim: 6, outputDim: 3 }),
    [4, 5],
    { makeInput: (shape) => randomInt(key(3), shape, { low: 0, high: 6 }) },
  ],
  Flatten: [() => layers.flatten(), image],
  GlobalAveragePooling2D: [() => layers.globalAveragePooling2d(), image],
  GroupNormalization: [() => layers.groupNormalization({ groups: 3 }), [4, 2, 6]],
  GroupQueryAttention: [
    () => layers.groupQueryAttention({ headDim: 2, numQueryHeads: 4, numKeyValueHeads: 2 }),
    attended,
  ],
  Identity: [() => layers.identity(), [4, 3]],
  Lambda: [
    () => layers.lambda({ function: (x) => x.mul(2).sum({ axis: -1 }) }),
    [4, 3],
    { registered: false },
  ],
  LayerNormalization: [() => layers.layerNormalization(), [4, 5]],
  MaxPooling1D: [() => layers.maxPooling1d(), series],
  MaxPooling2D: [() => layers.maxPooling2d(), image],
  MaxPooling3D: [() => layers.maxPooling3d(), volume],
  Maximum: [() => layers.maximum(), two],
  Minimum: [() => layers.minimum(), two],
  MultiHeadAttention: [
    () => layers.multiHeadAttention({ numHeads: 2, keyDim: 3, dropout: 0.2 }),
    attended,
  ],
  Multiply: [() => layers.multiply(), two],
  Reshape: [() => layers.reshape({ targetShape: [3, 2] }), [4, 6]],
  ReversibleEmbedding: [
    () => layers.reversibleEmbedding({ inputDim: 6, outputDim: 3 }),
    [4, 5],
    { makeInput: (shape) => randomInt(key(3), shape, { low: 0, high: 6 }) },
  ],
  RMSNormalization: [() => layers.rmsNormalization(), [4, 5]],
  Sparse: [() => layers.sparse({ units: 3, density: 0.5, seed: 1 }), [4, 5]],
  SpectralNormalization: [
    () => layers.spectralNormalization({ layer: layers.dense({ units: 3 }) }),
    [4, 5],
  ],
  Subtract: [() => layers.subtract(), two],
  UnitNormalization: [() => layers.unitNormalization(), [4, 5]],
};

describe('every layer', () => {
  // An InputLayer is not called; all others must be here, so that a new layer cannot be forgotten.
  it('has a suite', () => {
    const known = [...layerRegistry.keys()].filter((name) => name !== 'InputLayer');
    expect(Object.keys(every).sort()).toEqual(known.sort());
  });

  for (const [name, [makeLayer, shape, options]] of Object.entries(every))
    for (const check of layerSuite(name, makeLayer, shape, options))
      it(check.name, () => check.run());

  it('is told from one that announces a wrong shape', () => {
    const wrong = layers.defineLayer({ className: 'Wrong', call: (_, x) => x.sum({ axis: 1 }) });
    const failed = layerSuite('wrong', wrong, [4, 5], { registered: false }).filter(({ run }) => {
      try {
        run();
        return false;
      } catch {
        return true;
      }
    });
    expect(failed.map(({ name }) => name)).toEqual([
      'wrong gives the shape that it announces, in training too',
    ]);
  });
});
