import { compile, grad, tensor } from '@gradus/tensor';
import { expect, test } from 'vitest';
import { batchNormalization } from './batch-normalization.js';
import { conv2d } from './conv2d.js';
import { dense } from './dense.js';
import { embedding } from './embedding.js';
import { flatten } from './flatten.js';
import { groupNormalization } from './group-normalization.js';
import { input } from './symbolic.js';
import { checkLayer, context, outputOf, parametersOf } from './layer-check.js';
import { layerNormalization } from './layer-normalization.js';
import { asLayerResult } from './layer-result.js';
import * as regularizers from './regularizers.js';
import { rmsNormalization } from './rms-normalization.js';
import { spectralNormalization } from './spectral-normalization.js';
import { unitNormalization } from './unit-normalization.js';

test('hold what every layer must hold', () => {
  checkLayer(groupNormalization({ groups: 2 }), [3, 4, 6]);
  checkLayer(groupNormalization({ groups: -1, axis: 1, scale: false }), [2, 3, 4, 4]);
  checkLayer(groupNormalization({ groups: 3, axis: -2, center: false }), [2, 6, 4]);
  checkLayer(rmsNormalization(), [3, 4]);
  checkLayer(rmsNormalization({ axis: [1, 2], epsilon: 0.1 }), [2, 3, 4]);
  checkLayer(unitNormalization(), [3, 4]);
  checkLayer(unitNormalization({ axis: [1, -1] }), [2, 3, 4]);
  checkLayer(layerNormalization({ rmsScaling: true }), [3, 4]);
  checkLayer(batchNormalization({ renorm: true, renormClipping: { rmax: 3 } }), [6, 3]);
  checkLayer(spectralNormalization({ layer: dense({ units: 3 }) }), [4, 5]);
  checkLayer(
    spectralNormalization({ layer: conv2d({ filters: 2, kernelSize: 2 }), powerIterations: 3 }),
    [2, 4, 4, 3],
  );
});

test('groups are normalised apart, each sample for itself', () => {
  const layer = groupNormalization({ groups: 2, epsilon: 0 });
  const x = tensor([[[0, 2, 10, 30]], [[1, 1.5, 0, 8]]]);
  expect(outputOf(layer, parametersOf(layer, [[2, 1, 4]]), x).toArray()).toEqual([
    [[-1, 1, -1, 1]],
    [[-1, 1, -1, 1]],
  ]);
});

test('the root mean square becomes 1', () => {
  const layer = rmsNormalization({ epsilon: 0 });
  const y = outputOf(layer, parametersOf(layer, [[1, 2]]), tensor([[1, 7]]));
  expect(y.toArray()).toEqual([[expect.closeTo(0.2, 6), expect.closeTo(1.4, 6)]]);
});

test('vectors get length 1; zeros stay', () => {
  const x = tensor([
    [3, 4],
    [0, 0],
  ]);
  expect(outputOf(unitNormalization(), {}, x).toArray()).toEqual([
    [expect.closeTo(0.6, 6), expect.closeTo(0.8, 6)],
    [0, 0],
  ]);
});

test('renormalised batches follow the running numbers', () => {
  const layer = batchNormalization({
    renorm: true,
    epsilon: 0,
    momentum: 0.5,
    renormMomentum: 0.75,
  });
  const x = tensor([[1], [5]]);
  const params = parametersOf(layer, [[2, 1]]);
  const { output, state } = asLayerResult(layer.call(params, x, context({ training: true })));
  // The batch has mean 3 and deviation 2, the running numbers are 0 and 1: the correction undoes the normalisation.
  expect('toArray' in output && output.toArray()).toEqual([[1], [5]]);
  expect(Object.fromEntries(Object.entries(state).map(([name, t]) => [name, t.item()]))).toEqual({
    movingMean: 1.5,
    movingStddev: 1.5,
    movingVariance: 2.25,
    renormMean: 0.75,
    renormStddev: 1.25,
  });
  const limited = layer.with({ renormClipping: { rmax: 1, dmax: 0.5 } } as object);
  expect(outputOf(limited, params, x, { training: true }).toArray()).toEqual([[-0.5], [1.5]]);
  const shifts = grad((v: typeof x) =>
    outputOf(layer, params, v, { training: true }).square().sum(),
  );
  expect(shifts(x).data.every(Number.isFinite)).toBe(true);
});

test('what a mask leaves out may be no number at all', () => {
  const layer = batchNormalization({ momentum: 0 });
  const x = tensor([[[1], [3], [Number.NaN]]]);
  const mask = tensor([[true, true, false]]);
  const { state } = asLayerResult(
    layer.call(parametersOf(layer, [[1, 3, 1]]), x, context({ training: true, mask })),
  );
  expect(state['movingMean']?.item()).toBeCloseTo(2, 5);
});

test('in training the kernel is divided by what it stretches most', () => {
  const layer = spectralNormalization({
    layer: dense({ units: 2, useBias: false }),
    powerIterations: 20,
  });
  const params = {
    kernel: tensor([
      [0, 4],
      [2, 0],
    ]),
    vectorU: tensor([[0.6, 0.8]]),
  };
  const x = tensor([[1, 1]]);
  expect(outputOf(layer, params, x).toArray()).toEqual([[2, 4]]);
  const call = (p: typeof params) => asLayerResult(layer.call(p, x, context({ training: true })));
  const { output, state } = call(params);
  expect('data' in output && [...output.data]).toEqual([expect.closeTo(0.5), expect.closeTo(1)]);
  expect([...(state['vectorU']?.data ?? [])]).toEqual([expect.closeTo(0), expect.closeTo(1)]);
  const compiled = compile((p: typeof params) => call(p).output as typeof x);
  expect(compiled(params).toArray()).toEqual([[expect.closeTo(0.5), expect.closeTo(1)]]);
});

