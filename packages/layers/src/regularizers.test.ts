import { grad, tensor } from '@gradus/tensor';
import { expect, test } from 'vitest';
import { getRegularizer, l1, l1l2, l2, orthogonalRegularizer } from './regularizers.js';

const w = tensor([[3, -4]]);

test('penalties have no half in front', () => {
  expect(l1({ l1: 1 })(w).item()).toBe(7);
  expect(l2({ l2: 1 })(w).item()).toBe(25);
  expect(l1l2({ l1: 1, l2: 2 })(w).item()).toBe(57);
  expect(grad(l2({ l2: 1 }))(w).toArray()).toEqual([[6, -8]]);
});

test('rows at right angles cost nothing, equal rows cost the factor', () => {
  expect(
    orthogonalRegularizer()(
      tensor([
        [2, 0],
        [0, 5],
      ]),
    ).item(),
  ).toBe(0);
  expect(
    orthogonalRegularizer({ factor: 1 })(
      tensor([
        [1, 0],
        [1, 0],
      ]),
    ).item(),
  ).toBeCloseTo(1, 6);
});

test('names, configs and nothing', () => {
  expect(getRegularizer('l2')?.config).toEqual({ l2: 0.01 });
  expect(getRegularizer({ className: 'L1L2', config: { l1: 1, l2: 0 } })?.(w).item()).toBe(7);
  expect(getRegularizer(null)).toBeNull();
  expect(() => getRegularizer('l3' as 'l2')).toThrow(/did you mean/);
});
