import { key, ones, randomUniform, tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { describe, expect, test } from 'vitest';
import { checkLayer, outputOf } from '../layer-check.js';
import type { Layer } from '../layer.js';
import { autoContrast } from './auto-contrast.js';
import { randomColorDegeneration } from './random-color-degeneration.js';
import { randomColorJitter } from './random-color-jitter.js';
import { randomErasing } from './random-erasing.js';
import { randomGaussianBlur } from './random-gaussian-blur.js';
import { randomGrayscale } from './random-grayscale.js';
import { randomHue } from './random-hue.js';
import { randomInvert } from './random-invert.js';
import { randomPosterization } from './random-posterization.js';
import { randomSaturation } from './random-saturation.js';
import { randomSharpness } from './random-sharpness.js';
import { randomShear } from './random-shear.js';
import { solarization } from './solarization.js';

const training = { training: true };
const unit = { valueRange: [0, 1] } as const;
const pixel = (...colours: number[]): Tensor => tensor(colours).reshape([1, 1, 1, 3]);
const of = (layer: Layer, x: Tensor): readonly number[] =>
  Array.from(outputOf(layer, {}, x, training).data);

function expectNear(got: readonly number[], want: readonly number[]): void {
  expect(got).toHaveLength(want.length);
  want.forEach((value, i) => expect(got[i]).toBeCloseTo(value, 4));
}

describe('colours', () => {
  test('negatives, grey and the threshold of solarization', () => {
    expectNear(of(randomInvert({ factor: [1, 1], ...unit }), pixel(0, 0.25, 1)), [1, 0.75, 0]);
    expectNear(of(randomGrayscale({ factor: 1 }), pixel(1, 0, 0)), [0.2989, 0.2989, 0.2989]);
    expectNear(of(solarization(), pixel(0, 55, 255)), [255, 200, 0]);
    expectNear(
      of(randomColorDegeneration({ factor: [0.5, 0.5], ...unit }), pixel(1, 0, 0)),
      [0.64945, 0.14945, 0.14945],
    );
  });
  test('saturation 0.5 leaves a colour, 0 takes it out', () => {
    expectNear(
      of(randomSaturation({ factor: [0.5, 0.5], ...unit }), pixel(0.8, 0.4, 0.2)),
      [0.8, 0.4, 0.2],
    );
    expectNear(
      of(randomSaturation({ factor: [0, 0], ...unit }), pixel(0.8, 0.4, 0.2)),
      [0.8, 0.8, 0.8],
    );
  });
  test('a third of a turn makes red green or blue', () => {
    const turned = of(randomHue({ factor: [2 / 3, 2 / 3], ...unit }), pixel(1, 0, 0));
    expect([...turned].map((value) => Math.round(value)).sort()).toEqual([0, 0, 1]);
    expect(turned[0]).toBeCloseTo(0, 4);
  });
  test('fewer bits, the full range, and sharper edges', () => {
    expectNear(of(randomPosterization({ factor: [1, 1] }), pixel(127, 128, 255)), [0, 128, 128]);
    const flat = ones([1, 2, 2, 1]);
    const layer = autoContrast();
    expect(of(layer, tensor([10, 20, 30, 20]).reshape([1, 2, 2, 1]))).toEqual([
      0, 127.5, 255, 127.5,
    ]);
    expect(of(layer, flat)).toEqual([1, 1, 1, 1]);
    const edge = tensor([0, 0, 9, 9, 0, 0, 9, 9, 0, 0, 9, 9]).reshape([1, 3, 4, 1]);
    expect(of(randomSharpness({ factor: [0.5, 0.5] }), edge)).toEqual(Array.from(edge.data));
    expect(of(randomSharpness({ factor: [0, 0] }), edge)[5]).toBeCloseTo((3 * 9) / 13, 4);
  });
});

test('erasing fills a box, and shearing slides rows', () => {
  const x = ones([20, 8, 8, 1]);
  const erased = of(randomErasing({ factor: [1, 1], scale: [0.25, 0.25], fillValue: 0 }), x);
  expect(erased.filter((value) => value === 0).length / 20).toBeCloseTo(16, 0);
  const noisy = of(randomErasing({ factor: [1, 1], valueRange: [0, 0.5] }), x);
  expect(noisy.some((value) => value > 0 && value < 0.5)).toBe(true);
  const rows = tensor([1, 2, 3, 4, 1, 2, 3, 4]).reshape([1, 2, 4, 1]);
  const slid = of(randomShear({ xFactor: [1, 1], fillMode: 'constant' }), rows);
  expect([[2, 3, 4, 0].join(), [0, 1, 2, 3].join()]).toContain(slid.slice(4).join());
});

test('a blur spreads a point as a bell', () => {
  const point = tensor([0, 0, 0, 0, 1, 0, 0, 0, 0]).reshape([1, 3, 3, 1]);
  const layer = randomGaussianBlur({ factor: [1, 1], sigma: [1, 1], ...unit });
  const [a, b] = [Math.exp(-0.5), 1].map((weight) => weight / (1 + 2 * Math.exp(-0.5))) as [
    number,
    number,
  ];
  expectNear(of(layer, point), [a * a, a * b, a * a, a * b, b * b, a * b, a * a, a * b, a * a]);
});

test('hold what every layer must hold, and do nothing outside of training', () => {
  const x = randomUniform(key(4), [2, 5, 4, 3]);
  const layers: readonly Layer[] = [
    randomColorDegeneration({ factor: 0.4, ...unit }),
    randomColorJitter({
      ...unit,
      brightnessFactor: 0.1,
      contrastFactor: 0.2,
      saturationFactor: 0.3,
      hueFactor: 0.1,
    }),
    randomErasing({ factor: 0.5, ...unit, dataFormat: 'channelsFirst' }),
    randomGaussianBlur({ factor: 0.8, kernelSize: [3, 5], sigma: [0.2, 1], ...unit }),
    randomGrayscale(),
    randomHue({ factor: 0.3, ...unit }),
    randomInvert({ factor: 0.5, ...unit }),
    randomPosterization({ factor: 5, ...unit }),
    randomSaturation({ factor: 0.3, ...unit }),
    randomSharpness({ factor: 0.7, ...unit }),
    randomShear({ xFactor: 0.3, yFactor: 0.2 }),
    solarization({ additionFactor: 0.2, thresholdFactor: [0.1, 0.5], ...unit }),
  ];
  for (const layer of layers) {
    checkLayer(layer, [2, 5, 4, 3]);
    expect(outputOf(layer, {}, x).data).toEqual(x.data);
  }
  checkLayer(autoContrast(unit), [2, 5, 4, 3]);
});

test('impossible options and inputs are explained', () => {
  expect(() => randomHue({ factor: -0.5, name: 'rainbow' })).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] randomHue "rainbow": factor is impossible.
      got       factor: -0.5
      expected  a number from 0 to 1, or two of them
      fix       for example factor: 0.2]
  `);
  expect(() => randomPosterization({ factor: 9 })).toThrow(/factor is impossible/);
  expect(() => randomErasing({ fillValue: [0, 1] })).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] randomErasing: fillValue is impossible.
      got       fillValue: [0,1]
      expected  a number, three numbers, or null for noise
      fix       for example fillValue: 0]
  `);
  expect(() => randomGrayscale({ factor: 2 })).toThrow(/factor is a share/);
  // @ts-expect-error a factor is needed
  expect(() => randomSaturation({ valueRange: [0, 1] })).toThrow(/factor is impossible/);
  expect(() => of(randomSaturation({ factor: 0.2, name: 'colours' }), ones([1, 2, 2, 1])))
    .toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [image/colours] randomSaturation "colours" takes images in colour.
      got       [1, 2, 2, 1]
      expected  3 channels: red, green and blue
      fix       leave it out for grey images]
  `);
  expect(() => randomGaussianBlur({ kernelSize: 4 })).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] randomGaussianBlur: kernelSize is impossible.
      got       kernelSize: 4
      expected  an odd number of pixels, or [width, height]
      fix       for example kernelSize: 3]
  `);
  expect(() => randomColorJitter({ hueFactor: 3, name: 'colours' })).toThrow(
    /"colours": factor is/,
  );
  expect(() => autoContrast().build([null, 5])).toThrow(/takes inputs with 4 axes/);
});
