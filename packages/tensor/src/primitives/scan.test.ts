import { describe, expect, test } from 'vitest';
import { compile, grad, scan, stack, tensor, zeros } from '../index.js';
import type { Tensor } from '../index.js';

const float64 = { dtype: 'float64' } as const;
const xs = tensor(
  [
    [0.1, 0.2],
    [0.3, 0.4],
    [0.5, 0.6],
  ],
  float64,
);
const k = tensor(0.7, float64);

/** A small recurrence; `rate` comes from outside the body. */
function recurrence(rate: Tensor, inputs: Tensor, reverse = false): Tensor {
  const [last, all] = scan(
    (state: Tensor, x: Tensor) => {
      const next = state.mul(rate).add(x).tanh();
      return [next, next.square()];
    },
    zeros([2], float64),
    inputs,
    { reverse },
  );
  return last.sum().add(all.sum());
}

/** The same, written out. */
function unrolled(rate: Tensor, inputs: Tensor): Tensor {
  let state = zeros([2], float64);
  const all: Tensor[] = [];
  for (let t = 0; t < 3; t++) {
    state = state
      .mul(rate)
      .add(inputs.slice([t, 0], [1, 2]).reshape([2]))
      .tanh();
    all.push(state.square());
  }
  return state.sum().add(stack(all).sum());
}

const difference = (f: (x: Tensor) => Tensor, at: Tensor): number =>
  (f(at.add(1e-5)).item() - f(at.sub(1e-5)).item()) / 2e-5;

describe('scan', () => {
  test('computes what the written-out loop computes', () => {
    expect(recurrence(k, xs).item()).toBe(unrolled(k, xs).item());
  });

  test('has the gradient with respect to what the body uses from outside, to 1e-9', () => {
    const f = (rate: Tensor): Tensor => recurrence(rate, xs);
    expect(grad(f)(k).item()).toBeCloseTo(difference(f, k), 9);
  });

  test('has the gradient with respect to what it steps through', () => {
    const found = grad((x: Tensor) => recurrence(k, x))(xs);
    const wanted = grad((x: Tensor) => unrolled(k, x))(xs);
    expect(found.sub(wanted).abs().max().item()).toBeLessThan(1e-12);
  });

  test('has second derivatives', () => {
    const first = grad((rate: Tensor) => recurrence(rate, xs));
    const found = grad((rate: Tensor) => first(rate))(k).item();
    expect(found).toBeCloseTo(
      difference((rate) => first(rate), k),
      8,
    );
    expect(found).toBeCloseTo(
      grad((rate: Tensor) => grad((r: Tensor) => unrolled(r, xs))(rate))(k).item(),
      10,
    );
  });

  test('runs backwards, with results at their places', () => {
    const [, sums] = scan(
      (sum: Tensor, x: Tensor) => [sum.add(x), sum.add(x)],
      tensor(0),
      tensor([1, 2, 3]),
      {
        reverse: true,
      },
    );
    expect(sums.toArray()).toEqual([6, 5, 3]);
    const f = (rate: Tensor): Tensor => recurrence(rate, xs, true);
    expect(grad(f)(k).item()).toBeCloseTo(difference(f, k), 9);
  });

  test('gives the same bits compiled', () => {
    const gradient = (rate: Tensor, x: Tensor): Tensor =>
      grad((r: Tensor) => recurrence(r, x))(rate);
    expect(compile(gradient)(k, xs).item()).toBe(gradient(k, xs).item());
  });

  test('says which carried tensor changes its type', () => {
    expect(() => scan((c: Tensor, x: Tensor) => [c.add(x), x], tensor(0), tensor([[1, 2]])))
      .toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: [scan/carry] What a scan carries must keep its types.
        got       float32 [2] returned as tensor 0 of the carry
        expected  float32 []
        fix       start with zeros of the final shape, or cast inside the body]
    `);
  });
});
