import { tensor } from '@gradus/tensor';
import { expect, test } from 'vitest';
import { checkLayer, outputOf } from './layer-check.js';
import { upSampling1d } from './up-sampling1d.js';
import { upSampling2d } from './up-sampling2d.js';
import { upSampling3d } from './up-sampling3d.js';

test('repeats, or mixes what is between', () => {
  const x = tensor([1, 3]).reshape([1, 1, 2, 1]);
  const wide = (options: object): unknown =>
    outputOf(upSampling2d({ size: [1, 2], ...options }), {}, x)
      .flatten()
      .toArray();
  expect(wide({})).toEqual([1, 1, 3, 3]);
  expect(wide({ interpolation: 'bilinear' })).toEqual([1, 1.5, 2.5, 3]);
});

test('hold what every layer must hold', () => {
  checkLayer(upSampling1d({ size: 3 }), [2, 3, 2]);
  for (const interpolation of ['nearest', 'bilinear', 'bicubic', 'lanczos3', 'lanczos5'] as const)
    checkLayer(upSampling2d({ interpolation }), [1, 3, 4, 2]);
  checkLayer(
    upSampling2d({ interpolation: 'bilinear', dataFormat: 'channelsFirst' }),
    [1, 2, 3, 4],
  );
  checkLayer(upSampling3d({ size: [2, 1, 2], dataFormat: 'channelsFirst' }), [1, 2, 2, 3, 2]);
});

test('impossible options and inputs are explained', () => {
  // @ts-expect-error a wrong word does not compile
  expect(() => upSampling2d({ interpolation: 'cubic', name: 'large' }))
    .toThrowErrorMatchingInlineSnapshot(`
      [ValueError: [layer/option] upSampling2d "large": interpolation is impossible.
        got       interpolation: "cubic"
        expected  'nearest' or 'bilinear' or 'bicubic' or 'lanczos3' or 'lanczos5'
        fix       did you mean 'bicubic'?]
    `);
  expect(() => upSampling1d({ size: 0 })).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] upSampling1d: size is impossible.
      got       size: 0
      expected  a whole number of at least 1
      fix       for example size: 1]
  `);
  expect(() => upSampling3d({ size: [2, 2] })).toThrow(/one number for each axis of space/);
  expect(() => upSampling1d().build([null, 3])).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [layer/rank] upSampling1d takes inputs with 3 axes.
      got       [batch, 3], which has 2
      expected  [batch, steps, channels]
      fix       add an axis for the channels: reshape({ targetShape: [3, 1] })]
  `);
});
