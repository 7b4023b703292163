import { add, lessEqual, matmul, reshape, tensor, transpose, where, zeros } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { describe, expect, test } from 'vitest';
import { probeFeatures } from '../../engine/features.js';
import type { Features } from '../../features.js';
import {
  alone,
  graphOf,
  runReference,
  runWithKernels,
  shared,
} from '../../program/kernel.fixture.js';
import { matmulPattern } from './matmul.js';

const engines: readonly (readonly [string, Features])[] = [
  ['plain', { relaxed: false, shared: false, wide: false }],
  ['relaxed', { relaxed: true, shared: false, wide: false }],
  ['wide', { relaxed: true, shared: false, wide: true }],
];
const { relaxed: supportsRelaxed } = probeFeatures({ threads: false, wide: false });

/** Numbers between -1 and 1 without pattern. */
function numbers(count: number, seed: number): Float32Array {
  let state = seed * 7919 + 1;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >> 8) / 2 ** 23;
  });
}

const filled = (shape: readonly number[], seed: number): Tensor =>
  reshape(
    tensor(
      numbers(
        shape.reduce((a, b) => a * b, 1),
        seed,
      ),
    ),
    shape as number[],
  );

/** Largest difference, relative to 1 + the sum of the magnitudes that were added. */
function expectClose(got: ArrayLike<number>, wanted: ArrayLike<number>, scale: number): void {
  expect(got.length).toBe(wanted.length);
  let worst = 0;
  for (let i = 0; i < got.length; i++)
    worst = Math.max(worst, Math.abs((got[i] as number) - (wanted[i] as number)));
  expect(worst).toBeLessThan(1e-6 * scale);
}

function check(
  features: Features,
  fn: (...args: Tensor[]) => unknown,
  args: readonly Tensor[],
  scale: number,
): readonly string[] {
  const graph = graphOf(fn, ...args);
  const inputs = args.map(({ data }) => data);
  const wanted = runReference(graph, inputs);
  const one = runWithKernels(graph, [matmulPattern], inputs, features, alone);
  const three = runWithKernels(graph, [matmulPattern], inputs, features, shared);
  one.outputs.forEach((output, i) => {
    expectClose(output, wanted[i] as ArrayLike<number>, scale);
    expect(three.outputs[i]).toEqual(output);
  });
  return [...one.kernels, ...one.rest];
}

const sizes: readonly (readonly [number, number, number])[] = [
  [1, 1, 1],
  [1, 1, 40],
  [1, 40, 1],
  [40, 1, 1],
  [2, 3, 4],
  [4, 4, 4],
  [5, 7, 3],
  [1, 70, 33],
  [2, 45, 19],
  [3, 29, 70],
  [7, 10, 64],
  [13, 4, 9],
  [16, 16, 16],
  [23, 31, 17],
  [64, 64, 64],
  [50, 1, 21],
  [65, 130, 70],
  [9, 32, 1500],
  [1100, 4, 3],
  [1100, 1, 4],
  [1030, 7, 5],
  [3, 4, 900],
  [4, 1, 900],
  [2, 11, 403],
  [1, 16, 1],
  [37, 600, 300],
  [256, 70, 40],
  [512, 33, 9],
];

