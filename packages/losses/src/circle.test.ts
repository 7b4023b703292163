import { grad, tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { describe, expect, it } from 'vitest';
import { circle } from './circle.js';
import { computeLoss } from './reduction.js';

const unit = (angle: number): number[] => [Math.cos(angle), Math.sin(angle)];

describe('circle', () => {
  it('is smaller when classes are apart', () => {
    const labels = tensor([0, 0, 1, 1]);
    const apart = tensor([unit(0), unit(0.1), unit(3), unit(3.1)]);
    const mixed = tensor([unit(0), unit(3), unit(0.1), unit(3.1)]);
    const loss = circle({ gamma: 8 });
    expect(computeLoss(loss, labels, apart).item()).toBeLessThan(
      computeLoss(loss, labels, mixed).item(),
    );
  });

  it('leaves samples without a partner out of the mean, with a finite gradient', () => {
    const labels = tensor([0, 0, 1]);
    const x = tensor([unit(0), unit(2), unit(1)]);
    const values = Array.from(circle({ gamma: 8 })(labels, x).data);
    expect(values[2]).toBe(0);
    const mean = computeLoss(circle({ gamma: 8 }), labels, x).item();
    expect(mean).toBeCloseTo(((values[0] as number) + (values[1] as number)) / 2, 4);
    const gradient = grad((p: Tensor) => computeLoss(circle(), labels, p))(x);
    expect(Array.from(gradient.data).every(Number.isFinite)).toBe(true);
  });

  it('takes a sample as its own partner when asked to', () => {
    const x = tensor([unit(0), unit(1)]);
    const alone = circle({ removeDiagonal: false })(tensor([0, 1]), x);
    expect((alone.data[0] as number) > 0).toBe(true);
  });

  it('tells what it takes', () => {
    expect(() => circle()(tensor([[1, 0]]), tensor([[1, 2]]))).toThrow(
      'one class index per sample',
    );
  });
});
