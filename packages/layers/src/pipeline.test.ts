import { tensor } from '@gradus/tensor';
import { expect, test } from 'vitest';
import { batchNormalization } from './batch-normalization.js';
import { dense } from './dense.js';
import { dropout } from './dropout.js';
import { centerCrop } from './image/center-crop.js';
import { randomFlip } from './image/random-flip.js';
import { checkLayer, outputOf } from './layer-check.js';
import { asLayerResult } from './layer-result.js';
import { pipeline } from './pipeline.js';
import { rescaling } from './rescaling.js';

test('runs its layers one after the other', () => {
  const layer = pipeline({ layers: [rescaling({ scale: 2 }), rescaling({ scale: 1, offset: 1 })] });
  expect(outputOf(layer, {}, tensor([[1, 2]])).toArray()).toEqual([[3, 5]]);
});

test('owns the parameters and the state of its layers', () => {
  const layer = pipeline({ layers: [dense({ units: 3 }), batchNormalization()] });
  const specs = layer.build([null, 2]);
  expect(Object.keys(specs).slice(0, 3)).toEqual([
    'layers/0/kernel',
    'layers/0/bias',
    'layers/1/gamma',
  ]);
  const params = Object.fromEntries(
    Object.entries(specs).map(([name, { shape }]) => [
      name,
      tensor(new Float32Array(shape[0]! * (shape[1] ?? 1)), { shape }),
    ]),
  );
  const { state } = asLayerResult(
    layer.call(params, tensor([[1, 2]]), { training: true, key: () => tensor([0, 0]) }),
  );
  expect(Object.keys(state)).toEqual(['layers/1/movingMean', 'layers/1/movingVariance']);
});

test('holds what every layer must hold', () => {
  checkLayer(
    pipeline({ layers: [randomFlip(), centerCrop({ height: 2, width: 3 })] }),
    [2, 4, 5, 3],
  );
  checkLayer(pipeline({ layers: [dropout({ rate: 0.3 }), dense({ units: 2 })] }), [3, 4]);
});

test('wrong uses are explained', () => {
  expect(() => pipeline({ layers: ['flip'] as never, name: 'prepare' }))
    .toThrowErrorMatchingInlineSnapshot(`
      [ValueError: [pipeline/layers] pipeline "prepare" takes layers.
        got       layers: a list with something else
        expected  a list of layers
        fix       pipeline({ layers: [rescaling({ scale: 1 / 255 }), randomFlip()] })]
    `);
  expect(() => pipeline({ layers: [randomFlip()] }).build([null, 3])).toThrow(
    /randomFlip takes inputs with 4 axes/,
  );
});
