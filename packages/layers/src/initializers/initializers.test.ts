import { key, matmul, tensor } from '@gradus/tensor';
import { expect, test } from 'vitest';
import {
  computeFans,
  getInitializer,
  glorotUniform,
  heNormal,
  identity,
  orthogonal,
  randomNormal,
  truncatedNormal,
} from './index.js';
import type { InitializerName } from './index.js';

const k = key(3);

test('fans count the places of the window', () => {
  expect(computeFans([])).toEqual({ fanIn: 1, fanOut: 1 });
  expect(computeFans([5])).toEqual({ fanIn: 5, fanOut: 5 });
  expect(computeFans([3, 4])).toEqual({ fanIn: 3, fanOut: 4 });
  expect(computeFans([3, 3, 16, 32])).toEqual({ fanIn: 144, fanOut: 288 });
  expect(computeFans([8, 2, 4], [0], [1, 2])).toEqual({ fanIn: 8, fanOut: 8 });
});

test('glorotUniform fills its limits, heNormal has its variance', () => {
  const uniform = glorotUniform()([100, 50], 'float32', k);
  const limit = Math.sqrt(6 / 150);
  expect(uniform.abs().max().item()).toBeLessThanOrEqual(limit);
  expect(uniform.abs().max().item()).toBeGreaterThan(0.99 * limit);
  expect(heNormal()([100, 50], 'float32', k).std().item()).toBeCloseTo(Math.sqrt(2 / 100), 2);
});

test('a truncated normal stays within two standard deviations', () => {
  expect(
    truncatedNormal({ stddev: 1 })([5000], 'float32', k).abs().max().item(),
  ).toBeLessThanOrEqual(2);
});

test('orthogonal: the shorter side is orthonormal', () => {
  for (const shape of [
    [6, 4],
    [4, 6],
    [2, 3, 5],
  ]) {
    const rows = shape.slice(0, -1).reduce((a, b) => a * b, 1);
    const columns = shape.at(-1) as number;
    const w = orthogonal({ gain: 2 })(shape, 'float32', k).reshape([rows, columns]);
    const gram = rows < columns ? matmul(w, w.transpose()) : matmul(w.transpose(), w);
    const expected = identity({ gain: 4 })(gram.shape, 'float32', k);
    expect(gram.sub(expected).abs().max().item()).toBeLessThan(1e-5);
  }
  expect(() => orthogonal()([3], 'float32', k)).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [initializer/orthogonal] The orthogonal initializer needs at least two axes.
      got       a parameter of shape [3]
      expected  shape [rows, columns], or more axes
      fix       choose another initializer, for example 'zeros' for a bias]
  `);
});

test('a seed of its own beats the key', () => {
  const own = randomNormal({ seed: 1 });
  expect(own([4], 'float32', k).data).toEqual(own([4], 'float32', key(99)).data);
  expect(randomNormal()([4], 'float32', k).data).not.toEqual(
    randomNormal()([4], 'float32', key(99)).data,
  );
});

test('every name works, and comes back from its config', () => {
  const names: InitializerName[] = [
    'zeros',
    'one',
    'constant',
    'uniform',
    'normal',
    'lecunNormal',
    'varianceScaling',
    'glorotNormal',
  ];
  for (const name of names) {
    const initializer = getInitializer(name);
    const again = getInitializer({ className: initializer.className, config: initializer.config });
    expect(again([3, 2], 'float32', k).data).toEqual(initializer([3, 2], 'float32', k).data);
  }
  expect(getInitializer('ones')([2], 'int32', k)).toEqual(tensor([1, 1], { dtype: 'int32' }));
  expect(() => getInitializer('glorotUnifrom' as InitializerName)).toThrow(
    /did you mean 'glorotUniform'\?/,
  );
});
