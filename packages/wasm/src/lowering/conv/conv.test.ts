import {
  add,
  conv1d,
  conv2d,
  conv2dTranspose,
  conv3d,
  depthwiseConv1d,
  depthwiseConv2d,
  lessEqual,
  maxPool,
  reshape,
  sum,
  tensor,
  valueAndGrad,
  where,
  zeros,
} from '@gradus/tensor';
import type { ConvOptions, ConvTransposeOptions, Tensor } from '@gradus/tensor';
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
import { groupedConvPattern, groupedWindowsPattern } from './conv-grouped.js';
import { convInputGradientPattern, convPattern, convWindowsPattern } from './conv.js';
import { matmulPattern } from '../matmul/matmul.js';

const { relaxed: supportsRelaxed } = probeFeatures({ threads: false, wide: false });
const engines: readonly (readonly [string, Features])[] = [
  ['plain', { relaxed: false, shared: false, wide: false }],
  ['relaxed', { relaxed: true, shared: false, wide: false }],
  ['wide', { relaxed: true, shared: false, wide: true }],
];

/** Numbers between -1 and 1 without pattern. */
function filled(shape: readonly number[], seed: number): Tensor {
  let state = seed * 7919 + 1;
  const size = shape.reduce((a, b) => a * b, 1);
  const data = Float32Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >> 8) / 2 ** 23;
  });
  return reshape(tensor(data), shape as number[]);
}

function check(
  features: Features,
  fn: (...args: Tensor[]) => unknown,
  args: readonly Tensor[],
): readonly string[] {
  const graph = graphOf(fn, ...args);
  const inputs = args.map(({ data }) => data);
  const wanted = runReference(graph, inputs);
  const patterns = [
    convWindowsPattern,
    groupedWindowsPattern,
    groupedConvPattern,
    convPattern,
    convInputGradientPattern,
    matmulPattern,
  ];
  const one = runWithKernels(graph, patterns, inputs, features, alone);
  const three = runWithKernels(graph, patterns, inputs, features, shared);
  one.outputs.forEach((output, i) => {
    const expected = wanted[i] as ArrayLike<number>;
    let worst = 0;
    for (let j = 0; j < output.length; j++) {
      const [a, b] = [output[j] as number, expected[j] as number];
      worst = Math.max(worst, Math.abs(a - b) / (10 + Math.abs(b)));
    }
    expect(worst).toBeLessThan(1e-5);
    expect(three.outputs[i]).toEqual(output);
  });
  return [...one.kernels, ...one.rest].toSorted();
}

const whole = ['conv', 'convInputGradient', 'convWeightGradient'];

interface Case {
  readonly image: readonly number[];
  readonly kernel: readonly number[];
  readonly options?: ConvOptions;
}

const cases: readonly Case[] = [
  { image: [2, 28, 28, 1], kernel: [3, 3, 1, 32] },
  { image: [2, 13, 13, 32], kernel: [3, 3, 32, 64] },
  { image: [3, 5, 6, 4], kernel: [3, 2, 4, 8], options: { padding: 'same' } },
  { image: [2, 9, 8, 8], kernel: [3, 3, 8, 10], options: { strides: 2, padding: 'same' } },
  { image: [1, 9, 10, 12], kernel: [2, 3, 12, 5], options: { strides: [2, 1], dilations: 1 } },
  { image: [2, 11, 9, 4], kernel: [3, 3, 4, 16], options: { dilations: 2, padding: 'same' } },
  { image: [2, 11, 9, 20], kernel: [3, 3, 20, 7], options: { dilations: [1, 2] } },
  { image: [5, 4, 4, 8], kernel: [4, 4, 8, 9] },
  { image: [6, 3, 3, 16], kernel: [2, 2, 16, 4] },
  { image: [2, 6, 5, 13], kernel: [3, 3, 13, 8] },
  { image: [2, 7, 7, 24], kernel: [1, 1, 24, 12] },
  { image: [2, 7, 7, 4], kernel: [1, 1, 4, 12], options: { strides: 2 } },
  { image: [1, 6, 6, 200], kernel: [3, 3, 200, 20] },
  { image: [1, 3, 3, 1400], kernel: [2, 2, 1400, 4] },
  { image: [2, 6, 5, 12], kernel: [5, 5, 12, 6], options: { padding: 'same' } },
  { image: [3, 4, 5, 8], kernel: [3, 3, 8, 1100], options: { padding: 'same' } },
];

