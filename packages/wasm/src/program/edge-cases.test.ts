import {
  add,
  argSort,
  broadcastTo,
  compile,
  conv2d,
  createState,
  cumsum,
  grad,
  matmul,
  mul,
  pad,
  reshape,
  scan,
  softmax,
  sum,
  take,
  tanh,
  tensor,
  zeros,
} from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { referenceBackend } from '@gradus/tensor/backend';
import type { TypedArray } from '@gradus/tensor/backend';
import { describe, expect, it } from 'vitest';
import { createBackend } from '../backend.js';
import { FamilyMemory } from '../engine/family-memory.js';
import { probeFeatures } from '../engine/features.js';
import { threadPool } from '../engine/runner.js';
import { graphOf } from './kernel.fixture.js';

const features = probeFeatures({ threads: true, wide: false });
const backend = createBackend(features, { threads: 1 });
const together = createBackend(features, { threads: 2, worthSharingUs: 0, startAfterUs: 0 });

const ramp = (size: number, shape: readonly number[] = [size]): Tensor =>
  reshape(tensor(Float32Array.from({ length: size }, (_, i) => ((i * 37) % 101) / 50 - 1)), shape);

type Fn = (...args: Tensor[]) => Tensor[];

/** Runs a function on the engine, twice, and as it is written. */
function compare(fn: Fn, args: readonly Tensor[], on = backend, tolerance = 1e-5): void {
  const want = fn(...args);
  const run = compile(fn, { backend: on });
  for (let again = 0; again < 2; again++)
    run(...args).forEach((got, i) => {
      const expected = want[i] as Tensor;
      expect([got.shape, got.dtype]).toEqual([expected.shape, expected.dtype]);
      got.data.forEach((value, k) => {
        const right = expected.data[k] as number;
        if (Object.is(value, right)) return;
        if (
          !Number.isFinite(right) ||
          !(Math.abs(value - right) <= tolerance * Math.max(1, Math.abs(right)))
        )
          expect(value, `element ${k} of result ${i}`).toBe(right);
      });
    });
}

describe('values that are several things at once', () => {
  it('gives inputs, constants and one value twice as outputs', () => {
    const constant = ramp(5);
    compare(
      (x) => {
        const y = add(x as Tensor, 1);
        return [x as Tensor, constant, y, y, reshape(y, [5, 1]), reshape(x as Tensor, [1, 5])];
      },
      [ramp(5)],
    );
  });

  it('keeps carried tensors apart: exchanged, repeated, constant, given as outputs', () => {
    for (const on of [referenceBackend, backend, together]) {
      const state = createState(
        { a: ramp(3), b: mul(ramp(3), 10), c: zeros([3]), d: zeros([3]) },
        { backend: on },
      );
      const step = compile(
        (s: { a: Tensor; b: Tensor; c: Tensor; d: Tensor }, x: Tensor) => {
          const next = add(s.a, x);
          return [
            { a: s.b, b: next, c: next, d: tensor([7, 8, 9]) },
            { old: s.a, next, kept: s.b, d: s.d, x },
          ];
        },
        { carry: state },
      );
      const first = step(tensor([1, 2, 3]));
      const second = step(tensor([10, 20, 30]));
      const a = ramp(3).data;
      const rounded = (t: Tensor): number[] => [...t.data].map((n) => Math.round(n * 1000) / 1000);
      const plus = (data: ArrayLike<number>, more: number[]): number[] =>
        more.map((n, i) => Math.round(((data[i] as number) + n) * 1000) / 1000);
      expect(rounded(first.old)).toEqual(plus(a, [0, 0, 0]));
      expect(rounded(first.next)).toEqual(plus(a, [1, 2, 3]));
      expect(rounded(first.d)).toEqual([0, 0, 0]);
      expect(rounded(second.old)).toEqual(rounded(first.kept));
      expect(rounded(second.kept)).toEqual(rounded(first.next));
      expect(rounded(second.d)).toEqual([7, 8, 9]);
      const { a: last, b, c } = state.read();
      expect(rounded(last)).toEqual(rounded(first.next));
      expect(rounded(b)).toEqual(rounded(c));
      expect(rounded(b)).toEqual(plus(first.kept.data, [10, 20, 30]));
    }
  });
});

