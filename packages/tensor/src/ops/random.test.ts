import { describe, expect, test } from 'vitest';
import type { Tensor } from '../tensor.js';
import { erf } from '../primitives/erf.js';
import { scalar } from './constant.js';
import {
  bernoulli,
  foldIn,
  key,
  permutation,
  randomBits,
  randomInt,
  randomNormal,
  randomUniform,
  truncatedNormal,
} from './random.js';

const root = key(7);
const moments = (x: Tensor): [number, number] => {
  const mean = x.mean().item();
  return [mean, x.sub(mean).square().mean().item()];
};

describe('keys', () => {
  test('the bits are those of the generator', () => {
    expect([...randomBits(key(0), [4]).data].map((word) => (word >>> 0).toString(16))).toEqual([
      '6627e8d5',
      'e169c58d',
      'bc57ac4c',
      '9b00dbd8',
    ]);
  });
  test('the same key gives the same numbers, another key others', () => {
    const draw = (k: Tensor): number[] => [...randomUniform(k, [8]).data];
    expect(draw(key(7))).toEqual(draw(root));
    const keys = [
      root,
      key(8),
      key('seven'),
      key('sevem'),
      foldIn(root, 0),
      foldIn(root, 1),
      foldIn(root, 'a'),
      foldIn(root, 'b'),
      key(7 + 2 ** 32),
    ];
    expect(new Set(keys.map((k) => draw(k).join())).size).toBe(keys.length);
  });
  test('a step may be a number or a tensor', () => {
    expect(foldIn(root, 3).toArray()).toEqual(foldIn(root, scalar(3, 'int32')).toArray());
    expect(() => key(0.5)).toThrow(/whole number/);
  });
});

describe('distributions', () => {
  const many = [100_000];
  test('uniform', () => {
    const x = randomUniform(root, many, { low: -1, high: 3 });
    const [mean, variance] = moments(x);
    expect(mean).toBeCloseTo(1, 1);
    expect(variance).toBeCloseTo(16 / 12, 1);
    expect(x.min().item()).toBeGreaterThanOrEqual(-1);
    expect(x.max().item()).toBeLessThan(3);
  });
  test('normal', () => {
    const x = randomNormal(root, [100, 1000], { mean: 2, std: 3 });
    const [mean, variance] = moments(x);
    expect(x.shape).toEqual([100, 1000]);
    expect(mean).toBeCloseTo(2, 1);
    expect(variance / 9).toBeCloseTo(1, 1);
    expect(randomNormal(root, []).shape).toEqual([]);
  });
  test('truncated normal is the inverse of the distribution function', () => {
    const x = truncatedNormal(root, many);
    const u = randomUniform(root, many);
    let worst = 0;
    for (let i = 0; i < x.size; i++) {
      const v = erf((x.data[i] as number) / Math.SQRT2);
      worst = Math.max(worst, Math.abs(v - ((u.data[i] as number) * 2 - 1) * 0.9544997361036416));
    }
    expect(worst).toBeLessThan(2e-6);
    expect(x.abs().max().item()).toBeLessThanOrEqual(2);
    expect(moments(x)[1]).toBeCloseTo(0.7737, 2);
  });
  test('whole numbers, truth values and permutations', () => {
    const n = randomInt(root, many, { low: -2, high: 3 });
    expect(n.dtype).toBe('int32');
    expect([n.min().item(), n.max().item()]).toEqual([-2, 2]);
    expect(() => randomInt(root, [1], { high: 0 })).toThrow(/no whole number/);
    const coin = bernoulli(root, 0.3, many);
    expect(coin.dtype).toBe('bool');
    expect(coin.mean().item()).toBeCloseTo(0.3, 1);
    expect([...permutation(root, 50).data].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 50 }, (_, i) => i),
    );
  });
});