describe.each(engines.filter(([, { relaxed }]) => !relaxed || supportsRelaxed))(
  '%s',
  (_, features) => {
    const train =
      (convolve: typeof conv2d, options: ConvOptions = {}) =>
      (x: Tensor, w: Tensor, g: Tensor): unknown =>
        valueAndGrad(([image, kernel]: [Tensor, Tensor]) =>
          sum(convolve(image, kernel, options).mul(g)),
        )([x, w]);

    test.each(cases)('conv2d of $image with $kernel, $options', ({ image, kernel, options }) => {
      const [x, w] = [filled(image, 1), filled(kernel, 2)];
      expect(check(features, (a, b) => conv2d(a as Tensor, b as Tensor, options), [x, w])).toEqual([
        'conv',
      ]);
      const g = filled(conv2d(x, w, options).shape, 3);
      const ran = check(features, train(conv2d, options) as never, [x, w, g]);
      const wanted = image.at(-1) === 1 ? whole.toSpliced(1, 1) : whole;
      expect(ran).toEqual(expect.arrayContaining(wanted));
      expect(ran).not.toContain('unfold');
    });

    test.each([{}, { padding: 'causal', dilations: 2 }, { padding: 'same', strides: 3 }] as const)(
      'conv1d, %j',
      (options) => {
        const [x, w] = [filled([3, 20, 8], 1), filled([5, 8, 9], 2)];
        const g = filled(conv1d(x, w, options).shape, 3);
        const ran = check(features, train(conv1d as never, options) as never, [x, w, g]);
        expect(ran).toEqual(expect.arrayContaining(whole));
      },
    );

    test.each([{}, { padding: 'same', strides: [2, 1, 1] }] as const)('conv3d, %j', (options) => {
      const [x, w] = [filled([2, 5, 6, 7, 4], 1), filled([2, 3, 3, 4, 6], 2)];
      const g = filled(conv3d(x, w, options as never).shape, 3);
      const ran = check(features, train(conv3d as never, options as never) as never, [x, w, g]);
      expect(ran).toEqual(expect.arrayContaining(whole));
    });

    const relu = (t: Tensor): [Tensor, Tensor] => {
      const c = lessEqual(t, 0);
      return [where(c, zeros([]), t), c];
    };

    test('bias and relu, and the gradient of relu behind it', () => {
      const args = [filled([2, 9, 9, 8], 1), filled([3, 3, 8, 12], 2), filled([12], 3)];
      const forward = (x: Tensor, w: Tensor, b: Tensor): [Tensor, Tensor] =>
        relu(add(conv2d(x, w, { padding: 'same' }), b));
      expect(check(features, forward as never, args)).toEqual(['conv']);
      expect(
        check(features, ((x: Tensor, w: Tensor, b: Tensor) => forward(x, w, b)[0]) as never, args),
      ).toEqual(['conv']);
      const twice = check(
        features,
        ((x: Tensor, w: Tensor, b: Tensor) =>
          valueAndGrad((image: Tensor) => sum(conv2d(relu(image)[0], w).mul(add(b, 1))))(
            x,
          )) as never,
        args,
      );
      expect(twice).toEqual(expect.arrayContaining(['conv', 'convInputGradient']));
      expect(twice.filter((name) => name === 'select').length).toBeLessThan(2);
    });

    test.each<ConvTransposeOptions>([
      {},
      { strides: 2 },
      { strides: 2, padding: 'same' },
      { strides: [3, 1], dilations: [1, 2] },
    ])('conv2dTranspose, %j', (options) => {
      const [x, w] = [filled([2, 5, 6, 8], 1), filled([3, 3, 12, 8], 2)];
      const g = filled(conv2dTranspose(x, w, options).shape, 3);
      const ran = check(features, train(conv2dTranspose as never, options as never) as never, [
        x,
        w,
        g,
      ]);
      expect(ran).toEqual(expect.arrayContaining(whole));
    });

    test('windows that something else wants are written', () => {
      const ran = check(
        features,
        ((image: Tensor, w: Tensor) => [
          conv2d(image, w),
          maxPool(image, { poolSize: 3, strides: 1 }),
        ]) as never,
        [filled([2, 6, 6, 4], 1), filled([3, 3, 4, 4], 2)],
      );
      expect(ran).toContain('unfold');
      expect(ran).toContain('matmul');
    });

    test.each([
      { image: [2, 7, 9, 6], kernel: [3, 3, 6, 1], options: { padding: 'same' } },
      { image: [3, 6, 6, 8], kernel: [2, 3, 8, 1], options: { strides: 2 } },
      { image: [1, 9, 8, 13], kernel: [3, 3, 13, 1], options: { padding: 'same', dilations: 2 } },
      { image: [2, 9, 9, 4], kernel: [5, 5, 4, 1], options: {} },
      { image: [2, 3, 3, 3], kernel: [3, 3, 3, 1], options: {} },
    ] as const)(
      'depthwiseConv2d of $image with $kernel, $options',
      ({ image, kernel, options }) => {
        const [x, w, b] = [filled(image, 1), filled(kernel, 2), filled([image[3]], 4)];
        const g = filled(depthwiseConv2d(x, w, options).shape, 3);
        const ran = check(features, train(depthwiseConv2d as never, options as never) as never, [
          x,
          w,
          g,
        ]);
        expect(ran).toEqual(
          expect.arrayContaining([
            'depthwise',
            'depthwiseInputGradient',
            'depthwiseKernelGradient',
          ]),
        );
        expect(ran).not.toContain('unfold');
        const forward = check(
          features,
          ((x: Tensor, w: Tensor, b: Tensor) =>
            relu(add(depthwiseConv2d(x, w, options), b))) as never,
          [x, w, b],
        );
        expect(forward).toContain('depthwise');
        expect(forward).not.toContain('select');
      },
    );

    test('depthwiseConv1d, and channels with several filters', () => {
      const one = [filled([2, 12, 5], 1), filled([3, 5, 1], 2), filled([2, 10, 5], 3)];
      const ran = check(features, train(depthwiseConv1d as never) as never, one);
      expect(ran).toContain('depthwise');
      const two = [filled([2, 6, 6, 5], 1), filled([3, 3, 5, 2], 2), filled([2, 4, 4, 10], 3)];
      check(features, train(depthwiseConv2d as never) as never, two);
    });

    test.each([
      { image: [2, 6, 7, 8], kernel: [3, 3, 4, 12], options: { groups: 2 } },
      { image: [2, 6, 6, 8], kernel: [3, 3, 1, 16], options: { groups: 8 } },
      { image: [1, 9, 8, 12], kernel: [3, 2, 4, 21], options: { groups: 3, padding: 'same' } },
      { image: [2, 9, 9, 32], kernel: [3, 3, 16, 64], options: { groups: 2, strides: 2 } },
      { image: [3, 5, 5, 10], kernel: [1, 1, 5, 6], options: { groups: 2 } },
    ] as const)('groups: $image with $kernel, $options', ({ image, kernel, options }) => {
      const [x, w, b] = [filled(image, 1), filled(kernel, 2), filled([kernel[3]], 4)];
      const g = filled(conv2d(x, w, options).shape, 3);
      const ran = check(features, train(conv2d, options) as never, [x, w, g]);
      expect(ran).toEqual(expect.arrayContaining(whole));
      expect(ran).not.toContain('unfold');
      expect(ran).not.toContain('transpose');
      const forward = check(
        features,
        ((x: Tensor, w: Tensor, b: Tensor) => relu(add(conv2d(x, w, options), b))) as never,
        [x, w, b],
      );
      expect(forward).toEqual(['conv']);
    });
  },
);