describe('numbers that are no numbers', () => {
  it('keeps paddings by different infinities apart', () => {
    compare(
      (x) => [Infinity, -Infinity, NaN, 0].map((value) => pad(x as Tensor, [[1, 1]], { value })),
      [ramp(4)],
    );
  });

  it('become integers as they do eagerly, and so do numbers beyond all integers', () => {
    const x = tensor([NaN, Infinity, -Infinity, 3e9, -3e9, 2.7, -2.7, -0, 2 ** 31]);
    const fn: Fn = (y) => [(y as Tensor).cast('int32'), (y as Tensor).cast('bool')];
    compare(fn, [x]);
    expect([...(fn(x)[0] as Tensor).data]).toEqual([
      0,
      2 ** 31 - 1,
      -(2 ** 31),
      2 ** 31 - 1,
      -(2 ** 31),
      2,
      -2,
      0,
      2 ** 31 - 1,
    ]);
  });

  it('divides rows by what is nearly nothing, nothing, infinite and no number', () => {
    const tails = [1e-39, 0, Infinity, NaN, -1e-39, 1e38, 4];
    const rows = tails.map((first) => [first, 0, first, 0, 1e-3 * first, 0, 0, 0]);
    const x = tensor(rows);
    const got = compile((y: Tensor) => y.div(sum(y, { axis: 1, keepDims: true })), { backend })(x);
    const want = x.div(sum(x, { axis: 1, keepDims: true }));
    want.data.forEach((right, i) => {
      const value = got.data[i] as number;
      // Divisors below 2.9e-39 count as that.
      const isTiny = Math.abs(tails[Math.floor(i / 8)] as number) === 1e-39;
      if (Number.isNaN(right)) expect(value).toBeNaN();
      else expect(Math.abs(value - right)).toBeLessThanOrEqual((isTiny ? 0.4 : 1e-6) * right);
    });
  });
});

describe('tensors without elements', () => {
  it.each([
    [
      'products',
      (x: Tensor) => [matmul(x, zeros([0, 4])), sum(x, { axis: 1 }), add(sum(x), 1)],
      [3, 0],
    ],
    ['convolutions', (x: Tensor) => [conv2d(x, ramp(36, [3, 3, 2, 2]))], [0, 5, 5, 2]],
    [
      'gradients of convolutions',
      (x: Tensor) => [grad((w: Tensor) => sum(conv2d(x, w)))(ramp(36, [3, 3, 2, 2]))],
      [0, 5, 5, 2],
    ],
  ] as const)('%s', (_, fn, shape) => {
    compare((x) => fn(x as Tensor) as Tensor[], [zeros(shape)]);
    compare((x) => fn(x as Tensor) as Tensor[], [zeros(shape)], together);
  });

  it('loops of no steps', () => {
    compare(
      (xs) => {
        const [last, all] = scan(
          (total: Tensor, x: Tensor) => [add(total, x), mul(total, 2)],
          ramp(3),
          xs as Tensor,
        );
        return [last, all];
      },
      [zeros([0, 3])],
    );
  });
});

