import { expect, test } from 'vitest';
import { compile } from '../graph/compile.js';
import type { Tensor } from '../tensor.js';
import { affineTransform, perspectiveTransform } from './affine-transform.js';
import type { AffineOptions } from './affine-transform.js';
import { tensor, zeros } from './constant.js';
import { key, randomNormal, randomUniform } from './random.js';

const row = tensor([1, 2, 3, 4]).reshape([1, 1, 4, 1]);
const moved = (dx: number, options: AffineOptions = {}): unknown =>
  affineTransform(row, tensor([[1, 0, dx, 0, 1, 0, 0, 0]]), options)
    .flatten()
    .toArray();

test('reads where the transform says, and mixes what is between', () => {
  expect(moved(0)).toEqual([1, 2, 3, 4]);
  expect(moved(0.5)).toEqual([1.5, 2.5, 3.5, 2]);
  expect(moved(0.5, { interpolation: 'nearest' })).toEqual([2, 3, 4, 0]);
});

test('every fill mode has its own outside', () => {
  expect(moved(3, { fillValue: 9 })).toEqual([4, 9, 9, 9]);
  expect(moved(3, { fillMode: 'nearest' })).toEqual([4, 4, 4, 4]);
  expect(moved(3, { fillMode: 'wrap' })).toEqual([4, 1, 2, 3]);
  expect(moved(-3, { fillMode: 'wrap' })).toEqual([2, 3, 4, 1]);
  expect(moved(3, { fillMode: 'reflect' })).toEqual([4, 4, 3, 2]);
  expect(moved(-3, { fillMode: 'reflect' })).toEqual([3, 2, 1, 1]);
  expect(moved(3, { fillMode: 'mirror' })).toEqual([4, 3, 2, 1]);
  expect(moved(-3, { fillMode: 'mirror' })).toEqual([4, 3, 2, 1]);
});

test('each image has its own transform: one stays, one is transposed; and it compiles', () => {
  const images = randomNormal(key(1), [2, 3, 3, 2]);
  const transforms = tensor([
    [1, 0, 0, 0, 1, 0, 0, 0],
    [0, 1, 0, 1, 0, 0, 0, 0],
  ]);
  const result = affineTransform(images, transforms);
  expect(result.slice([0, 0, 0, 0], [1, 3, 3, 2]).data).toEqual(
    images.slice([0, 0, 0, 0], [1, 3, 3, 2]).data,
  );
  expect(result.slice([1, 0, 0, 0], [1, 3, 3, 2]).data).toEqual(
    images.slice([1, 0, 0, 0], [1, 3, 3, 2]).transpose([0, 2, 1, 3]).data,
  );
  const any = randomUniform(key(2), [2, 8]);
  const program = compile((x: Tensor, t: Tensor) => affineTransform(x, t, { fillMode: 'reflect' }));
  expect(program(images, any).data).toEqual(
    affineTransform(images, any, { fillMode: 'reflect' }).data,
  );
});

test('a perspective divides by the distance', () => {
  const near = tensor([[2, 0, 0, 0, 1, 0, 1, 0]]);
  const [a, b, c, d] = perspectiveTransform(row, near).data;
  expect([a, b]).toEqual([1, 2]);
  expect(c).toBeCloseTo(1 + 4 / 3, 5);
  expect(d).toBeCloseTo(2.5, 5);
});

test('wrong shapes and modes are explained', () => {
  expect(() => affineTransform(row, zeros([2, 8]))).toThrow(/do not fit/);
  expect(() => moved(0, { fillMode: 'black' as never })).toThrow(/no such fill mode/);
});
