import { describe, expect, test } from 'vitest';
import { customVjp, grad, round, stopGradient, tensor, valueAndGrad } from '../index.js';
import type { Tensor } from '../index.js';

const cube = (x: Tensor): Tensor => x.mul(x).mul(x).sum();

describe('grad', () => {
  test('first, second and third derivative', () => {
    const second = grad((x: Tensor) => grad(cube)(x).sum());
    const third = grad((x: Tensor) => second(x).sum());
    expect(grad(cube)(tensor([2])).toArray()).toEqual([12]);
    expect(second(tensor([2])).toArray()).toEqual([12]);
    expect(third(tensor([2])).toArray()).toEqual([6]);
  });

  test('follows outer variables that an inner gradient only captures', () => {
    // d/dw of d/dx (w x²) at x = 3 is 2x.
    const outer = grad((w: Tensor) => grad((x: Tensor) => w.mul(x).mul(x))(tensor(3)));
    expect(outer(tensor(5)).item()).toBe(6);
  });

  test('sums over what was broadcast', () => {
    const g = grad((tree: { a: Tensor; b: Tensor }) => tree.a.mul(tree.b).sum())({
      a: tensor([
        [1, 2, 3],
        [4, 5, 6],
      ]),
      b: tensor([[10], [20]]),
    });
    expect(g.a.toArray()).toEqual([
      [10, 10, 10],
      [20, 20, 20],
    ]);
    expect(g.b.toArray()).toEqual([[6], [15]]);
  });

  test('is zero for what the result does not depend on', () => {
    expect(
      grad((t: { a: Tensor; b: Tensor }) => t.a.sum())({
        a: tensor([1]),
        b: tensor([2]),
      }).b.toArray(),
    ).toEqual([0]);
  });

  test('stopGradient and customVjp', () => {
    expect(grad((x: Tensor) => stopGradient(x).mul(x).sum())(tensor([3])).toArray()).toEqual([3]);
    const straight = customVjp(
      (x) => round(x),
      (g) => [g],
    );
    expect(
      valueAndGrad((x: Tensor) => straight(x).mul(2).sum())(tensor([1.4])).map(String),
    ).toEqual(['float32 [] 2', 'float32 [1] [2]']);
  });

  test('hasAux returns what else the function computed', () => {
    const [[value, aux], g] = valueAndGrad(
      (x: Tensor) => [x.square().sum(), { twice: x.mul(2) }] as const,
      {
        hasAux: true,
      },
    )(tensor([3]));
    expect([value.item(), aux.twice.toArray(), g.toArray()]).toEqual([9, [6], [6]]);
  });

  test('results do not keep what they were computed from', () => {
    const [value, g] = valueAndGrad(cube)(tensor([2]));
    expect([value.node, g.node]).toEqual([undefined, undefined]);
  });

  test('errors teach', () => {
    expect(() => grad((x: Tensor) => x)(tensor([1, 2]))).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: [grad/scalar] grad differentiates functions that return one number.
        got       a tensor [2]
        expected  a scalar tensor
        fix       reduce the result, for example with .sum() or .mean()]
    `);
    expect(() => grad((x: Tensor) => x.sum())(tensor([1], { dtype: 'int32' })))
      .toThrowErrorMatchingInlineSnapshot(`
      [DTypeError: [grad/dtype] A gradient exists only with respect to real numbers.
        got       int32 [1] in the first argument
        expected  float32 or float64
        fix       cast it with x.cast('float32'), or pass whole numbers as another argument]
    `);
  });
});
