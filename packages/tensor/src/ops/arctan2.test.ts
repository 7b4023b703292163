import { expect, test } from 'vitest';
import { grad } from '../autograd/grad.js';
import type { Tensor } from '../tensor.js';
import { arctan2 } from './arctan2.js';
import { tensor } from './constant.js';

test('agrees with Math.atan2 to 4e-7 all around', () => {
  for (let i = 0; i < 720; i++) {
    const [y, x] = [Math.sin(i / 100) * 3, Math.cos(i / 100) * 3];
    const angle = arctan2(tensor([y]), tensor([x])).data[0] as number;
    const off = Math.abs(angle - Math.atan2(Math.fround(y), Math.fround(x)));
    expect(Math.min(off, 2 * Math.PI - off)).toBeLessThan(4e-7);
  }
});

test('borders, and a gradient that is finite', () => {
  expect(arctan2(tensor([0, 1, -1, 0]), tensor([-1, 0, 0, 0])).toArray()).toEqual([
    Math.fround(Math.PI),
    Math.fround(Math.PI / 2),
    -Math.fround(Math.PI / 2),
    0,
  ]);
  const slope = grad((y: Tensor) => arctan2(y, tensor([2, 0, -2])).sum())(tensor([1, 0, 1]));
  expect(slope.data[0]).toBeCloseTo(0.4, 5);
  expect(slope.data[2]).toBeCloseTo(-0.4, 5);
  expect([...slope.data].every(Number.isFinite)).toBe(true);
});
