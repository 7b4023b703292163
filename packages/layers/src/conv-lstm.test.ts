import { key, randomNormal, tensor, transpose } from '@gradus/tensor';
import { describe, expect, test } from 'vitest';
import { convLSTM1d } from './conv-lstm1d.js';
import { convLSTM2d } from './conv-lstm2d.js';
import { convLSTM3d } from './conv-lstm3d.js';
import { checkLayer, outputOf, outputsOf, parametersOf } from './layer-check.js';
import { lstm } from './lstm.js';
import { input } from './symbolic.js';

test('holds what every layer must hold', () => {
  checkLayer(convLSTM1d({ filters: 2, kernelSize: 3, returnSequences: true }), [2, 3, 6, 2]);
  checkLayer(
    convLSTM2d({ filters: 2, kernelSize: [2, 3], strides: 2, returnState: true, padding: 'same' }),
    [2, 3, 5, 4, 2],
  );
  checkLayer(
    convLSTM2d({ filters: 1, kernelSize: 2, dilationRate: 2, stateful: true }),
    [2, 3, 5, 4, 1],
  );
  checkLayer(
    convLSTM2d({
      filters: 2,
      kernelSize: 2,
      dropout: 0.4,
      recurrentDropout: 0.4,
      goBackwards: true,
    }),
    [2, 2, 4, 4, 1],
  );
  checkLayer(convLSTM3d({ filters: 2, kernelSize: 2, useBias: false }), [2, 2, 3, 3, 3, 1]);
});

test('over images of one point it is an LSTM', () => {
  const layer = convLSTM2d({ filters: 3, kernelSize: 1, returnSequences: true });
  const x = randomNormal(key(3), [2, 4, 1, 1, 2]);
  const params = parametersOf(layer, [[2, 4, 1, 1, 2]]);
  const flat = Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      value.rank > 1 ? value.reshape([...value.shape.slice(2)]) : value,
    ]),
  );
  const plain = outputOf(lstm({ units: 3, returnSequences: true }), flat, x.reshape([2, 4, 2]));
  outputOf(layer, params, x).data.forEach((value, i) =>
    expect(value).toBeCloseTo(plain.data[i] as number, 5),
  );
});

describe('with channels first', () => {
  const options = { filters: 2, kernelSize: 2, returnState: true, returnSequences: true } as const;
  const first = convLSTM2d({ ...options, dataFormat: 'channelsFirst' });
  const last = convLSTM2d(options);
  const x = randomNormal(key(3), [2, 3, 4, 5, 2]);
  const params = parametersOf(last, [[2, 3, 4, 5, 2]]);
  const turned = transpose(x, [0, 1, 4, 2, 3]);

  test('gives the same, turned', () => {
    expect(first.outputShape([null, 3, 2, 4, 5])[0]).toEqual([null, 3, 2, 3, 4]);
    for (const training of [false, true]) {
      const [y, h, c] = outputsOf(first, params, turned, { training });
      const expected = outputsOf(last, params, x, { training });
      const same = (a: typeof y, b: typeof y): void =>
        a?.data.forEach((value, i) => expect(value).toBeCloseTo(b?.data[i] as number, 5));
      same(y && transpose(y, [0, 1, 3, 4, 2]), expected[0]);
      same(h && transpose(h, [0, 2, 3, 1]), expected[1]);
      same(c && transpose(c, [0, 2, 3, 1]), expected[2]);
    }
    checkLayer(first, [2, 3, 2, 4, 5]);
    checkLayer(
      convLSTM2d({ ...options, dataFormat: 'channelsFirst', dropout: 0.3, recurrentDropout: 0.3 }),
      [2, 3, 2, 4, 5],
    );
  });
});

test('passes masked steps by', () => {
  const layer = convLSTM1d({ filters: 2, kernelSize: 2 });
  const x = randomNormal(key(3), [1, 3, 4, 2]);
  const params = parametersOf(layer, [[1, 3, 4, 2]]);
  const mask = tensor([[1, 1, 0]]).cast('bool');
  const short = outputOf(layer, params, x.slice([0, 0, 0, 0], [1, 2, 4, 2]));
  outputOf(layer, params, x, { mask }).data.forEach((value, i) =>
    expect(value).toBeCloseTo(short.data[i] as number, 6),
  );
});

test('what cannot work is refused at once', () => {
  expect(() => convLSTM2d({ filters: -1, kernelSize: 3, name: 'radar' }))
    .toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] convLSTM2d "radar": filters is impossible.
      got       filters: -1
      expected  a whole number of at least 1
      fix       for example filters: 1]
  `);
  expect(() => convLSTM2d({ filters: 1, kernelSize: [3, 3, 3] }))
    .toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] convLSTM2d: kernelSize does not have one number for each axis of space.
      got       kernelSize: [3,3,3]
      expected  one whole number, or 2
      fix       leave batch and channels out: kernelSize: [2,2]]
  `);
  const causal = { filters: 1, kernelSize: 3, padding: 'causal' } as const;
  // @ts-expect-error there is no such padding
  expect(() => convLSTM1d(causal)).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] convLSTM1d: padding is impossible.
      got       padding: "causal"
      expected  'valid' or 'same'
      fix       for example padding: 'valid']
  `);
  expect(() => convLSTM1d({ filters: 1, kernelSize: 3, strides: 2, dilationRate: 2 }))
    .toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [convolution/dilation] convLSTM1d: strides and dilationRate cannot both be above 1.
      got       strides: [2], dilationRate: [2]
      expected  one of them 1
      fix       put a pooling layer behind it instead of strides]
  `);
  const layer = convLSTM2d({ filters: 1, kernelSize: 3, name: 'radar' });
  expect(() => layer(input({ shape: [8, 8, 1] }))).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [layer/rank] convLSTM2d "radar" takes sequences.
      got       [batch, 8, 8, 1], which has 4 axes
      expected  [batch, steps, height, width, channels]
      fix       give it sequences, or make each number a step: reshape({ targetShape: [8, 8, 1, 1] })]
  `);
  expect(() => layer(input({ shape: [5, null, 8, 1] }))).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [recurrent/space] convLSTM2d "radar" must know the size of its images.
      got       [batch, ?, 8, 1]
      expected  numbers for all axes but batch and steps
      fix       give the size in input({ shape })]
  `);
  expect(() => layer(input({ shape: [5, 2, 8, 1] }))).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [layer/window] convLSTM2d "radar": its window is larger than the input.
      got       [2, 8] for a window that reaches over [3, 3]
      expected  an input at least as large as the window
      fix       use padding: 'same', a smaller window, or fewer pooling layers before it]
  `);
});
