import { describe, expect, test } from 'vitest';
import {
  compile,
  createState,
  grad,
  key,
  matmul,
  ones,
  pad,
  randomNormal,
  stopGradient,
  tensor,
  valueAndGrad,
  where,
  zeros,
} from '../index.js';
import type { Tensor } from '../index.js';

describe('compile', () => {
  test('replays what it recorded, for each signature', () => {
    let records = 0;
    const twice = compile((x: Tensor) => {
      records++;
      return x.add(x);
    });
    expect(twice(tensor([1, 2])).toArray()).toEqual([2, 4]);
    expect(twice(tensor([3, 4])).toArray()).toEqual([6, 8]);
    expect(records).toBe(1);
    expect(twice(tensor([[1]])).toArray()).toEqual([[2]]);
    expect(records).toBe(2);
  });

  test('tells trees of one size but different structure apart', () => {
    const first = compile(
      (tree: { a?: Tensor; b?: Tensor }) => (tree.a ?? tree.b?.neg()) as Tensor,
    );
    expect(first({ a: tensor(1) }).item()).toBe(1);
    expect(first({ b: tensor(1) }).item()).toBe(-1);
  });

  test('results stay as they are when the program runs again', () => {
    const negate = compile((x: Tensor) => x.neg());
    const before = negate(tensor([1]));
    negate(tensor([5]));
    expect(before.toArray()).toEqual([-1]);
  });

  test('carries state in place, and programs can share it', () => {
    const state = createState({ n: tensor(0), total: tensor(0) });
    const count = compile(
      (s: { n: Tensor; total: Tensor }, x: Tensor) => [
        { n: s.n.add(1), total: s.total.add(x) },
        s.n,
      ],
      { carry: state },
    );
    const mean = compile((s: { n: Tensor; total: Tensor }) => [s, s.total.div(s.n)], {
      carry: state,
    });
    expect(count(tensor(4)).item()).toBe(0);
    expect(count(tensor(6)).item()).toBe(1);
    expect(mean().item()).toBe(5);
    expect(state.read().n.item()).toBe(2);
  });

  test('swaps two carried tensors', () => {
    const state = createState({ a: tensor([1, 2]), b: tensor([3, 4]) });
    const swap = compile((s: { a: Tensor; b: Tensor }) => [{ a: s.b, b: s.a }, s.a], {
      carry: state,
    });
    expect(swap().toArray()).toEqual([1, 2]);
    expect(state.read().a.toArray()).toEqual([3, 4]);
    expect(state.read().b.toArray()).toEqual([1, 2]);
  });

  test('trains the same bits as eager steps', () => {
    const x = randomNormal(key(1), [50, 3]);
    const y = matmul(x, tensor([[1], [2], [3]]));
    const step = (w: Tensor): Tensor => {
      const [, g] = valueAndGrad((v: Tensor) => matmul(x, v).sub(y).square().mean())(w);
      return w.sub(g.mul(0.1));
    };
    let eager = zeros([3, 1]);
    const state = createState({ w: zeros([3, 1]) });
    const run = compile((s: { w: Tensor }) => [{ w: step(s.w) }, []], { carry: state });
    for (let i = 0; i < 100; i++) {
      eager = step(eager);
      run();
    }
    expect(state.read().w.toArray()).toEqual(eager.toArray());
    expect(eager.toArray()).toEqual([
      [expect.closeTo(1, 5)],
      [expect.closeTo(2, 5)],
      [expect.closeTo(3, 5)],
    ]);
  });

  test('is transparent to gradients', () => {
    const square = compile((x: Tensor) => x.mul(x));
    expect(grad((x: Tensor) => square(x).sum())(tensor([3])).toArray()).toEqual([6]);
  });

  test('keeps nodes apart that differ by a number that JSON does not know', () => {
    const border = compile((x: Tensor) =>
      [Infinity, -Infinity, NaN, 0, -0].map((value) => pad(x, [[1, 0]], { value })),
    );
    expect(border(tensor([5])).map((y) => [...y.data])).toEqual([
      [Infinity, 5],
      [-Infinity, 5],
      [NaN, 5],
      [0, 5],
      [-0, 5],
    ]);
  });

  test('merges equal nodes, computes constants, drops what nothing needs', () => {
    const f = compile((x: Tensor) => {
      x.exp();
      const a = stopGradient(x.add(1)).mul(tensor(2).add(3));
      return a.add(x.add(1).mul(5)).mul(ones([2]));
    });
    expect(f.graph(tensor([1, 2]))).toMatchInlineSnapshot(`
      "inputs   %0: float32[2]
      %1: float32[] = constant 1
      %2: float32[] = constant 5
      %3: float32[] = constant 1
      %4: float32[2] = broadcast(%3) {"shape":[2]}
      %5: float32[2] = add(%0, %1)
      %6: float32[2] = mul(%5, %2)
      %7: float32[2] = add(%6, %6)
      %8: float32[2] = mul(%7, %4)
      outputs  %8"
    `);
  });

  test('explains how to avoid reading a recorded number', () => {
    const bad = compile((x: Tensor) => (x.item() > 0 ? x : x.neg()));
    expect(() => bad(tensor(1))).toThrowErrorMatchingInlineSnapshot(`
      [TracedValueError: [trace/read] This tensor has no numbers yet: it is being recorded.
        got       a read of a float32 [] inside compile, scan or a layer's call
        expected  operations on tensors only
        fix       use where(condition, a, b) instead of if, return the tensor and read it outside, or pass the number as an argument]
    `);
    const good = compile((x: Tensor) => where(x.greater(0), x, x.neg()));
    expect(good(tensor(-1)).item()).toBe(1);
  });

  test('refuses a placeholder that escaped', () => {
    let escaped: Tensor | undefined;
    compile((x: Tensor) => (escaped = x))(tensor(1));
    expect(() => escaped?.add(1)).toThrow('finished compile');
  });

  test('refuses a carried tensor that changes its type', () => {
    const state = createState({ n: tensor(0) });
    const grow = compile((s: { n: Tensor }) => [{ n: s.n.broadcastTo([2]) }, []], { carry: state });
    expect(() => grow()).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: [compile/carry] Carried tensor 0 changes its type.
        got       float32 [2]
        expected  float32 [], as it was
        fix       cast or reshape it back before returning it]
    `);
  });
});
