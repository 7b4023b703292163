import { arange, tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { describe, expect, test } from 'vitest';
import { checkLayer, outputOf, parametersOf } from '../layer-check.js';
import type { Layer } from '../layer.js';
import { fromConfig } from '../registry.js';
import { centerCrop } from './center-crop.js';
import { randomBrightness } from './random-brightness.js';
import { randomContrast } from './random-contrast.js';
import { randomCrop } from './random-crop.js';
import { randomFlip } from './random-flip.js';
import { randomPerspective } from './random-perspective.js';
import { randomRotation } from './random-rotation.js';
import { randomTranslation } from './random-translation.js';
import { randomZoom } from './random-zoom.js';
import { resizing } from './resizing.js';

const training = { training: true };
/** [1, 3, 4, 1], with the numbers 0 to 11. */
const image = arange(12, undefined, 1, { dtype: 'float32' }).reshape([1, 3, 4, 1]);
const rows = (x: Tensor): unknown => x.squeeze([0, 3]).toArray();

describe('resizing', () => {
  test('distorts, crops or pads', () => {
    expect(rows(outputOf(resizing({ height: 1, width: 2 }), {}, image))).toEqual([[4.5, 6.5]]);
    const square = { height: 3, width: 3 };
    const cropped = outputOf(resizing({ ...square, cropToAspectRatio: true }), {}, image);
    expect(rows(cropped)).toEqual([
      [0, 1, 2],
      [4, 5, 6],
      [8, 9, 10],
    ]);
    const tall = resizing({ height: 8, width: 4, padToAspectRatio: true, fillValue: 9 });
    const padded = rows(outputOf(tall, {}, image)) as number[][];
    expect(padded[0]).toEqual([9, 9, 9, 9]);
  });
  test('holds what every layer must hold', () => {
    checkLayer(resizing({ height: 5, width: 3 }), [2, 4, 6, 3]);
    checkLayer(
      resizing({
        height: 2,
        width: 3,
        interpolation: 'bicubic',
        antialias: true,
        dataFormat: 'channelsFirst',
      }),
      [2, 3, 4, 6],
    );
  });
});

test('center crop takes the middle, and enlarges what is too small', () => {
  expect(rows(outputOf(centerCrop({ height: 1, width: 2 }), {}, image))).toEqual([[5, 6]]);
  checkLayer(centerCrop({ height: 5, width: 2 }), [2, 4, 6, 3]);
  checkLayer(centerCrop({ height: 2, width: 2, dataFormat: 'channelsFirst' }), [2, 3, 4, 6]);
});

test('flips turn whole images around, or leave them', () => {
  const layer = randomFlip({ mode: 'horizontal' });
  const many = image.broadcastTo([40, 3, 4, 1]);
  const firsts = outputOf(layer, {}, many, training).slice([0, 0, 0, 0], [40, 1, 1, 1]);
  expect([...new Set(firsts.data)].sort()).toEqual([0, 3]);
  checkLayer(randomFlip({ seed: 3 }), [4, 5, 6, 3]);
});

test('translation, zoom and rotation by a known factor', () => {
  const exactly = (factor: number): readonly [number, number] => [factor, factor];
  const right = randomTranslation({
    heightFactor: 0,
    widthFactor: exactly(0.25),
    fillMode: 'constant',
    fillValue: -1,
  });
  expect((rows(outputOf(right, {}, image, training)) as number[][])[0]).toEqual([-1, 0, 1, 2]);
  const smaller = randomZoom({ heightFactor: 0, widthFactor: exactly(1), fillMode: 'nearest' });
  expect((rows(outputOf(smaller, {}, image, training)) as number[][])[0]).toEqual([0, 0.5, 2.5, 3]);
  const square = arange(9, undefined, 1, { dtype: 'float32' }).reshape([1, 3, 3, 1]);
  const turned = rows(outputOf(randomRotation({ factor: exactly(0.25) }), {}, square, training));
  (turned as number[][]).flat().forEach((value, i) => {
    expect(value).toBeCloseTo([6, 3, 0, 7, 4, 1, 8, 5, 2].reverse()[i] as number, 4);
  });
});

test('a perspective moves corners, but for the first', () => {
  const layer = randomPerspective({ scale: 0.5, factor: [1, 1] });
  const wide = arange(400, undefined, 1, { dtype: 'float32' }).reshape([1, 20, 20, 1]).add(5);
  const y = outputOf(layer, {}, wide, training);
  expect(y.data[0]).toBe(5);
  expect(y.data.some((value) => value === 0)).toBe(true);
  const still = outputOf(randomPerspective({ scale: 0, factor: [1, 1] }), {}, wide, training);
  still.data.forEach((value, i) => expect(value).toBeCloseTo(wide.data[i] as number, 2));
});

test('contrast and brightness stay in the value range', () => {
  const bright = randomBrightness({ factor: [0.5, 0.5], valueRange: [0, 10] });
  expect(outputOf(bright, {}, image, training).flatten().toArray()).toEqual([
    5, 6, 7, 8, 9, 10, 10, 10, 10, 10, 10, 10,
  ]);
  const contrast = outputOf(randomContrast({ factor: [0, 1] }), {}, image.add(100), training);
  expect(contrast.mean().item()).toBeCloseTo(105.5, 3);
  expect(contrast.std().item()).toBeGreaterThan(image.std().item());
});

test('random crops take a part in training, and leave images otherwise, as Keras does', () => {
  const layer = randomCrop({ height: 2, width: 2 });
  const part = rows(outputOf(layer, {}, image, training)) as [[number, number], [number, number]];
  expect(part[0][1] - part[0][0]).toBe(1);
  expect(part[1][0] - part[0][0]).toBe(4);
  expect(outputOf(layer, {}, image).shape).toEqual(image.shape);
  expect(outputOf(randomCrop({ height: 6, width: 4 }), {}, image, training).shape).toEqual([
    1, 6, 4, 1,
  ]);
});

describe('random layers', () => {
  const layers: readonly Layer[] = [
    randomFlip(),
    randomTranslation({ heightFactor: 0.2, widthFactor: [-0.1, 0.3], fillMode: 'wrap' }),
    randomPerspective({ scale: 0.5, factor: [1, 1] }),
    randomRotation({ factor: 0.3, interpolation: 'nearest' }),
    randomZoom({ heightFactor: 0.3, dataFormat: 'channelsFirst' }),
    randomZoom({ heightFactor: 0.3, widthFactor: [-0.2, 0.4] }),
    randomContrast({ factor: 0.4 }),
    randomBrightness({ factor: 0.4, valueRange: [0, 1] }),
  ];
  test('hold what every layer must hold, and do nothing outside of training', () => {
    for (const layer of layers) {
      checkLayer(layer, [2, 5, 6, 3]);
      const x = tensor(
        Float32Array.from({ length: 90 }, (_, i) => Math.sin(i)),
        {
          shape: [1, 5, 6, 3],
        },
      );
      expect(outputOf(layer, parametersOf(layer, [x.shape]), x).data).toEqual(x.data);
      expect(fromConfig({ className: layer.className, config: layer.getConfig() }).options).toEqual(
        layer.options,
      );
    }
  });
});

test('impossible options and inputs are explained', () => {
  expect(() => resizing({ height: 0, width: 3, name: 'small' }))
    .toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] resizing "small": height is impossible.
      got       height: 0
      expected  a whole number of at least 1
      fix       for example height: 1]
  `);
  expect(() => resizing({ height: 2, width: 3, cropToAspectRatio: true, padToAspectRatio: true }))
    .toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [resizing/aspect] resizing: images are cropped or padded, not both.
      got       cropToAspectRatio and padToAspectRatio
      expected  one of them
      fix       leave one out]
  `);
  expect(() => randomRotation({ factor: 90 })).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] randomRotation: factor is impossible.
      got       factor: 90
      expected  a number from -1 to 1, or two of them
      fix       for example factor: 0.2]
  `);
  expect(() => randomContrast({ factor: 0.2, valueRange: [0] as never }))
    .toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] randomContrast: valueRange is impossible.
      got       valueRange: [0]
      expected  the smallest and the largest number of a pixel
      fix       for example valueRange: [0, 1]]
  `);
  // @ts-expect-error a wrong word does not compile
  expect(() => randomFlip({ mode: 'both' })).toThrow(/mode is impossible/);
  // @ts-expect-error a wrong word does not compile
  expect(() => randomZoom({ heightFactor: 0.2, fillMode: 'black' })).toThrow(
    /fillMode is impossible/,
  );
  expect(() => randomTranslation({ heightFactor: [0.1] as never, widthFactor: 0 })).toThrow(
    /heightFactor is impossible/,
  );
  expect(() => randomFlip({ name: 'turn' }).build([null, 32, 32]))
    .toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [layer/rank] randomFlip "turn" takes inputs with 4 axes.
      got       [batch, 32, 32], which has 3
      expected  [batch, height, width, channels]
      fix       add an axis for the channels: reshape({ targetShape: [32, 32, 1] })]
  `);
});
