import { expect, test } from 'vitest';
import { tensor, zeros } from './constant.js';
import { resizeImages } from './resize.js';

const row = tensor([0, 1, 2, 3]).reshape([1, 1, 4, 1]);
const resized = (width: number, options: object = {}): unknown =>
  resizeImages(row, [1, width], options).flatten().toArray();

test('pixels are areas, and what is between them is mixed', () => {
  expect(resized(2)).toEqual([0.5, 2.5]);
  expect(resized(8)).toEqual([0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3]);
  expect(resized(8, { interpolation: 'nearest' })).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
  expect(resized(2, { interpolation: 'nearest' })).toEqual([1, 3]);
});

test('antialias looks at every pixel', () => {
  expect(resized(1)).toEqual([1.5]);
  const [left, right] = resized(2, { antialias: true }) as [number, number];
  expect(left).toBeCloseTo(5 / 7, 6);
  expect(right).toBeCloseTo(16 / 7, 6);
});

test('a constant stays a constant in every interpolation', () => {
  for (const interpolation of ['bilinear', 'bicubic', 'lanczos3', 'lanczos5'] as const)
    resizeImages(zeros([2, 5, 3, 2]).add(7), [4, 9], { interpolation }).data.forEach((value) =>
      expect(value).toBeCloseTo(7, 4),
    );
});

test('impossible sizes are explained', () => {
  expect(() => resizeImages(row, [0, 2])).toThrow(/size is impossible/);
  expect(() => resizeImages(zeros([3, 3]), [2, 2])).toThrow(/at least 3 axes/);
  // @ts-expect-error a wrong word does not compile
  expect(() => resizeImages(row, [1, 2], { interpolation: 'cubic' })).toThrow(/no such/);
});
