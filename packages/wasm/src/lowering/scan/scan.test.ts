import {
  add,
  compile,
  concatenate,
  createState,
  grad,
  matmul,
  mul,
  reshape,
  scan,
  slice,
  sigmoid,
  sum,
  take,
  tanh,
  tensor,
  zeros,
} from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { referenceBackend } from '@gradus/tensor/backend';
import { describe, expect, test } from 'vitest';
import { createBackend } from '../../backend.js';
import { variants } from '../../math/math.fixture.js';

function numbers(shape: readonly number[], seed = 1): Tensor {
  const size = shape.reduce((product, n) => product * n, 1);
  let state = seed;
  const data = Float32Array.from({ length: size }, () => {
    state = (Math.imul(state, 1103515245) + 12345) | 0;
    return (state >>> 16) / 65536 - 0.5;
  });
  return reshape(tensor(data), shape);
}

describe.each(variants)('with relaxed SIMD: $relaxed', (features) => {
  const backend = createBackend(features);
  /** Compares with the reference, and gives back what the program says of itself. */
  const check = (fn: (...args: Tensor[]) => unknown, ...args: Tensor[]): string => {
    const run = compile(fn as (...args: Tensor[]) => Tensor[], { backend });
    const want = compile(fn as (...args: Tensor[]) => Tensor[], { backend: referenceBackend })(
      ...args,
    );
    for (let again = 0; again < 2; again++) {
      const got = run(...args);
      got.forEach((tensor, i) => {
        expect(tensor.shape).toEqual((want[i] as Tensor).shape);
        const expected = (want[i] as Tensor).data;
        tensor.data.forEach((value, k) => {
          const close =
            Math.abs(value - (expected[k] as number)) <= 2e-5 * Math.max(1, Math.abs(value));
          if (!close) expect(value, `element ${k} of result ${i}`).toBe(expected[k]);
        });
      });
    }
    return run.explain(...args);
  };

  test.each([false, true])('a running sum, reversed: %s', (reverse) => {
    const text = check(
      (xs) => {
        const [last, all] = scan(
          (total: Tensor, x: Tensor) => {
            const next = add(total, x);
            return [next, mul(next, 2)];
          },
          zeros([3]),
          xs as Tensor,
          { reverse },
        );
        return [last, all];
      },
      numbers([7, 3]),
    );
    expect(text).toContain('scan');
    expect(text).not.toContain('host');
  });

  test('carried tensors that change places, and results that are the carried tensor itself', () => {
    check(
      (xs, start) => {
        const [[a, b], all] = scan(
          ([p, q]: readonly [Tensor, Tensor], x: Tensor) =>
            [[q, add(p, x)] as readonly [Tensor, Tensor], { p, q, x }] as const,
          [start, zeros([5])] as readonly [Tensor, Tensor],
          xs as Tensor,
        );
        return [a, b, all.p, all.q, all.x];
      },
      numbers([6, 5]),
      numbers([5], 3),
    );
  });

  test('no steps give back what was carried', () => {
    check(
      (start) => [
        scan((h: Tensor) => [add(h, 1), {}], start as Tensor, {}, { length: 0 })[0],
        scan((h: Tensor) => [add(h, 1), {}], start as Tensor, {}, { length: 3 })[0],
      ],
      numbers([4]),
    );
  });

  test('constants of the body are there in every run', () => {
    check(
      (xs) => {
        const weights = tensor([1, 2, 3, 4, 5]);
        const [last] = scan(
          (h: Tensor, x: Tensor) => [add(mul(h, weights), x), {}],
          zeros([5]),
          xs as Tensor,
        );
        return [last];
      },
      numbers([4, 5]),
    );
  });

  test('a scan inside of a scan', () => {
    const text = check(
      (xs) => {
        const [last] = scan(
          (h: Tensor, rows: Tensor) => {
            const [inner] = scan((s: Tensor, r: Tensor) => [add(s, tanh(r)), {}], h, rows);
            return [mul(inner, 0.5), {}];
          },
          zeros([3]),
          xs as Tensor,
        );
        return [last];
      },
      numbers([4, 5, 3]),
    );
    expect(text).not.toContain('host');
  });

  test('a recurrent layer and its gradient', () => {
    const text = check(
      (xs, w, u, b) => {
        const loss = (p: { w: Tensor; u: Tensor; b: Tensor }): Tensor => {
          const [, all] = scan(
            (h: Tensor, x: Tensor) => {
              const z = add(add(matmul(x, p.w), matmul(h, p.u)), p.b);
              const next = mul(tanh(z), sigmoid(z));
              return [next, next];
            },
            zeros([2, 9]),
            xs as Tensor,
          );
          return sum(mul(all, all));
        };
        const g = grad(loss)({ w: w as Tensor, u: u as Tensor, b: b as Tensor });
        return [g.w, g.u, g.b];
      },
      numbers([6, 2, 5]),
      numbers([5, 9], 2),
      numbers([9, 9], 3),
      numbers([9], 4),
    );
    expect(text).not.toContain('host');
  });

  test.each([32, 64, 33])(
    'a recurrent layer over %i samples, in pieces where it can be',
    (rows) => {
      const text = check(
        (xs, w, u, b) => {
          const loss = (p: { w: Tensor; u: Tensor; b: Tensor }): Tensor => {
            const [last, all] = scan(
              ({ h, c }: { h: Tensor; c: Tensor }, x: Tensor) => {
                const z = add(add(matmul(x, p.w), matmul(h, p.u)), p.b);
                const kept = slice(z, [0, 0], [rows, 3]);
                const next = concatenate([tanh(slice(z, [0, 3], [rows, 2])), kept], { axis: 1 });
                const total = add(mul(c, 0.5), sum(next, { axis: 1, keepDims: true }));
                return [{ h: next, c: total }, add(next, total)];
              },
              { h: zeros([rows, 5]), c: zeros([rows, 1]) },
              xs as Tensor,
            );
            return sum(mul(all, all)).add(sum(last.c));
          };
          const g = grad(loss)({ w: w as Tensor, u: u as Tensor, b: b as Tensor });
          return [g.w, g.u, g.b];
        },
        numbers([4, rows, 3]),
        numbers([3, 5], 2),
        numbers([5, 5], 3),
        numbers([5], 4),
      );
      expect(text.match(/in \d pieces/g) ?? []).toEqual(
        rows === 33 ? [] : [`in ${rows / 16} pieces`, `in ${rows / 16} pieces`],
      );
    },
  );

  test('rows that depend on each other stay together', () => {
    const text = check(
      (xs) => {
        const [last] = scan(
          (h: Tensor, x: Tensor) => [
            add(mul(h, 0.5), x.sub(x.mean({ axis: 0, keepDims: true }))),
            {},
          ],
          zeros([32, 3]),
          xs as Tensor,
        );
        return [last];
      },
      numbers([4, 32, 3]),
    );
    expect(text).not.toContain('pieces');
  });

  test.each([3, 32])('results and carried tensors that nothing computes (%i rows)', (rows) => {
    check(
      (xs, start, outside) => {
        const [last, all] = scan(
          (c: { a: Tensor; b: Tensor; c: Tensor; d: Tensor; n: Tensor }, x: Tensor) => [
            { a: c.a, b: outside as Tensor, c: zeros([rows, 2]), d: x, n: add(c.n, 1) },
            {
              a: c.a,
              outside: outside as Tensor,
              zero: zeros([rows, 2]),
              x,
              n: c.n,
              d: add(c.d, x),
            },
          ],
          {
            a: start as Tensor,
            b: start as Tensor,
            c: start as Tensor,
            d: start as Tensor,
            n: tensor(new Int32Array([0])),
          },
          xs as Tensor,
        );
        return [last.a, last.b, last.c, last.d, last.n, ...Object.values(all)] as Tensor[];
      },
      numbers([5, rows, 2]),
      numbers([rows, 2], 2),
      numbers([rows, 2], 3),
    );
  });

  test('conditions, whole numbers and picked rows are carried too', () => {
    check(
      (xs, table) => {
        const [last, all] = scan(
          ({ at, seen }: { at: Tensor; seen: Tensor }, x: Tensor) => {
            const row = take(table as Tensor, at, { axis: 0 });
            const next = row.add(x).argMax({ axis: 1 });
            return [{ at: next, seen: seen.or(next.equal(at)) }, row];
          },
          { at: tensor(new Int32Array([0, 2, 1])), seen: zeros([3]).greater(1) },
          xs as Tensor,
        );
        return [last.at, last.seen, all];
      },
      numbers([6, 3, 4]),
      numbers([4, 4], 5),
    );
  });

  test('carried memory is updated where it lies', () => {
    const initial = { w: numbers([3, 2], 9), m: zeros([3, 2]), same: numbers([2], 4) };
    const several = (state: { w: Tensor; m: Tensor; same: Tensor }, xs: Tensor) => {
      const [next, losses] = scan(
        ({ w, m, same }: typeof state, x: Tensor) => {
          const y = matmul(x, w).add(same);
          const g = matmul(x, y, { transposeX: true });
          const moment = add(mul(m, 0.9), mul(g, 0.1));
          return [{ w: w.sub(mul(moment, 0.1)), m: moment, same }, sum(mul(y, y))];
        },
        state,
        xs,
      );
      // Something that reads the state of before, although the loop has run.
      return [next, { losses, before: sum(state.w) }] as const;
    };
    const xs = numbers([5, 4, 3]);
    const results = [backend, referenceBackend].map((each) => {
      const state = createState(initial, { backend: each });
      const run = compile(several, { carry: state });
      const found = [run(xs), run(xs), run(xs)];
      return [
        ...found.flatMap(({ losses, before }) => [losses, before]),
        ...Object.values(state.read()),
      ];
    });
    results[0]?.forEach((value, i) =>
      value.data.forEach((number, k) =>
        expect(number).toBeCloseTo(results[1]?.[i]?.data[k] as number, 4),
      ),
    );
  });
});