describe.each(engines.filter(([, { relaxed }]) => !relaxed || supportsRelaxed))(
  '%s',
  (_, features) => {
    describe.each([
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ])('transposeX %s, transposeY %s', (transposeX, transposeY) => {
      test.each(sizes)('[%i, k] x [k, %i], k = %i', (m, n, k) => {
        const x = filled(transposeX ? [k, m] : [m, k], 1);
        const y = filled(transposeY ? [n, k] : [k, n], 2);
        const ran = check(
          features,
          (a, b) => matmul(a as Tensor, b as Tensor, { transposeX, transposeY }),
          [x, y],
          k + 1,
        );
        expect(ran).toEqual(['matmul']);
      });

      test.each([
        [[2], [2]],
        [[3], []],
        [[], [3]],
        [
          [2, 1, 3],
          [1, 4, 1],
        ],
        [
          [2, 3],
          [2, 3],
        ],
      ])('batch %j with %j', (batchX, batchY) => {
        const x = filled([...batchX, ...(transposeX ? [11, 7] : [7, 11])], 1);
        const y = filled([...batchY, ...(transposeY ? [10, 11] : [11, 10])], 2);
        check(
          features,
          (a, b) => matmul(a as Tensor, b as Tensor, { transposeX, transposeY }),
          [x, y],
          12,
        );
      });
    });

    test('a transpose before it is read through', () => {
      const heads = check(
        features,
        (q, k) =>
          matmul(transpose(q as Tensor, [0, 2, 1, 3]), transpose(k as Tensor, [0, 2, 1, 3]), {
            transposeY: true,
          }),
        [filled([2, 17, 3, 10], 1), filled([2, 9, 3, 10], 2)],
        11,
      );
      expect(heads).toEqual(['matmul']);
      const flags = check(
        features,
        (x, y) => matmul(transpose(x as Tensor, [1, 0]), transpose(y as Tensor, [1, 0])),
        [filled([31, 20], 3), filled([14, 31], 4)],
        32,
      );
      expect(flags).toEqual(['matmul']);
    });

    const relu = (t: Tensor): [Tensor, Tensor] => {
      const c = lessEqual(t, 0);
      return [where(c, zeros([]), t), c];
    };

    test.each([
      [7, 10, 5],
      [40, 64, 30],
      [1, 70, 20],
      [30, 1, 8],
      [3, 520, 12],
    ])('bias and relu are part of it: [%i, %i], k = %i', (m, n, k) => {
      const args = [filled([m, k], 1), filled([k, n], 2), filled([n], 3)];
      const biased = check(
        features,
        (x, y, b) => add(matmul(x as Tensor, y as Tensor), b as Tensor),
        args,
        k + 2,
      );
      expect(biased).toEqual(['matmul']);
      const alone = check(
        features,
        (x, y, b) => relu(add(matmul(x as Tensor, y as Tensor), b as Tensor))[0],
        args,
        k + 2,
      );
      expect(alone).toEqual(['matmul']);
      const masked = check(
        features,
        (x, y, b) => relu(add(matmul(x as Tensor, y as Tensor), b as Tensor)),
        args,
        k + 2,
      );
      expect(masked).toEqual(['matmul']);
    });

    test('bias behind a reshape, and the gradient of relu', () => {
      const ran = check(
        features,
        (x, y, b) => relu(add(reshape(matmul(x as Tensor, y as Tensor), [3, 4, 10]), b as Tensor)),
        [filled([12, 9], 1), filled([9, 10], 2), filled([10], 3)],
        11,
      );
      expect(ran).toEqual(['matmul']);
      const gated = check(
        features,
        (x, y, c) =>
          where(lessEqual(c as Tensor, 0.2), zeros([]), matmul(x as Tensor, y as Tensor)),
        [filled([12, 9], 1), filled([9, 10], 2), filled([12, 10], 3)],
        10,
      );
      expect(gated.toSorted()).toEqual(['lessEqual', 'matmul']);
    });

    test('what is used elsewhere is written too', () => {
      check(
        features,
        (x, y, b) => {
          const product = matmul(x as Tensor, y as Tensor);
          const biased = add(product, b as Tensor);
          return [product, ...relu(biased), add(biased, 1)];
        },
        [filled([12, 9], 1), filled([9, 10], 2), filled([10], 3)],
        11,
      );
    });

    test('NaN passes through relu', () => {
      const x = reshape(tensor(Float32Array.of(NaN, 1, 2, -3)), [4, 1]);
      const graph = graphOf(
        (a, b) => relu(matmul(a as Tensor, b as Tensor))[0],
        x,
        filled([1, 5], 2),
      );
      const { outputs } = runWithKernels(
        graph,
        [matmulPattern],
        [x.data, filled([1, 5], 2).data],
        features,
      );
      expect(outputs[0]).toEqual(runReference(graph, [x.data, filled([1, 5], 2).data])[0]);
    });
  },
);
