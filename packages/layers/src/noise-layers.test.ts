import { full, ones } from '@gradus/tensor';
import { expect, test } from 'vitest';
import { alphaDropout } from './alpha-dropout.js';
import { gaussianDropout } from './gaussian-dropout.js';
import { gaussianNoise } from './gaussian-noise.js';
import { checkLayer, outputOf } from './layer-check.js';
import { spatialDropout1d } from './spatial-dropout1d.js';
import { spatialDropout2d } from './spatial-dropout2d.js';
import { spatialDropout3d } from './spatial-dropout3d.js';

const training = { training: true };

test('whole channels are dropped together', () => {
  const y = outputOf(spatialDropout1d({ rate: 0.5 }), {}, ones([8, 5, 20]), training);
  expect(y.max({ axis: 1 }).data).toEqual(y.min({ axis: 1 }).data);
  expect([...new Set(y.data)].sort()).toEqual([0, 2]);
  const first = spatialDropout2d({ rate: 0.5, dataFormat: 'channelsFirst' });
  const z = outputOf(first, {}, ones([8, 20, 3, 4]), training);
  expect(z.max({ axis: [2, 3] }).data).toEqual(z.min({ axis: [2, 3] }).data);
});

test('noise has the mean and the width that are promised', () => {
  const x = full([100, 100], 3);
  const multiplied = outputOf(gaussianDropout({ rate: 0.5 }), {}, x, training);
  expect(multiplied.mean().item()).toBeCloseTo(3, 0);
  expect(multiplied.std().item()).toBeCloseTo(3, 0);
  const added = outputOf(gaussianNoise({ stddev: 0.1 }), {}, x, training);
  expect(added.mean().item()).toBeCloseTo(3, 2);
  expect(added.std().item()).toBeCloseTo(0.1, 2);
});

test('alpha dropout has two values for one', () => {
  const y = outputOf(alphaDropout({ rate: 0.1 }), {}, full([100, 100], 0.5), training);
  const values = [...new Set(y.data)].sort((a, b) => a - b);
  expect(values).toHaveLength(2);
  expect(values[0]).toBeCloseTo(-1.457738730518132, 5);
  expect(values[1]).toBeCloseTo(0.6226132281324259, 5);
});

test('outside of training nothing happens', () => {
  const x = ones([2, 3, 4]);
  expect(outputOf(spatialDropout1d({ rate: 0.5 }), {}, x)).toBe(x);
  expect(outputOf(gaussianDropout({ rate: 0.5 }), {}, x)).toBe(x);
  expect(outputOf(gaussianNoise({ stddev: 0.5 }), {}, x)).toBe(x);
  expect(outputOf(alphaDropout({ rate: 0.5 }), {}, x)).toBe(x);
});

test('hold what every layer must hold', () => {
  checkLayer(spatialDropout1d({ rate: 0.5, seed: 3 }), [4, 6, 3]);
  checkLayer(spatialDropout2d({ rate: 0.5 }), [4, 6, 5, 3]);
  checkLayer(spatialDropout3d({ rate: 0.5, dataFormat: 'channelsFirst' }), [4, 3, 6, 5, 2]);
  checkLayer(gaussianDropout({ rate: 0.2 }), [4, 6]);
  checkLayer(gaussianNoise({ stddev: 0.2, seed: 5 }), [4, 6]);
  checkLayer(alphaDropout({ rate: 0.2, noiseShape: [null, 1] }), [4, 6]);
});

test('impossible options and inputs are explained', () => {
  expect(() => spatialDropout2d({ rate: 20, name: 'drop' })).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] spatialDropout2d "drop": rate is a share between 0 and 1.
      got       rate: 20
      expected  a number from 0 to 1
      fix       for example rate: 0.2]
  `);
  expect(() => gaussianDropout({ rate: 1 })).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] gaussianDropout: at rate 1 nothing would be kept to scale by.
      got       rate: 1
      expected  a number from 0, below 1
      fix       for example rate: 0.5]
  `);
  expect(() => gaussianNoise({ stddev: -0.1 })).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] gaussianNoise: stddev is a share between 0 and 1.
      got       stddev: -0.1
      expected  a number from 0 to 1
      fix       for example stddev: 0.5]
  `);
  expect(() => spatialDropout3d({ rate: 0.2 }).build([null, 3, 4, 5]))
    .toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [layer/rank] spatialDropout3d takes inputs with 5 axes.
      got       [batch, 3, 4, 5], which has 4
      expected  [batch, depth, height, width, channels]
      fix       add an axis for the channels: reshape({ targetShape: [3, 4, 5, 1] })]
  `);
  expect(() => alphaDropout({ rate: 0.2, noiseShape: [2] }).build([null, 3])).toThrow(
    /noiseShape does not fit/,
  );
});
