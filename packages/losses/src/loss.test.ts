import { compile, grad, tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { describe, expect, it } from 'vitest';
import {
  computeLoss,
  defineLoss,
  getLoss,
  lossFromConfig,
  meanSquaredError,
  resolveCrossentropy,
} from './index.js';

const target = tensor([
  [0, 1, 0],
  [0, 0, 1],
]);
const prediction = tensor([
  [0.05, 0.95, 0],
  [0.1, 0.8, 0.1],
]);
const sampleWeight = tensor([0.3, 0.7]);

describe('options', () => {
  it.each([
    ['binaryCrossentropy', { from_logits: true }, "did you mean 'fromLogits'?"],
    ['sparseCategoricalCrossentropy', { ignoreclass: 1 }, "did you mean 'ignoreClass'?"],
    ['meanSquaredError', { reduction: 'avg' }, "got       'avg'"],
    ['meanSquaredError', { delta: 1 }, 'expected  name, reduction'],
  ])('of %s are known: %j', (name, options, message) => {
    expect(() => lossFromConfig(name, options)).toThrow(message);
  });

  it('come by name', () => {
    const make = meanSquaredError as (options: unknown) => unknown;
    expect(() => make('sum')).toThrow("meanSquaredError({ reduction: 'sum' })");
    expect(() => make(target)).toThrow('loss: meanSquaredError()');
  });
});

describe('values of Keras, mean and weighted mean', () => {
  it.each([
    ['meanSquaredError', 0.2441667, 0.1705833],
    ['meanAbsoluteError', 0.3166667, 0.215],
    ['meanAbsolutePercentageError', 1.583334e8, 1.075e8],
    ['meanSquaredLogarithmicError', 0.1191679, 0.08321611],
    ['huber', 0.1220833, 0.08529167],
    ['logCosh', 0.1096791, 0.07660878],
    ['cosineSimilarity', -0.5608547, -0.1928747],
    ['klDivergence', 1.176937, 0.8135976],
    ['poisson', 0.7256463, 0.4378662],
    ['hinge', 0.9833333, 0.5483333],
    ['squaredHinge', 1.2275, 0.7189167],
    ['categoricalHinge', 0.9, 0.61],
    ['binaryCrossentropy', 0.6866617, 0.4738241],
    ['categoricalCrossentropy', 1.176939, 0.8135988],
    ['binaryFocalCrossentropy', 0.4827407, 0.3379014],
    ['categoricalFocalCrossentropy', 0.2331528, 0.1632005],
  ])('%s', (name, mean, weighted) => {
    const near = (got: number, want: number): void =>
      expect(Math.abs(got / want - 1)).toBeLessThan(1e-5);
    near(computeLoss(lossFromConfig(name), target, prediction).item(), mean);
    near(computeLoss(lossFromConfig(name), target, prediction, { sampleWeight }).item(), weighted);
  });

  it('sparse targets, logits, smoothing and an ignored class', () => {
    const labels = tensor([1, 2], { dtype: 'int32' });
    const logits = tensor([
      [1, 2, -1],
      [0.5, -0.5, 3],
    ]);
    const value = (name: string, config: Record<string, unknown>, t: Tensor, p: Tensor): number =>
      computeLoss(lossFromConfig(name, config), t, p).item();
    const sparse = 'sparseCategoricalCrossentropy';
    expect(value(sparse, {}, labels, prediction)).toBeCloseTo(1.176939, 5);
    expect(value(sparse, { fromLogits: true }, labels, logits)).toBeCloseTo(0.2277131, 5);
    expect(value(sparse, { ignoreClass: 1 }, labels, prediction)).toBeCloseTo(2.302585, 5);
    const smooth = { fromLogits: true, labelSmoothing: 0.1 };
    expect(value('categoricalCrossentropy', smooth, target, logits)).toBeCloseTo(0.3943798, 5);
    expect(value('binaryCrossentropy', smooth, target, logits)).toBeCloseTo(0.5833655, 5);
  });

  it('an ignored row whose prediction is zero leaves the gradient finite', () => {
    const loss = lossFromConfig('sparseCategoricalCrossentropy', { ignoreClass: -1 });
    const g = grad((p: Tensor) => computeLoss(loss, tensor([1, -1]), p))(
      tensor([
        [0.5, 0.5],
        [0.5, 0.5],
      ]),
    );
    expect(Array.from(g.data).every(Number.isFinite)).toBe(true);
    expect(Array.from(g.data).slice(2)).toEqual([0, 0]);
  });
});

describe('reduction', () => {
  const mse = (reduction: string) => lossFromConfig('mse', { reduction });
  const t = tensor([[0], [0]]);
  const p = tensor([[1], [3]]);

  it.each([
    ['sumOverBatchSize', 5],
    ['mean', 5],
    ['sum', 10],
    ['meanWithSampleWeight', 5],
  ])('%s', (reduction, want) => expect(computeLoss(mse(reduction), t, p).item()).toBe(want));

  it('none keeps one value per sample', () =>
    expect(computeLoss(mse('none'), t, p).toArray()).toEqual([1, 9]));
  it('weights are normalized only by meanWithSampleWeight', () => {
    const weights = { sampleWeight: tensor([1, 3]) };
    expect(computeLoss(mse('mean'), t, p, weights).item()).toBe(14);
    expect(computeLoss(mse('meanWithSampleWeight'), t, p, weights).item()).toBe(7);
  });
  it('a mask gives the mean over the positions that count', () => {
    const mask = tensor([true, false]);
    expect(computeLoss(mse('mean'), t, p, { mask }).item()).toBeCloseTo(1, 5);
  });
  it('is 0 with gradient 0 when all weights are 0', () => {
    const weights = { sampleWeight: tensor([0, 0]) };
    const run = (x: Tensor): Tensor => computeLoss(mse('meanWithSampleWeight'), t, x, weights);
    expect(run(p).item()).toBe(0);
    expect(Array.from(grad(run)(p).data, Math.abs)).toEqual([0, 0]);
  });
  it('weighs the one value of a loss over everything by each weight', () => {
    const one = (reduction: string): number =>
      computeLoss(lossFromConfig('dice', { reduction }), tensor([[1], [0]]), tensor([[0.5], [0]]), {
        sampleWeight: tensor([1, 3]),
      }).item();
    const value = 1 - 1 / 1.5;
    expect(one('mean')).toBeCloseTo(2 * value, 5);
    expect(one('sum')).toBeCloseTo(4 * value, 5);
    expect(one('meanWithSampleWeight')).toBeCloseTo(value, 5);
  });
  it('computes the same inside compile', () => {
    const run = compile((a: Tensor, b: Tensor) => computeLoss(mse('mean'), a, b));
    expect((run(t, p) as Tensor).item()).toBe(5);
  });
});

describe('errors teach', () => {
  it('class indices given to a categorical loss', () => {
    expect(() => getLoss('categoricalCrossentropy')(tensor([1, 2]), prediction))
      .toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: [loss/shape] categoricalCrossentropy compares target and prediction number by number.
        got       target [2], prediction [2, 3]
        expected  two equal shapes
        fix       class indices? use 'sparseCategoricalCrossentropy', or oneHot(target, classes)]
    `);
  });
  it('one-hot targets given to a sparse loss', () => {
    expect(() => getLoss('sparseCategoricalCrossentropy')(target, prediction))
      .toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: [loss/shape] sparseCategoricalCrossentropy takes one class index per prediction.
        got       target [2, 3], prediction [2, 3]
        expected  target [2]
        fix       the target looks one-hot: use 'categoricalCrossentropy', or argMax(target, { axis: -1 })]
    `);
  });
  it('an unknown name', () => {
    expect(() => lossFromConfig('meanSquareError')).toThrow("did you mean 'meanSquaredError'?");
  });
  it('weights of another length', () => {
    expect(() =>
      computeLoss(getLoss('mse'), target, prediction, { sampleWeight: tensor([1, 2, 3]) }),
    ).toThrow('loss/weight');
  });
});

