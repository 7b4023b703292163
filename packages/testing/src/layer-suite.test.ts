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

/** Whole numbers instead of normal ones. */
const whole: LayerSuiteOptions = {
  makeInput: (shape) => randomInt(key(3), shape, { low: 0, high: 6 }),
};

/** Every class of layers: a layer, and inputs that it can take. */
const every: Readonly<
  Record<string, readonly [() => Layer, Shape | readonly Shape[], LayerSuiteOptions?]>
> = {
  Activation: [() => layers.activation({ activation: 'tanh' }), [4, 3]],
  ActivityRegularization: [() => layers.activityRegularization({ l1: 0.1 }), [4, 3]],
  AdaptiveAveragePooling1D: [() => layers.adaptiveAveragePooling1d({ outputSize: 3 }), series],
  AdaptiveAveragePooling2D: [() => layers.adaptiveAveragePooling2d({ outputSize: [2, 3] }), image],
  AdaptiveAveragePooling3D: [() => layers.adaptiveAveragePooling3d({ outputSize: 2 }), volume],
  AdaptiveMaxPooling1D: [() => layers.adaptiveMaxPooling1d({ outputSize: 3 }), series],
  AdaptiveMaxPooling2D: [() => layers.adaptiveMaxPooling2d({ outputSize: [2, 3] }), image],
  AdaptiveMaxPooling3D: [() => layers.adaptiveMaxPooling3d({ outputSize: 2 }), volume],
  Add: [() => layers.add(), two],
  AdditiveAttention: [() => layers.additiveAttention(), attended],
  AlphaDropout: [() => layers.alphaDropout({ rate: 0.3 }), [4, 5]],
  Attention: [() => layers.attention({ useScale: true, scoreMode: 'concat' }), attended],
  AutoContrast: [() => layers.autoContrast(), image],
  Average: [() => layers.average(), two],
  AveragePooling1D: [() => layers.averagePooling1d(), series],
  AveragePooling2D: [() => layers.averagePooling2d({ padding: 'same' }), image],
  AveragePooling3D: [() => layers.averagePooling3d(), volume],
  BatchNormalization: [() => layers.batchNormalization(), [4, 3]],
  Bidirectional: [() => layers.bidirectional({ layer: layers.gru({ units: 2 }) }), series],
  CategoryEncoding: [
    () => layers.categoryEncoding({ numTokens: 6, outputMode: 'count' }),
    [4, 5],
    whole,
  ],
  CenterCrop: [() => layers.centerCrop({ height: 4, width: 6 }), image],
  Concatenate: [
    () => layers.concatenate(),
    [
      [4, 3],
      [4, 2],
    ],
  ],
  Conv1D: [() => layers.conv1d({ filters: 4, kernelSize: 3 }), series],
  Conv1DTranspose: [
    () => layers.conv1dTranspose({ filters: 4, kernelSize: 3, strides: 2 }),
    series,
  ],
  Conv2D: [
    () => layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same', activation: 'relu' }),
    image,
  ],
  Conv2DTranspose: [
    () => layers.conv2dTranspose({ filters: 4, kernelSize: 3, strides: 2, padding: 'same' }),
    image,
  ],
  Conv3D: [() => layers.conv3d({ filters: 2, kernelSize: 2 }), volume],
  Conv3DTranspose: [() => layers.conv3dTranspose({ filters: 2, kernelSize: 2 }), volume],
  ConvLSTM1D: [() => layers.convLSTM1d({ filters: 2, kernelSize: 2 }), [2, 3, 5, 2]],
  ConvLSTM2D: [() => layers.convLSTM2d({ filters: 2, kernelSize: 2 }), [2, 2, 3, 4, 2]],
  ConvLSTM3D: [() => layers.convLSTM3d({ filters: 1, kernelSize: 2 }), [2, 2, 3, 3, 3, 1]],
  Cropping1D: [() => layers.cropping1d(), series],
  Cropping2D: [() => layers.cropping2d({ cropping: [[1, 0], 1] }), image],
  Cropping3D: [() => layers.cropping3d(), volume],
  Dense: [() => layers.dense({ units: 3, activation: 'tanh' }), [4, 5]],
  DepthwiseConv1D: [() => layers.depthwiseConv1d({ kernelSize: 3, depthMultiplier: 2 }), series],
  DepthwiseConv2D: [() => layers.depthwiseConv2d({ kernelSize: 3, strides: 2 }), image],
  Discretization: [
    () => layers.discretization({ binBoundaries: [-1, 0, 1], outputMode: 'oneHot' }),
    [4, 5],
  ],
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
  ELU: [() => layers.elu(), [4, 5]],
  Embedding: [
    () => layers.embedding({ inputDim: 6, outputDim: 3 }),
    [4, 5],
    { makeInput: (shape) => randomInt(key(3), shape, { low: 0, high: 6 }) },
  ],
  Flatten: [() => layers.flatten(), image],
  GaussianDropout: [() => layers.gaussianDropout({ rate: 0.3 }), [4, 5]],
  GaussianNoise: [() => layers.gaussianNoise({ stddev: 0.3 }), [4, 5]],
  GlobalAveragePooling1D: [() => layers.globalAveragePooling1d(), series],
  GlobalAveragePooling2D: [() => layers.globalAveragePooling2d(), image],
  GlobalAveragePooling3D: [() => layers.globalAveragePooling3d({ keepDims: true }), volume],
  GlobalMaxPooling1D: [() => layers.globalMaxPooling1d(), series],
  GlobalMaxPooling2D: [() => layers.globalMaxPooling2d({ keepDims: true }), image],
  GlobalMaxPooling3D: [() => layers.globalMaxPooling3d(), volume],
  GRU: [() => layers.gru({ units: 3, returnSequences: true, dropout: 0.2 }), series],
  GRUCell: [
    () => layers.gruCell({ units: 3 }) as unknown as Layer,
    [
      [4, 2],
      [4, 3],
    ],
  ],
  GroupNormalization: [() => layers.groupNormalization({ groups: 3 }), [4, 2, 6]],
  GroupQueryAttention: [
    () => layers.groupQueryAttention({ headDim: 2, numQueryHeads: 4, numKeyValueHeads: 2 }),
    attended,
  ],
  Identity: [() => layers.identity(), [4, 3]],
  IntegerLookup: [() => layers.integerLookup({ vocabulary: [5, 1, 3] }), [4, 5], whole],
  Lambda: [
    () => layers.lambda({ function: (x) => x.mul(2).sum({ axis: -1 }) }),
    [4, 3],
    { registered: false },
  ],
  LeakyReLU: [() => layers.leakyReLU(), [4, 5]],
  LSTM: [() => layers.lstm({ units: 3, returnSequences: true, recurrentDropout: 0.2 }), series],
  LSTMCell: [
    () => layers.lstmCell({ units: 3 }) as unknown as Layer,
    [
      [4, 2],
      [4, 3],
      [4, 3],
    ],
  ],
  LayerNormalization: [() => layers.layerNormalization(), [4, 5]],
  Masking: [() => layers.masking(), series],
  MaxPooling1D: [() => layers.maxPooling1d(), series],
  MaxPooling2D: [() => layers.maxPooling2d(), image],
  MaxPooling3D: [() => layers.maxPooling3d(), volume],
  Maximum: [() => layers.maximum(), two],
  MelSpectrogram: [
    () => layers.melSpectrogram({ fftLength: 16, sequenceStride: 4, numMelBins: 5 }),
    [2, 40],
  ],
  Minimum: [() => layers.minimum(), two],
  MultiHeadAttention: [
    () => layers.multiHeadAttention({ numHeads: 2, keyDim: 3, dropout: 0.2 }),
    attended,
  ],
  Multiply: [() => layers.multiply(), two],
  Normalization: [() => layers.normalization(), [4, 5]],
  Operation: [
    () => layers.operation({ operation: 'clip', arguments: [{ input: 0 }, -1, 1] }),
    [4, 5],
  ],
  Permute: [() => layers.permute({ dims: [2, 1] }), series],
  Pipeline: [
    () => layers.pipeline({ layers: [layers.rescaling({ scale: 2 }), layers.dense({ units: 2 })] }),
    [4, 5],
  ],
  PReLU: [() => layers.pReLU(), [4, 5]],
  RandomBrightness: [() => layers.randomBrightness({ factor: 0.2, valueRange: [-1, 1] }), image],
  RandomColorDegeneration: [() => layers.randomColorDegeneration({ factor: 0.3 }), image],
  RandomColorJitter: [
    () => layers.randomColorJitter({ brightnessFactor: 0.2, valueRange: [-3, 3] }),
    image,
  ],
  RandomContrast: [() => layers.randomContrast({ factor: 0.2 }), image],
  RandomCrop: [() => layers.randomCrop({ height: 6, width: 5 }), image],
  RandomErasing: [() => layers.randomErasing(), image],
  RandomFlip: [() => layers.randomFlip(), image],
  RandomGaussianBlur: [() => layers.randomGaussianBlur(), image],
  RandomGrayscale: [() => layers.randomGrayscale(), image],
  RandomHue: [() => layers.randomHue({ factor: 0.3, valueRange: [-3, 3] }), image],
  RandomInvert: [() => layers.randomInvert(), image],
  RandomPerspective: [() => layers.randomPerspective({ scale: 0.4 }), image],
  RandomPosterization: [() => layers.randomPosterization({ factor: 5 }), image],
  RandomRotation: [() => layers.randomRotation({ factor: 0.2 }), image],
  RandomSaturation: [() => layers.randomSaturation({ factor: [0.3, 0.6] }), image],
  RandomSharpness: [() => layers.randomSharpness({ factor: 0.5 }), image],
  RandomShear: [() => layers.randomShear({ xFactor: 0.3 }), image],
  RandomTranslation: [
    () => layers.randomTranslation({ heightFactor: 0.2, widthFactor: 0.2 }),
    image,
  ],
  RandomZoom: [() => layers.randomZoom({ heightFactor: 0.2 }), image],
  ReLU: [() => layers.reLU({ maxValue: 2, negativeSlope: 0.1 }), [4, 5]],
  RepeatVector: [() => layers.repeatVector({ n: 3 }), [4, 5]],
  Rescaling: [() => layers.rescaling({ scale: 2, offset: [1, 2, 3] }), series],
  Resizing: [() => layers.resizing({ height: 4, width: 8 }), image],
  RNN: [() => layers.rnn({ cell: layers.lstmCell({ units: 2 }), unroll: true }), series],
  Reshape: [() => layers.reshape({ targetShape: [3, 2] }), [4, 6]],
  ReversibleEmbedding: [
    () => layers.reversibleEmbedding({ inputDim: 6, outputDim: 3 }),
    [4, 5],
    { makeInput: (shape) => randomInt(key(3), shape, { low: 0, high: 6 }) },
  ],
  RMSNormalization: [() => layers.rmsNormalization(), [4, 5]],
  SeparableConv1D: [() => layers.separableConv1d({ filters: 4, kernelSize: 3 }), series],
  SeparableConv2D: [
    () => layers.separableConv2d({ filters: 4, kernelSize: 3, depthMultiplier: 2 }),
    image,
  ],
  SimpleRNN: [() => layers.simpleRNN({ units: 3, goBackwards: true }), series],
  SimpleRNNCell: [
    () => layers.simpleRNNCell({ units: 3 }) as unknown as Layer,
    [
      [4, 2],
      [4, 3],
    ],
  ],
  Softmax: [() => layers.softmax(), [4, 5]],
  Solarization: [() => layers.solarization({ thresholdFactor: 0.5 }), image],
  Sparse: [() => layers.sparse({ units: 3, density: 0.5, seed: 1 }), [4, 5]],
  SpatialDropout1D: [() => layers.spatialDropout1d({ rate: 0.3 }), series],
  SpatialDropout2D: [() => layers.spatialDropout2d({ rate: 0.3 }), image],
  SpatialDropout3D: [() => layers.spatialDropout3d({ rate: 0.3 }), volume],
  SpectralNormalization: [
    () => layers.spectralNormalization({ layer: layers.dense({ units: 3 }) }),
    [4, 5],
  ],
  StackedRNNCells: [
    () => {
      const cells = [layers.gruCell({ units: 3 }), layers.simpleRNNCell({ units: 2 })];
      return layers.stackedRNNCells({ cells }) as unknown as Layer;
    },
    [
      [4, 2],
      [4, 3],
      [4, 2],
    ],
  ],
  STFTSpectrogram: [() => layers.stftSpectrogram({ frameLength: 4, mode: 'stft' }), series],
  Subtract: [() => layers.subtract(), two],
  TimeDistributed: [() => layers.timeDistributed({ layer: layers.dense({ units: 2 }) }), series],
  UnitNormalization: [() => layers.unitNormalization(), [4, 5]],
  UpSampling1D: [() => layers.upSampling1d(), series],
  UpSampling2D: [() => layers.upSampling2d({ interpolation: 'bilinear' }), image],
  UpSampling3D: [() => layers.upSampling3d(), volume],
  ZeroPadding1D: [() => layers.zeroPadding1d(), series],
  ZeroPadding2D: [() => layers.zeroPadding2d(), image],
  ZeroPadding3D: [() => layers.zeroPadding3d(), volume],
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
