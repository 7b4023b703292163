import { customVjp, tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { expect, it } from 'vitest';
import { checkGradient } from './gradient-check.js';

const x = tensor(
  [
    [0.5, -1.5],
    [2, 0.25],
  ],
  { dtype: 'float64' },
);
const y = tensor(
  [
    [1, 2],
    [-3, 0.5],
  ],
  { dtype: 'float64' },
);

it('accepts right gradients of all inputs', () => {
  checkGradient(
    (a, b) =>
      (a as Tensor)
        .matmul(b as Tensor)
        .tanh()
        .sum(),
    [x, y],
  );
});

it('names the input whose gradient is wrong', () => {
  const wrong = customVjp(
    (a) => (a as Tensor).square(),
    (g) => [g],
  );
  expect(() => checkGradient((a) => wrong(a as Tensor).sum(), [x])).toThrow(
    /gradient of input 0: \[1\]/,
  );
});

it('refuses float32, where rounding hides slopes', () => {
  expect(() => checkGradient((a) => (a as Tensor).sum(), [tensor([1])])).toThrow(/float64/);
});