describe('steps in JavaScript', () => {
  it('work between kernels, with threads and in float64 and int32', () => {
    const fn: Fn = (x, n) => {
      const wide = (x as Tensor).cast('float64').mul(3).add(1).exp();
      const whole = (n as Tensor).mul(7).sub(2);
      return [
        wide,
        wide
          .cast('float32')
          .add(x as Tensor)
          .sum(),
        whole,
        whole.cast('float32').mul(x as Tensor),
      ];
    };
    const x = ramp(20_000);
    const n = tensor(Int32Array.from({ length: 20_000 }, (_, i) => i - 500));
    compare(fn, [x, n]);
    compare(fn, [x, n], together);
  });

  it('leave nothing behind when they fail', () => {
    for (const on of [backend, together]) {
      // The first index is found wrong by a kernel, the second by a step in JavaScript, which ends the run.
      const wrong = compile((x: Tensor, i: Tensor, none: Tensor) => [take(x, i), take(none, i)], {
        backend: on,
      });
      const right = compile((x: Tensor, i: Tensor) => take(x, i), { backend: on });
      const x = ramp(4);
      expect(() => wrong(x, tensor([9], { dtype: 'int32' }), zeros([0]))).toThrow();
      expect([...right(x, tensor([1], { dtype: 'int32' })).data]).toEqual([x.data[1]]);
    }
  });

  it('fail in a run on several threads, and the next run is whole', async () => {
    const wrong = compile(
      (x: Tensor, i: Tensor, none: Tensor) => [x.exp().sum({ axis: 1 }), take(none, i), x.mul(2)],
      { backend: together },
    );
    const right = compile((x: Tensor) => [x.exp().sum({ axis: 1 }), x.mul(2)], {
      backend: together,
    });
    const x = ramp(200_000, [500, 400]);
    const want = [x.exp().sum({ axis: 1 }), x.mul(2)];
    right(x);
    while (features.shared && threadPool().size < 2)
      await new Promise((resolve) => setTimeout(resolve, 5));
    for (let again = 0; again < 40; again++) {
      expect(() => wrong(x, tensor([9], { dtype: 'int32' }), zeros([0]))).toThrow('index 9');
      right(x).forEach((got, i) =>
        got.data.forEach((value, k) => {
          const expected = (want[i] as Tensor).data[k] as number;
          if (Math.abs(value - expected) > 1e-4 * Math.abs(expected)) expect(value).toBe(expected);
        }),
      );
    }
  });
});

describe('loops', () => {
  it('have gradients of gradients', () => {
    const loss = (w: Tensor, xs: Tensor): Tensor => {
      const [last] = scan(
        (h: Tensor, x: Tensor) => {
          const next = tanh(add(matmul(h, w), x));
          return [next, next];
        },
        zeros([4, 3]),
        xs,
      );
      return sum(mul(last, last));
    };
    compare(
      (w, xs) => {
        const slope = (v: Tensor): Tensor =>
          sum(mul(grad((u: Tensor) => loss(u, xs as Tensor))(v), ramp(9, [3, 3])));
        return [grad(slope)(w as Tensor)];
      },
      [ramp(9, [3, 3]), ramp(60, [5, 4, 3])],
      backend,
      1e-4,
    );
  });
});

describe('many programs of one family', () => {
  it('keep working while the memory grows', () => {
    const state = createState({ n: tensor(0) }, { backend: together });
    const steps = Array.from({ length: 12 }, (_, k) =>
      compile(
        (s: { n: Tensor }, x: Tensor) => {
          const n = add(s.n, 1);
          return [{ n }, add(mul(x, n), k).sum()];
        },
        { carry: state },
      ),
    );
    for (let round = 0; round < 3; round++)
      steps.forEach((step, k) => {
        // Each round calls with a larger input: new programs, and a memory that grows under the older ones.
        const size = 1000 * 4 ** round * (k + 1);
        const n = round * 12 + k + 1;
        const got = step(tensor(new Float32Array(size).fill(1)));
        expect(Math.abs((got.item() as number) / (size * (n + k)) - 1)).toBeLessThan(1e-5);
        const again = (steps[0] as typeof step)(tensor([1]));
        expect(again.item()).toBe(n + 1);
        state.write({ n: tensor(n) });
      });
  });
});

