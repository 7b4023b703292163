import {
  add,
  concatenate,
  grad,
  matmul,
  mul,
  pow,
  reshape,
  scan,
  slice,
  sum,
  tanh,
  tensor,
  zeros,
} from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { printGraph } from '@gradus/tensor/backend';
import type { Graph } from '@gradus/tensor/backend';
import { expect, test } from 'vitest';
import { graphOf, runReference } from '../../program/kernel.fixture.js';
import { rewrite } from './rewrite.js';

function numbers(shape: readonly number[], seed = 1): Tensor {
  const size = shape.reduce((product, n) => product * n, 1);
  let state = seed;
  const data = Float32Array.from({ length: size }, () => {
    state = (Math.imul(state, 1103515245) + 12345) | 0;
    return (state >>> 16) / 65536 - 0.5;
  });
  return reshape(tensor(data), shape);
}

/** The rewritten graph, which must compute what the graph did. */
function rewritten(fn: (...args: Tensor[]) => unknown, ...args: Tensor[]): Graph {
  const graph = graphOf(fn, ...args);
  const changed = rewrite(graph);
  const data = args.map((x) => x.data);
  const want = runReference(graph, data);
  runReference(changed, data).forEach((output, i) =>
    output.forEach((value, k) => expect(value).toBeCloseTo(want[i]?.[k] as number, 5)),
  );
  return changed;
}

const names = (graph: Graph): string[] => graph.nodes.map(({ primitive }) => primitive.name);

test('the gradient of pieces of a tensor is the gradients joined', () => {
  const pieces = (x: Tensor, w: Tensor): unknown =>
    grad((a: Tensor) => {
      const [p, q, r] = [0, 2, 3].map((start, i) =>
        slice(a, [0, start], [4, [2, 1, 4][i] as number]),
      ) as [Tensor, Tensor, Tensor];
      return sum(mul(concatenate([r, tanh(p), mul(q, q)], { axis: 1 }), w));
    })(x);
  const graph = rewritten(pieces as never, numbers([4, 7]), numbers([4, 7], 2));
  expect(names(graph)).toContain('concat');
  expect(names(graph)).not.toContain('pad');
});

test('pieces that overlap or leave gaps stay sums', () => {
  const pieces =
    (starts: readonly number[]) =>
    (x: Tensor): unknown =>
      grad((a: Tensor) =>
        starts
          .map((start) => sum(tanh(slice(a, [start], [2]))))
          .reduce((total, part) => total.add(part)),
      )(x);
  expect(names(rewritten(pieces([0, 1, 3]) as never, numbers([5])))).toContain('pad');
  expect(names(rewritten(pieces([0, 3]) as never, numbers([5])))).toContain('pad');
  expect(names(rewritten(pieces([0, 2]) as never, numbers([4])))).not.toContain('pad');
});

const recurrent =
  (withBias: boolean) =>
  (xs: Tensor, w: Tensor, u: Tensor, b: Tensor): unknown => {
    const loss = (p: { w: Tensor; u: Tensor; b: Tensor }): Tensor => {
      const [last, all] = scan(
        (h: Tensor, x: Tensor) => {
          const z = add(matmul(x, p.w), matmul(h, p.u));
          const next = tanh(withBias ? add(z, p.b) : z);
          return [next, next];
        },
        zeros([2, 4]),
        xs,
      );
      return sum(mul(all, all)).add(sum(last));
    };
    const g = grad(loss)({ w, u, b });
    return [g.w, g.u, g.b];
  };

test('gradients of recurrent weights are one product behind the loop', () => {
  const graph = rewritten(
    recurrent(true) as never,
    numbers([5, 2, 3]),
    numbers([3, 4], 2),
    numbers([4, 4], 3),
    numbers([4], 4),
  );
  expect(names(graph).filter((name) => name === 'matmul')).toHaveLength(2);
  // What the first loop computed is not computed again: all that is left inside is the gradient of the state.
  expect(printGraph(graph).match(/^ {2}%.* = matmul/gm)).toHaveLength(3);
  // Of three sums and the gradient of the state, only the latter is carried on.
  const backwards = graph.nodes.filter(({ primitive }) => primitive.name === 'scan')[1];
  expect(backwards?.params).toMatchObject({ carryCount: 1 });
});

test('sums that begin with something, or that are looked at on the way, are not lost', () => {
  const carry = (xs: Tensor, start: Tensor): unknown => {
    const [totals, seen] = scan(
      ([a, b]: readonly [Tensor, Tensor], x: Tensor) => [
        [
          add(a, matmul(tanh(x), x, { transposeX: true })),
          add(b, matmul(x, x, { transposeX: true })),
        ] as readonly [Tensor, Tensor],
        { b },
      ],
      [start, start] as readonly [Tensor, Tensor],
      xs,
    );
    return [totals[0], totals[1], seen.b];
  };
  const graph = rewritten(carry as never, numbers([4, 2, 3]), numbers([3, 3], 7));
  expect(printGraph(graph)).toContain('"carryCount":1');
  expect(names(graph).filter((name) => name === 'matmul')).toHaveLength(1);
});

test('powers that are a product or a quotient are computed as such', () => {
  const x = tensor([-2, -0.5, 0, 3, Infinity, NaN]);
  for (const exponent of [1, 2, -1]) {
    const graph = graphOf((a) => pow(a as Tensor, exponent), x);
    const changed = rewrite(graph);
    expect(names(changed)).not.toContain('pow');
    expect(runReference(changed, [x.data])).toEqual(runReference(graph, [x.data]));
  }
  expect(names(rewrite(graphOf((a) => pow(a as Tensor, 2.5), x)))).toContain('pow');
  const whole = tensor(new Int32Array([2, 3]));
  expect(names(rewrite(graphOf((a) => pow(a as Tensor, -1), whole)))).toContain('pow');
});
