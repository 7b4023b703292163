import { compile, tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { describe, expect, it } from 'vitest';
import { binaryIoU, iou, meanIoU, metricFromConfig, oneHotIoU, oneHotMeanIoU } from './index.js';
import type { Metric } from './index.js';

const once = (metric: Metric, t: Tensor, p: Tensor, w?: Tensor): number =>
  metric.result(metric.update(metric.init(), t, p, w)).item();

const t = tensor([0, 2, 2, 1]);
const p = tensor([0, 1, 2, 1]);

describe('intersection over union', () => {
  it('is the mean over the classes asked for', () => {
    expect(once(meanIoU({ numClasses: 3 }), t, p)).toBeCloseTo(2 / 3, 5);
    expect(once(iou({ numClasses: 3, targetClassIds: [0, 1] }), t, p)).toBeCloseTo(0.75, 5);
  });

  it('leaves out absent classes, an ignored class and indices out of range', () => {
    expect(once(meanIoU({ numClasses: 5 }), t, p)).toBeCloseTo(2 / 3, 5);
    expect(once(meanIoU({ numClasses: 3, ignoreClass: 2 }), t, p)).toBeCloseTo(1, 5);
    expect(once(meanIoU({ numClasses: 3 }), tensor([0, 255, -1]), tensor([0, 0, 0]))).toBeCloseTo(
      1,
      5,
    );
    expect(once(meanIoU({ numClasses: 3 }), tensor([9]), tensor([0]))).toBe(0);
  });

  it('counts whole weights, and fractions when told to', () => {
    const w = tensor([1, 0.5, 1, 1]);
    expect(once(meanIoU({ numClasses: 3 }), t, p, w)).toBeCloseTo(1, 5);
    expect(once(meanIoU({ numClasses: 3, dtype: 'float32' }), t, p, w)).toBeCloseTo(
      (1 + 1 / 1.5 + 1 / 1.5) / 3,
      5,
    );
  });

  it('takes one-hot targets and scores', () => {
    const target = tensor([
      [1, 0],
      [0, 1],
    ]);
    const scores = tensor([
      [0.9, 0.1],
      [0.6, 0.4],
    ]);
    expect(once(oneHotIoU({ numClasses: 2, targetClassIds: [0] }), target, scores)).toBeCloseTo(
      0.5,
      5,
    );
    expect(once(oneHotMeanIoU({ numClasses: 2 }), target, scores)).toBeCloseTo(0.25, 5);
  });

  it('cuts probabilities at the threshold, which belongs to class 1', () => {
    const metric = binaryIoU({ targetClassIds: [1] });
    expect(once(metric, tensor([0, 1, 1]), tensor([0.1, 0.5, 0.4]))).toBeCloseTo(0.5, 5);
  });

  it('computes the same inside compile, and again from its config', () => {
    const metric = iou({ numClasses: 3, targetClassIds: [1, 2], ignoreClass: 0 });
    const again = metricFromConfig(metric.className, metric.config);
    expect(again.config).toEqual(metric.config);
    const step = compile((a: Tensor, b: Tensor) => again.result(again.update(again.init(), a, b)));
    expect((step(t, p) as Tensor).item()).toBe(once(metric, t, p));
  });

  it('refuses classes that do not exist', () => {
    expect(() => iou({ numClasses: 2, targetClassIds: [0, 2] }))
      .toThrowErrorMatchingInlineSnapshot(`
      [ValueError: [metric/classes] iou has no such class.
        got       class 2 of 2
        expected  classes 0 to 1
        fix       count the classes of the data: numClasses is the largest index plus 1]
    `);
  });
});
