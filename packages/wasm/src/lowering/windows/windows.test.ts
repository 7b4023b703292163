import * as T from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { describe, expect, test } from 'vitest';
import { variants } from '../../math/math.fixture.js';
import {
  alone,
  graphOf,
  runReference,
  runWithKernels,
  shared,
} from '../../program/kernel.fixture.js';
import { sumPoolGradientPattern, sumPoolPattern, windowsPattern } from './copy-windows.js';
import { maxPoolPattern } from './max-pool.js';

const patterns = [maxPoolPattern, sumPoolPattern, sumPoolGradientPattern, windowsPattern];

/** Small whole numbers, so that equal maxima occur and sums are exact. */
function numbers(shape: readonly number[], seed = 1): Tensor {
  const size = shape.reduce((product, n) => product * n, 1);
  let state = seed;
  const data = Float32Array.from({ length: size }, () => {
    state = (Math.imul(state, 1103515245) + 12345) | 0;
    return (state >>> 16) % 7;
  });
  return T.reshape(T.tensor(data), shape);
}

interface Case {
  readonly shape: readonly number[];
  readonly poolSize: number | readonly number[];
  readonly strides?: number | readonly number[];
  readonly padding?: 'valid' | 'same';
}

const cases: readonly Case[] = [
  { shape: [2, 8, 8, 8], poolSize: 2 },
  { shape: [3, 7, 9, 3], poolSize: 2 },
  { shape: [2, 7, 7, 5], poolSize: 3, strides: 2, padding: 'same' },
  { shape: [2, 8, 8, 70], poolSize: 3, strides: 1, padding: 'same' },
  { shape: [1, 9, 5, 1], poolSize: [3, 2], strides: [2, 3] },
  { shape: [2, 11, 4], poolSize: 3, strides: 1 },
  { shape: [2, 10, 6], poolSize: 2, padding: 'same' },
  { shape: [2, 5, 6, 4, 2], poolSize: 2 },
  { shape: [1, 5, 5, 5, 7], poolSize: 3, strides: 2, padding: 'same' },
  { shape: [4, 3, 3, 2], poolSize: 3 },
  { shape: [2, 6, 6, 4], poolSize: 1, strides: 3 },
];

const run = (
  fn: (...args: Tensor[]) => unknown,
  args: readonly Tensor[],
  features: (typeof variants)[number],
) => {
  const graph = graphOf(fn, ...args);
  const data = args.map((tensor) => tensor.data);
  const whole = runWithKernels(graph, patterns, data, features, alone);
  const parts = runWithKernels(graph, patterns, data, features, shared);
  const want = runReference(graph, data);
  whole.outputs.forEach((output, i) => {
    const reference = want[i] as ArrayLike<number>;
    output.forEach((value, k) => {
      const expected = reference[k] as number;
      const close = Math.abs(value - expected) <= 1e-5 * Math.max(1, Math.abs(expected));
      if (!close && !Object.is(value, expected))
        expect(value, `element ${k} of output ${i}`).toBe(expected);
    });
    expect(parts.outputs[i]).toEqual(output);
  });
  return whole;
};

describe.each(variants)('with relaxed SIMD: $relaxed', (features) => {
  test.each(cases)('max pooling of $shape in windows of $poolSize', ({ shape, ...options }) => {
    const x = numbers(shape);
    const y = T.maxPool(x, options);
    const result = run((a) => T.maxPool(a as Tensor, options), [x], features);
    expect(result.kernels).toEqual(['maxPool']);
    expect(result.rest).toEqual([]);
    const step = (a: Tensor, w: Tensor): unknown =>
      T.grad((b: Tensor) => T.sum(T.maxPool(b, options).mul(w)))(a);
    const back = run(step as never, [x, numbers(y.shape, 5)], features);
    expect(back.kernels).toEqual(['maxPool', 'maxPoolGradient']);
    expect(back.rest.filter((name) => !['mul', 'broadcast'].includes(name))).toEqual([]);
  });

  test.each(cases)('average pooling of $shape in windows of $poolSize', ({ shape, ...options }) => {
    const x = numbers(shape);
    const y = T.averagePool(x, options);
    const result = run((a) => T.averagePool(a as Tensor, options), [x], features);
    expect(result.kernels).toEqual(['sumPool']);
    const step = (a: Tensor, w: Tensor): unknown =>
      T.grad((b: Tensor) => T.sum(T.averagePool(b, options).mul(w)))(a);
    const back = run(step as never, [x, numbers(y.shape, 5)], features);
    // Windows of one element are the elements: nothing has to be repeated.
    expect(back.kernels).toEqual([options.poolSize === 1 ? 'fold' : 'sumPoolGradient']);
  });

  test('the gradient of relu before a max pooling is taken in', () => {
    const x = numbers([2, 8, 6, 5]).sub(3);
    const step = (a: Tensor, w: Tensor): unknown =>
      T.grad((b: Tensor) => T.sum(T.maxPool(T.relu(b), { poolSize: 2 }).mul(w)))(a);
    const back = run(step as never, [x, numbers([2, 4, 3, 5], 5)], features);
    expect(back.kernels).toEqual(['maxPool', 'maxPoolGradient']);
    expect(back.rest.filter((name) => name === 'select')).toHaveLength(1);
  });

  test('a NaN is the maximum, and spoils the gradient of its window as in the reference', () => {
    const x = numbers([1, 4, 4, 5]);
    (x.data as Float32Array)[7] = NaN;
    run((a) => T.maxPool(a as Tensor, { poolSize: 2 }), [x], features);
    const step = (a: Tensor, w: Tensor): unknown =>
      T.grad((b: Tensor) => T.sum(T.maxPool(b, { poolSize: 2 }).mul(w)))(a);
    run(step as never, [x, numbers([1, 2, 2, 5], 5)], features);
  });

  test('windows that something else reads stay in memory', () => {
    const x = numbers([2, 6, 6, 3]);
    // How the gradient depends on its weights: this reads which elements win once more.
    const mixed = (a: Tensor, w: Tensor): unknown =>
      T.grad((v: Tensor) => {
        const first = T.grad((b: Tensor) => T.sum(T.maxPool(b, { poolSize: 2 }).mul(v)))(a);
        return T.sum(first.mul(a));
      })(w);
    const result = run(mixed as never, [x, numbers([2, 3, 3, 3], 9)], features);
    expect(result.kernels).toContain('unfold');
  });

  test.each([
    { shape: [1, 9, 9, 5], poolSize: 7, strides: 1, padding: 'same' as const },
    { shape: [2, 7, 8, 7, 3], poolSize: 5, strides: 2, padding: 'same' as const },
  ])('windows of $poolSize with hardly two alike go through memory', (geometry) => {
    const { shape, ...options } = geometry;
    const x = numbers(shape);
    expect(run((a) => T.maxPool(a as Tensor, options), [x], features).kernels).toEqual(['unfold']);
    const y = T.averagePool(x, options);
    expect(run((a) => T.averagePool(a as Tensor, options), [x], features).kernels).toEqual([
      'unfold',
    ]);
    for (const pool of [T.maxPool, T.averagePool]) {
      const step = (a: Tensor, w: Tensor): unknown =>
        T.grad((b: Tensor) => T.sum(pool(b, options).mul(w)))(a);
      const { kernels } = run(step as never, [x, numbers(y.shape, 5)], features);
      expect(kernels).toEqual(pool === T.maxPool ? ['unfold', 'fold'] : ['sumPoolGradient']);
    }
  });
});
