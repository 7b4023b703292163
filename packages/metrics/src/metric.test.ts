import { compile, tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { describe, expect, it } from 'vitest';
import {
  confusionMatrix,
  confusionMatrixMetric,
  getMetric,
  meanOf,
  metricFromConfig,
  resolveAccuracy,
} from './index.js';
import type { Metric } from './index.js';

const labels = tensor([0, 1, 1, 0, 1]).reshape([5, 1]);
const predictions = tensor([0.1, 0.9, 0.4, 0.6, 0.7]).reshape([5, 1]);
const sampleWeight = tensor([1, 2, 0.5, 1, 1]);
const once = (metric: Metric, t: Tensor, p: Tensor, w?: Tensor): number =>
  metric.result(metric.update(metric.init(p.shape), t, p, w)).item();

describe('values of Keras, plain and weighted', () => {
  it.each([
    ['binaryAccuracy', 0.6, 0.7272727],
    ['auc', 0.8333334, 0.9285715],
    ['precision', 0.6666667, 0.75],
    ['recall', 0.6666667, 0.8571429],
    ['truePositives', 2, 3],
    ['falsePositives', 1, 1],
    ['mse', 0.166, 0.12],
    ['rootMeanSquaredError', 0.407431, 0.3464102],
    ['r2Score', 0.3083333, 0.4814285],
  ])('%s', (name, plain, weighted) => {
    expect(once(metricFromConfig(name), labels, predictions)).toBeCloseTo(plain, 5);
    expect(once(metricFromConfig(name), labels, predictions, sampleWeight)).toBeCloseTo(
      weighted,
      5,
    );
  });

  it('area under precision and recall', () => {
    expect(once(metricFromConfig('AUC', { curve: 'PR' }), labels, predictions)).toBeCloseTo(
      0.904106,
      5,
    );
  });
  it('top k counts ties as hits', () => {
    expect(
      once(
        metricFromConfig('sparseTopKCategoricalAccuracy', { k: 1 }),
        tensor([1]),
        tensor([[0.5, 0.5]]),
      ),
    ).toBe(1);
  });
});

describe('accuracy', () => {
  it.each([
    [[null, 1], [null, 1], 'binaryAccuracy'],
    [[null], [null, 10], 'sparseCategoricalAccuracy'],
    [[null, 1], [null, 10], 'sparseCategoricalAccuracy'],
    [[null, 10], [null, 10], 'categoricalAccuracy'],
  ] as const)('%j beside %j is %s', (t, p, name) => expect(resolveAccuracy(t, p)).toBe(name));
});

describe('confusion matrix', () => {
  const scores = tensor([
    [0.9, 0.1, 0],
    [0.2, 0.3, 0.5],
    [0, 1, 0],
    [0, 0, 1],
  ]);
  it('has targets in rows and predictions in columns', () => {
    expect(confusionMatrix(tensor([0, 1, 1, 2]), scores, { numClasses: 3 }).toArray()).toEqual([
      [1, 0, 0],
      [0, 1, 1],
      [0, 0, 1],
    ]);
  });
  it('takes one-hot targets, columns and two samples', () => {
    expect(
      confusionMatrix(
        tensor([
          [1, 0],
          [0, 1],
        ]),
        tensor([0, 0]),
        { numClasses: 2 },
      ).toArray(),
    ).toEqual([
      [1, 0],
      [1, 0],
    ]);
    expect(
      confusionMatrix(tensor([[1], [0]]), tensor([[0.9], [0.2]]), { numClasses: 2 }).toArray(),
    ).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });
  it('adds up over batches', () => {
    const metric = confusionMatrixMetric({ numClasses: 2 });
    const state = metric.update(
      metric.update(metric.init(), tensor([0]), tensor([1])),
      tensor([1]),
      tensor([1]),
    );
    expect(metric.result(state).toArray()).toEqual([
      [0, 1],
      [0, 1],
    ]);
  });
});

describe('contract', () => {
  it('updates alike inside compile', () => {
    for (const name of ['binaryAccuracy', 'auc', 'precision', 'rootMeanSquaredError', 'r2Score']) {
      const metric = metricFromConfig(name);
      const step = compile((state: Record<string, Tensor>, t: Tensor, p: Tensor) =>
        metric.result(metric.update(state, t, p)),
      );
      expect(
        (step(metric.init(predictions.shape), labels, predictions) as Tensor).item(),
      ).toBeCloseTo(once(metric, labels, predictions), 6);
    }
  });
  it('a metric given by name shows under that name', () =>
    expect(getMetric('mae').name).toBe('mae'));
  it('unknown names suggest', () =>
    expect(() => metricFromConfig('precison')).toThrow("did you mean 'precision'?"));
  it('a config makes the same metric again', () => {
    const metric = metricFromConfig('AUC', { numThresholds: 5, curve: 'PR' });
    expect(metricFromConfig(metric.className, metric.config).config).toEqual(metric.config);
  });
  it('a custom mean takes a line', () => {
    const bias = meanOf({
      className: 'Bias',
      name: 'bias',
      direction: 'min',
      values: (t, p) => p.sub(t).mean({ axis: -1 }),
    });
    expect(once(bias, tensor([[1], [1]]), tensor([[2], [4]]))).toBe(2);
  });
  it('shapes that do not belong together are told', () => {
    expect(() =>
      once(
        getMetric('categoricalAccuracy'),
        tensor([1, 2, 0]),
        tensor([
          [1, 0],
          [0, 1],
          [1, 0],
        ]),
      ),
    ).toThrow('sparseCategoricalAccuracy');
  });
});