describe('addresses', () => {
  const image = ramp(2 * 12 * 12 * 3, [2, 12, 12, 3]);
  const programs: readonly (readonly [string, Fn, readonly Tensor[]])[] = [
    [
      'loops',
      (x) => {
        const rows = (x as Tensor).exp();
        return [
          rows,
          rows.sum({ axis: 0 }),
          rows.max({ axis: 0 }),
          rows.min({ axis: 1 }),
          rows.transpose().add(1),
          softmax(rows),
        ];
      },
      [ramp(70 * 130, [70, 130])],
    ],
    // The result is the last quarter of its memory.
    ['maxima', (x) => [(x as Tensor).sub(5).max({ axis: 0 })], [ramp(60_000, [3, 20_000])]],
    [
      'products',
      (x, y) => [matmul(x as Tensor, y as Tensor), matmul(y as Tensor, x as Tensor)],
      [ramp(8100, [90, 90]), ramp(8100, [90, 90])],
    ],
    [
      'convolutions',
      (x, w) => [
        conv2d(x as Tensor, w as Tensor, { padding: 'same' }),
        grad((v: Tensor) => sum(mul(conv2d(x as Tensor, v), conv2d(x as Tensor, v))))(w as Tensor),
        grad((v: Tensor) => sum(mul(conv2d(v, w as Tensor), conv2d(v, w as Tensor))))(x as Tensor),
      ],
      [image, ramp(3 * 3 * 3 * 8, [3, 3, 3, 8])],
    ],
    [
      'sorting',
      (x) => [
        argSort(x as Tensor, { axis: 0 }),
        (x as Tensor).argMax({ axis: 0 }),
        cumsum(x as Tensor, { axis: 0 }),
      ],
      [ramp(3000, [1500, 2])],
    ],
    [
      'loops over steps',
      (xs) => {
        const [last, all] = scan(
          (h: Tensor, x: Tensor) => {
            const next = tanh(add(h, x));
            return [next, next];
          },
          zeros([40]),
          xs as Tensor,
        );
        return [last, all];
      },
      [ramp(4000, [100, 40])],
    ],
  ];
  /** Bytes that are taken before the program is made; nobody touches them, so they cost address space only. */
  it.each(programs)('around 2 GiB and up to 4: %s', (_, fn, args) => {
    const graph = graphOf(fn, ...args);
    const inputs = args.map(({ data }) => data as TypedArray);
    const reference = referenceBackend.compile(graph, referenceBackend.createMemory([]));
    reference.run(inputs);
    const size = measure(graph);
    // Signed comparisons and sums of addresses go wrong beyond 2 GiB, unsigned ones at 4 GiB.
    const starts = [1, 0.9, 0.75, 0.5, 0.3, 0.1].map(
      (part) => 2 ** 31 - Math.ceil((part * size) / 64) * 64,
    );
    for (const from of [...starts, 2 ** 31, 2 ** 32 - size - 4096]) {
      const memory = new FamilyMemory([], features.shared);
      memory.linear.allocate(from - memory.linear.bytes, 'what lies before');
      const program = backend.compile(graph, memory);
      program.run(inputs);
      graph.outputs.forEach((__, i) => {
        const want = reference.output(i);
        program.output(i).forEach((value, k) => {
          const right = want[k] as number;
          if (!(Math.abs(value - right) <= 1e-3 * Math.max(1, Math.abs(right))))
            expect(value, `element ${k} of result ${i}, from ${from}`).toBe(right);
        });
      });
    }
  });

  function measure(graph: ReturnType<typeof graphOf>): number {
    const memory = new FamilyMemory([], features.shared);
    const before = memory.linear.bytes;
    backend.compile(graph, memory);
    return memory.linear.bytes - before;
  }
});

describe('tensors of 2 GiB', () => {
  it('are refused when the program is made, also where no memory would hold them', () => {
    const large = compile(
      (x: Tensor) =>
        broadcastTo(x, [2, 2 ** 28])
          .exp()
          .sum(),
      { backend },
    );
    expect(() => large(tensor([1]))).toThrowErrorMatchingInlineSnapshot(`
      [MemoryError: [memory/tensor] A tensor is too large for the wasm backend.
        got       float32 [2, 268435456], on the way to a result if nowhere else
        expected  less than 536870912 elements (of 4 bytes; half of that of 8)
        fix       use smaller batches, or compute it in parts]
    `);
  });
});
