import { tensor } from '@gradus/tensor';
import { expect, test } from 'vitest';
import { batchNormalization } from './batch-normalization.js';
import { checkLayer, context, outputOf, parametersOf } from './layer-check.js';
import { asLayerResult } from './layer-result.js';

const x = tensor([[1], [3]]);

test('training uses the population variance of the batch and returns the moved statistics', () => {
  const layer = batchNormalization({ epsilon: 0, momentum: 0.5 });
  const { output, state } = asLayerResult(
    layer.call(parametersOf(layer, [[2, 1]]), x, context({ training: true })),
  );
  expect('toArray' in output && output.toArray()).toEqual([[-1], [1]]);
  expect(state['movingMean']?.toArray()).toEqual([1]);
  expect(state['movingVariance']?.toArray()).toEqual([1]);
});

test('prediction, and a frozen layer in training, use the running statistics', () => {
  const layer = batchNormalization({ epsilon: 0 });
  const params = parametersOf(layer, [[2, 1]]);
  expect(outputOf(layer, params, x).toArray()).toEqual([[1], [3]]);
  const frozen = asLayerResult(
    layer.with({ trainable: false }).call(params, x, context({ training: true })),
  );
  expect(frozen.state).toEqual({});
});

test('what the mask leaves out does not count', () => {
  const layer = batchNormalization({ momentum: 0 });
  const sequence = tensor([[[1], [3], [100]]]);
  const mask = tensor([[true, true, false]]);
  const { state } = asLayerResult(
    layer.call(parametersOf(layer, [[1, 3, 1]]), sequence, context({ training: true, mask })),
  );
  expect(state['movingMean']?.item()).toBeCloseTo(2, 5);
  expect(state['movingVariance']?.item()).toBeCloseTo(1, 5);
});

test('holds what every layer must hold', () => {
  checkLayer(batchNormalization(), [6, 3]);
  checkLayer(batchNormalization({ axis: 1, scale: false }), [2, 3, 4]);
});

test('an unknown axis is explained', () => {
  expect(() => batchNormalization({ name: 'bn' }).build([null, null]))
    .toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [layer/unknown-axis] batchNormalization "bn" must know the length of axis -1 of its input.
      got       [batch, ?]
      expected  a number on axis -1
      fix       give that length in input({ shape }) or inputShape]
  `);
});
