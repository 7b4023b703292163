import { tensor } from '@gradus/tensor';
import { describe, expect, test } from 'vitest';
import { categoryEncoding } from './category-encoding.js';
import { discretization } from './discretization.js';
import { integerLookup } from './integer-lookup.js';
import { checkLayer, outputOf } from './layer-check.js';
import { normalization } from './normalization.js';
import { rescaling } from './rescaling.js';

const int = (list: number[]) => tensor(Int32Array.from(list));

describe('normalization', () => {
  test('adapts to data, and its config holds what it learned', () => {
    const layer = normalization().adapt([
      [0, 10],
      [4, 10],
    ]);
    expect(layer.options['mean']).toEqual([2, 10]);
    expect(layer.options['variance']).toEqual([4, 0]);
    expect(outputOf(layer, {}, tensor([[6, 10]])).toArray()).toEqual([[2, 0]]);
    const back = normalization({ mean: [2], variance: [4], invert: true });
    expect(outputOf(back, {}, tensor([[2]])).toArray()).toEqual([[6]]);
    expect(Object.keys(layer.build([null, 2]))).toEqual([]);
    checkLayer(layer, [3, 2]);
  });
  test('keeps a mean for each position of the axes that are named', () => {
    const x = tensor([
      [
        [0, 2],
        [4, 4],
      ],
      [
        [2, 4],
        [4, 0],
      ],
    ]);
    expect(normalization({ axis: 1 }).adapt(x).options['mean']).toEqual([2, 3]);
    expect(normalization({ axis: null }).adapt(x).options['mean']).toBe(2.5);
    expect(normalization({ axis: [1, -1] }).adapt(x).options['mean']).toEqual([
      [1, 3],
      [4, 2],
    ]);
    checkLayer(normalization({ axis: null, mean: 1, variance: 4 }), [2, 3, 2]);
    checkLayer(normalization({ axis: [1, 2], mean: [1, 2], variance: [4, 1] }), [2, 3, 2]);
  });
  test('without numbers they are parameters, for files to fill', () => {
    const specs = normalization().build([null, 3]);
    expect(Object.keys(specs)).toEqual(['mean', 'variance', 'count']);
    expect(Object.values(specs).every(({ trainable }) => trainable === false)).toBe(true);
    checkLayer(normalization(), [2, 3]);
  });
  test('impossible options and inputs are explained', () => {
    expect(() => normalization({ mean: 1, name: 'scale' })).toThrowErrorMatchingInlineSnapshot(`
      [ValueError: [normalization/moments] normalization "scale": mean and variance belong together.
        got       mean without variance
        expected  both, or neither
        fix       call adapt(data), which finds both]
    `);
    expect(() => normalization({ mean: [1, 2], variance: [1] })).toThrow(/do not fit/);
    expect(() => normalization({ axis: 3 }).build([null, 3])).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: [normalization/axis] normalization: the input does not have the axis.
        got       axis 3 of an input with 2 axes
        expected  an axis from -2 to 1
        fix       give axis: -1 for the last axis, or axis: null for one mean of everything]
    `);
    expect(() => normalization().build([null, null])).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: [layer/unknown-axis] normalization must know the lengths of the axes that keep their own mean.
        got       [batch, ?] with axis [-1]
        expected  a number on axis 1
        fix       give that length in input({ shape }), or axis: null for one mean of everything]
    `);
    expect(() => normalization({ mean: [1, 2], variance: [1, 1] }).build([null, 3]))
      .toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: [normalization/moments] normalization: mean does not fit the input.
        got       mean [2] for an input [batch, 3]
        expected  [3], the lengths of axis [-1]
        fix       adapt it to data of this shape]
    `);
    expect(() => normalization({ mean: 1, variance: 1 }).adapt([[1]])).toThrow(
      /has its mean and variance already/,
    );
  });
});

test('rescaling multiplies and adds, by channel if it is told so', () => {
  expect(
    outputOf(rescaling({ scale: 1 / 127.5, offset: -1 }), {}, int([0, 255])).toArray(),
  ).toEqual([-1, 1]);
  checkLayer(rescaling({ scale: [1, 2, 3], offset: tensor([0, 1, 0]) }), [2, 3]);
  // @ts-expect-error a scale is needed
  expect(() => rescaling({ offset: 1 })).toThrow('scale is impossible');
});

describe('discretization', () => {
  test('a boundary belongs to the bin above it', () => {
    const layer = discretization({ binBoundaries: [0, 10] });
    expect(outputOf(layer, {}, tensor([-5, 0, 9.5, 10, NaN])).toArray()).toEqual([0, 1, 1, 2, 2]);
    expect(layer.outputDType('float32')).toBe('int32');
  });
  test('adapts so that bins hold about equally many', () => {
    const data = Float32Array.from({ length: 1000 }, (_, i) => (i * 7919) % 1000);
    const layer = discretization({ numBins: 4 }).adapt(tensor(data));
    const [a, b, c] = layer.options['binBoundaries'] as [number, number, number];
    expect(Math.abs(a - 250)).toBeLessThan(11);
    expect(Math.abs(b - 500)).toBeLessThan(11);
    expect(Math.abs(c - 750)).toBeLessThan(11);
  });
  test('holds what every layer must hold', () => {
    for (const outputMode of ['int', 'oneHot', 'multiHot', 'count'] as const)
      checkLayer(discretization({ binBoundaries: [0.2, 1], outputMode }), [4, 3]);
  });
  test('impossible options are explained', () => {
    expect(() => discretization({ name: 'age' })).toThrowErrorMatchingInlineSnapshot(`
      [ValueError: [discretization/bins] discretization "age" needs its bins.
        got       neither binBoundaries nor numBins
        expected  one of the two
        fix       give binBoundaries: [0, 10], or numBins: 3 and call adapt(data)]
    `);
    expect(() => discretization({ binBoundaries: [1, 0] })).toThrowErrorMatchingInlineSnapshot(`
      [ValueError: [discretization/boundaries] discretization: binBoundaries must ascend.
        got       binBoundaries: [1,0]
        expected  numbers, none smaller than the one before
        fix       sort them (see position 1)]
    `);
    expect(() => outputOf(discretization({ numBins: 3, name: 'age' }), {}, tensor([1])))
      .toThrowErrorMatchingInlineSnapshot(`
      [ValueError: [layer/not-adapted] discretization "age" does not know its bins yet.
        got       no binBoundaries
        expected  a layer that has seen data
        fix       keep what adapt returns: const bins = discretization({ numBins: 4 }).adapt(data)]
    `);
  });
});

describe('category encoding', () => {
  const run = (options: object, x: number[], extra: object = {}): unknown =>
    outputOf(
      categoryEncoding({ numTokens: 3, ...options }),
      {},
      int(x).reshape([1, x.length]),
      extra,
    ).toArray();
  test('says which there are, or how often', () => {
    expect(run({}, [0, 2, 2])).toEqual([[1, 0, 1]]);
    expect(run({ outputMode: 'count' }, [0, 2, 2])).toEqual([[1, 0, 2]]);
    expect(run({ outputMode: 'oneHot' }, [2])).toEqual([[0, 0, 1]]);
    const countWeights = tensor([[0.5, 2, 3]]);
    expect(run({ outputMode: 'count' }, [0, 2, 2], { callOptions: { countWeights } })).toEqual([
      [0.5, 0, 5],
    ]);
  });
  test('holds what every layer must hold', () => {
    for (const outputMode of ['oneHot', 'multiHot', 'count'] as const)
      for (const shape of [
        [4, 3],
        [4, 1],
      ])
        checkLayer(categoryEncoding({ numTokens: 3, outputMode }), shape);
  });
  test('impossible options are explained', () => {
    const wrong = 'int' as never;
    expect(() => categoryEncoding({ numTokens: 3, outputMode: wrong, name: 'codes' }))
      .toThrowErrorMatchingInlineSnapshot(`
        [ValueError: [layer/option] categoryEncoding "codes": outputMode is impossible.
          got       outputMode: "int"
          expected  'multiHot' or 'count' or 'oneHot'
          fix       for example outputMode: 'multiHot']
      `);
    expect(() => categoryEncoding({ numTokens: 0 })).toThrow(/numTokens is impossible/);
    expect(() => run({}, [0], { callOptions: { countWeights: tensor([[1]]) } }))
      .toThrowErrorMatchingInlineSnapshot(`
      [ValueError: [category-encoding/weights] categoryEncoding: only counts have weights.
        got       countWeights with outputMode: 'multiHot'
        expected  outputMode: 'count'
        fix       leave the weights out, or count]
    `);
  });
});

describe('integer lookup', () => {
  const run = (options: object, x: number[]): unknown =>
    outputOf(integerLookup({ vocabulary: [30, 10, 20], ...options }), {}, int(x)).toArray();
  test('numbers tokens in the order of the vocabulary, unknown ones first', () => {
    expect(run({}, [30, 20, 99, -5])).toEqual([1, 3, 0, 0]);
    expect(run({ maskToken: 7 }, [7, 30, 99])).toEqual([0, 2, 1]);
    expect(run({ numOovIndices: 2 }, [30, 4, 5, -1])).toEqual([2, 0, 1, 1]);
    expect(run({ numOovIndices: 0 }, [30, 4])).toEqual([0, -1]);
    expect(run({ outputMode: 'multiHot' }, [30, 30, 4])).toEqual([1, 1, 0, 0]);
    expect(run({ invert: true }, [0, 1, 3, 9])).toEqual([-1, 30, 20, -1]);
  });
  test('adapts: the most frequent first, at equal frequency the larger first', () => {
    const layer = integerLookup().adapt([5, 3, 5, 9, 3, 5, 4, 4]);
    expect(layer.options['vocabulary']).toEqual([5, 4, 3, 9]);
    const weighted = integerLookup({ outputMode: 'tfIdf' }).adapt([
      [5, 3],
      [5, 9],
    ]);
    expect(outputOf(weighted, {}, int([5, 5]).reshape([1, 2])).shape).toEqual([1, 4]);
  });
  test('holds what every layer must hold', () => {
    for (const outputMode of ['int', 'oneHot', 'multiHot', 'count'] as const)
      checkLayer(integerLookup({ vocabulary: [1, 0], maskToken: 2, outputMode }), [4, 3]);
    checkLayer(
      integerLookup({
        vocabulary: [1, 0],
        maxTokens: 9,
        padToMaxTokens: true,
        outputMode: 'count',
      }),
      [4, 3],
    );
  });
  test('impossible options are explained', () => {
    expect(() => integerLookup({ vocabulary: [1, 1], name: 'ids' }))
      .toThrowErrorMatchingInlineSnapshot(`
      [ValueError: [vocabulary/option] integerLookup "ids": a token is in the vocabulary twice.
        got       1
        expected  every token once
        fix       use [...new Set(tokens)]]
    `);
    expect(() => integerLookup({ vocabulary: [1.5] })).toThrow(/a token is no int32/);
    expect(() => integerLookup({ vocabulary: [1, 2], maxTokens: 2 })).toThrow(
      /larger than maxTokens/,
    );
    expect(() => integerLookup({ invert: true, outputMode: 'count' })).toThrow(/backwards/);
    expect(() => outputOf(integerLookup(), {}, int([1]))).toThrowErrorMatchingInlineSnapshot(`
      [ValueError: [layer/not-adapted] integerLookup has no vocabulary yet.
        got       vocabulary: null
        expected  a layer that has seen data, or was given a vocabulary
        fix       keep what adapt returns: const known = layer.adapt(data)]
    `);
    expect(() => integerLookup({ vocabulary: [1] }).adapt([1])).toThrow(/vocabulary already/);
  });
});
