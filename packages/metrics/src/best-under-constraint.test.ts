import { compile, tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { describe, expect, it } from 'vitest';
import {
  precisionAtRecall,
  recallAtPrecision,
  sensitivityAtSpecificity,
  specificityAtSensitivity,
} from './index.js';
import type { Metric } from './index.js';

const labels = tensor([0, 0, 0, 1, 1]);
const predictions = tensor([0, 0.3, 0.8, 0.3, 0.8]);
const once = (metric: Metric, w?: Tensor): number =>
  metric.result(metric.update(metric.init(), labels, predictions, w)).item();

describe('metrics under a constraint', () => {
  it('find the best rate at any threshold that fulfils it', () => {
    expect(once(sensitivityAtSpecificity({ specificity: 0.5 }))).toBe(0.5);
    expect(once(sensitivityAtSpecificity({ specificity: 0.3 }))).toBe(1);
    expect(once(specificityAtSensitivity({ sensitivity: 0.9 }))).toBeCloseTo(1 / 3, 6);
    expect(once(precisionAtRecall({ recall: 0.9 }))).toBe(0.5);
    expect(once(recallAtPrecision({ precision: 0.5 }))).toBe(1);
  });

  it('are 0 when nothing fulfils it', () => {
    expect(once(recallAtPrecision({ precision: 0.9 }))).toBe(0);
  });

  it('weigh samples', () => {
    const w = tensor([1, 1, 2, 2, 1]);
    expect(once(sensitivityAtSpecificity({ specificity: 0.5 }), w)).toBeCloseTo(1 / 3, 6);
  });

  it('decide ties by the weights and not by rounding', () => {
    const metric = sensitivityAtSpecificity({ specificity: 0.6 });
    const t = tensor([0, 0, 0, 0, 0, 1]);
    const p = tensor([0.1, 0.1, 0.1, 0.9, 0.9, 0.5]);
    expect(metric.result(metric.update(metric.init(), t, p)).item()).toBe(1);
  });

  it('update alike inside compile', () => {
    const metric = precisionAtRecall({ recall: 0.5, numThresholds: 7 });
    const step = compile((state: Record<string, Tensor>) =>
      metric.result(metric.update(state, labels, predictions)),
    );
    expect((step(metric.init()) as Tensor).item()).toBe(once(metric));
  });

  it('refuse impossible limits', () => {
    expect(() => precisionAtRecall({ recall: 2 })).toThrowErrorMatchingInlineSnapshot(`
      [ValueError: [metric/option] precisionAtRecall has no such recall.
        got       recall 2
        expected  a number from 0 to 1
        fix       give recall a number from 0 to 1]
    `);
    expect(() => recallAtPrecision({ precision: 0.5, numThresholds: 0 })).toThrow('numThresholds');
  });
});