test('a kernel of zeros stays, with a finite gradient', () => {
  const layer = spectralNormalization({ layer: dense({ units: 2, useBias: false }) });
  const vectorU = tensor([[0.6, 0.8]]);
  const slope = grad((kernel: typeof vectorU) =>
    outputOf(layer, { kernel, vectorU }, tensor([[1, 2]]), {
      training: true,
    }).sum(),
  );
  expect(
    slope(
      tensor([
        [0, 0],
        [0, 0],
      ]),
    ).toArray(),
  ).toEqual([
    [1, 1],
    [2, 2],
  ]);
});

test('spectral normalization takes tables of embeddings too, and lets no mask out', () => {
  const layer = spectralNormalization({
    layer: embedding({ inputDim: 4, outputDim: 2, maskZero: true }),
  });
  expect(Object.keys(layer.build([null, 3]))).toEqual(['kernel', 'vectorU']);
  expect(layer.computeMask(tensor([[0, 1]]), null)).toBeNull();
  expect(layer(input({ shape: [3] })).shape).toEqual([null, 3, 2]);
});

test('the penalty on a kernel is for what is left of it', () => {
  const layer = spectralNormalization({
    layer: dense({ units: 1, useBias: false, kernelRegularizer: regularizers.l2({ l2: 1 }) }),
  });
  const params = { kernel: tensor([[4]]), vectorU: tensor([[1]]) };
  const penalty = (training: boolean): number | undefined =>
    asLayerResult(layer.call(params, tensor([[1]]), context({ training }))).losses[0]?.item();
  expect(penalty(false)).toBe(16);
  expect(penalty(true)).toBeCloseTo(1, 6);
  expect(layer.build([null, 1])['kernel']?.regularizer).toBeNull();
});

test('wrong options are explained', () => {
  expect(() => groupNormalization({ groups: 0, name: 'norm' })).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] groupNormalization "norm": groups is impossible.
      got       groups: 0
      expected  a whole number of at least 1
      fix       for example groups: 1]
  `);
  expect(() => groupNormalization({ groups: 4 })(input({ shape: [5, 6] })))
    .toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/groups] groupNormalization: 6 channels cannot be split into 4 equal groups.
      got       groups: 4 for an input [batch, 5, 6]
      expected  a number that divides 6
      fix       choose another number of groups, or of channels in the layer before it]
  `);
  expect(() => layerNormalization({ epsilon: -1 })).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] layerNormalization: epsilon is impossible.
      got       epsilon: -1
      expected  a number of at least 0
      fix       for example epsilon: 0.001]
  `);
  // @ts-expect-error an axis is a number
  expect(() => unitNormalization({ axis: 'last' })).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] unitNormalization: axis is impossible.
      got       axis: "last"
      expected  a whole number, or a list of different ones
      fix       for example axis: -1, the last]
  `);
  expect(() => rmsNormalization({ axis: 3 }).build([null, 4])).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [layer/axis] rmsNormalization: its input has no axis 3.
      got       [batch, 4], which has 2
      expected  an axis from -2 to 1
      fix       change axis, or the shape of the input]
  `);
  expect(() => rmsNormalization().build([null, null])).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [layer/unknown-axis] rmsNormalization must know the length of axis -1 of its input.
      got       [batch, ?]
      expected  a number on axis -1
      fix       give that length in input({ shape }) or inputShape]
  `);
  expect(() => batchNormalization({ renorm: true, renormClipping: { rmin: 2, rmax: 1 } }))
    .toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] batchNormalization: renormClipping leaves nothing.
      got       rmin 2, rmax 1
      expected  an rmax of at least rmin
      fix       for example rmin: 1, rmax: 2]
  `);
  expect(() => spectralNormalization({ layer: dense({ units: 2 }), powerIterations: 0 }))
    .toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] spectralNormalization: powerIterations is impossible.
      got       powerIterations: 0
      expected  a whole number of at least 1
      fix       for example powerIterations: 1]
  `);
  // @ts-expect-error a factory is not a layer
  expect(() => spectralNormalization({ layer: dense })).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/inner] spectralNormalization: layer is no layer.
      got       the factory of a layer
      expected  a layer
      fix       call it, with its options]
  `);
  expect(() => spectralNormalization({ layer: flatten(), name: 'sn' }).build([null, 4]))
    .toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/kernel] spectralNormalization "sn" finds nothing to divide in its layer.
      got       a Flatten layer
      expected  a layer with a kernel or with embeddings
      fix       wrap a layer such as dense(), conv2d() or embedding()]
  `);
});

test('an input of another length than the one built for is explained', () => {
  const layer = layerNormalization({ name: 'norm' });
  const params = parametersOf(layer, [[1, 4]]);
  expect(() => outputOf(layer, params, tensor([[1, 2]]))).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [layer/axis-length] layerNormalization "norm" was built for inputs of another length on axis 1.
      got       [1, 2]
      expected  4 on axis 1
      fix       give it inputs of that length, or build the model for inputs like these]
  `);
});
