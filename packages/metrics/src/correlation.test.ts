import { tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { describe, expect, it } from 'vitest';
import { concordanceCorrelation, pearsonCorrelation } from './index.js';
import type { Metric } from './index.js';

const once = (metric: Metric, t: Tensor, p: Tensor): number =>
  metric.result(metric.update(metric.init(), t, p)).item();

describe('correlation', () => {
  const t = tensor([
    [0, 1, 0.5],
    [1, 1, 0.2],
  ]);
  const p = tensor([
    [0.1, 0.9, 0.5],
    [1, 0.9, 0.2],
  ]);

  it('of Pearson does not care for scale and shift', () => {
    expect(once(pearsonCorrelation(), t, p)).toBeCloseTo(0.99669963, 5);
    expect(once(pearsonCorrelation(), t, p.mul(3).sub(2))).toBeCloseTo(0.99669963, 5);
  });

  it('of concordance does', () => {
    expect(once(concordanceCorrelation(), t, p)).toBeCloseTo(0.9816320385, 5);
    expect(once(concordanceCorrelation(), t, p.mul(3))).toBeLessThan(0.9);
  });

  it('runs along any axis', () => {
    expect(once(pearsonCorrelation({ axis: 0 }), t.transpose(), p.transpose())).toBeCloseTo(
      0.99669963,
      5,
    );
  });
});