describe('names', () => {
  it.each([
    ['mse', 'MeanSquaredError'],
    ['MSE', 'MeanSquaredError'],
    ['mean_absolute_error', 'MeanAbsoluteError'],
    ['SparseCategoricalCrossentropy', 'SparseCategoricalCrossentropy'],
    ['kld', 'KLDivergence'],
  ])('%s is %s', (name, className) => expect(lossFromConfig(name).className).toBe(className));
  it('a config makes the same loss again', () => {
    const loss = lossFromConfig('Huber', { delta: 2, reduction: 'sum' });
    expect(lossFromConfig(loss.className, loss.config).config).toEqual(loss.config);
  });
  it('a plain function is a loss', () => {
    const loss = getLoss((t, p) => p.sub(t).abs().sum({ axis: -1 }));
    expect(loss(tensor([[1, 1]]), tensor([[2, 3]])).toArray()).toEqual([3]);
    expect(defineLoss({ className: 'Mine', name: 'mine', call: (t) => t }).name).toBe('mine');
  });
  it('crossentropy is chosen by shapes', () => {
    expect(resolveCrossentropy([null, 1], [null, 1])).toBe('binaryCrossentropy');
    expect(resolveCrossentropy([null, 3], [null, 3])).toBe('categoricalCrossentropy');
  });
});
