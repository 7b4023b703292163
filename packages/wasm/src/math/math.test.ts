import { erf, tensor } from '@gradus/tensor';
import { describe, expect, test } from 'vitest';
import { binaryIntMath, binaryMath, unaryMath } from './index.js';
import { errors, overArrays, samples, variants } from './math.fixture.js';

const LARGEST = 3.4028234663852886e38;
const SMALLEST = 2 ** -149;

type Exact = (x: Float64Array) => ArrayLike<number>;
const each =
  (f: (x: number) => number): Exact =>
  (x) =>
    x.map(f);
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** A function with its exact values, the largest errors it may have, and where: [from, to] of one sign. */
interface Claim {
  readonly name: keyof typeof unaryMath;
  readonly exact: Exact;
  readonly ulp: number;
  readonly relative: number;
  readonly ranges: readonly (readonly [number, number])[];
}

const claims: readonly Claim[] = [
  // Above -86.98 the result is a normal number that is not flushed to zero.
  {
    name: 'exp',
    exact: each(Math.exp),
    ulp: 1.12,
    relative: 9.3e-8,
    ranges: [
      [1e-30, 88.7228394],
      [-1e-30, -86.98],
    ],
  },
  {
    name: 'expm1',
    exact: each(Math.expm1),
    ulp: 2,
    relative: 1.4e-7,
    ranges: [
      [1e-37, 88.7228394],
      [-1e-37, -LARGEST],
      [0.01, 2],
      [-0.01, -2],
    ],
  },
  {
    name: 'log',
    exact: each(Math.log),
    ulp: 0.9,
    relative: 8e-8,
    ranges: [
      [SMALLEST, LARGEST],
      [0.5, 2],
    ],
  },
  {
    name: 'log1p',
    exact: each(Math.log1p),
    ulp: 0.9,
    relative: 8e-8,
    ranges: [
      [1e-37, LARGEST],
      [-1e-37, -0.99999994],
    ],
  },
  {
    name: 'sigmoid',
    exact: each(sigmoid),
    ulp: 2.4,
    relative: 1.5e-7,
    ranges: [
      [1e-30, LARGEST],
      [-1e-30, -86.9],
      [0.1, 20],
      [-0.1, -20],
    ],
  },
  {
    name: 'tanh',
    exact: each(Math.tanh),
    ulp: 3.5,
    relative: 2.4e-7,
    ranges: [
      [1e-37, LARGEST],
      [-1e-37, -LARGEST],
      [0.01, 10],
    ],
  },
  {
    name: 'erf',
    exact: (x) => erf(tensor(x)).data,
    ulp: 3.4,
    relative: 2.4e-7,
    ranges: [
      [1e-37, LARGEST],
      [-1e-37, -LARGEST],
      [0.01, 5],
    ],
  },
  ...(['sin', 'cos'] as const).map((name): Claim => ({
    name,
    exact: each(Math[name]),
    ulp: 1.6,
    relative: 1.2e-7,
    ranges: [
      [1e-37, 10],
      [-1e-37, -100],
      [10, 1e4],
      [1e4, 4e8],
    ],
  })),
  {
    name: 'rsqrt',
    exact: each((x) => 1 / Math.sqrt(x)),
    ulp: 1.5,
    relative: 9e-8,
    ranges: [[SMALLEST, LARGEST]],
  },
];

/** x and the exact results of the reference loop, by name, where a formula has to know about them. */
const specials: Readonly<Record<keyof typeof unaryMath, readonly (readonly [number, number])[]>> = {
  exp: [
    [0, 1],
    [-0, 1],
    [Infinity, Infinity],
    [-Infinity, 0],
    [NaN, NaN],
    [88.73, Infinity],
    [-104, 0],
    [SMALLEST, 1],
  ],
  expm1: [
    [0, 0],
    [Infinity, Infinity],
    [-Infinity, -1],
    [NaN, NaN],
    [100, Infinity],
    [-100, -1],
  ],
  log: [
    [0, -Infinity],
    [-0, -Infinity],
    [1, 0],
    [-1, NaN],
    [-SMALLEST, NaN],
    [Infinity, Infinity],
    [-Infinity, NaN],
    [NaN, NaN],
  ],
  log1p: [
    [0, 0],
    [-1, -Infinity],
    [-2, NaN],
    [Infinity, Infinity],
    [-Infinity, NaN],
    [NaN, NaN],
  ],
  sigmoid: [
    [0, 0.5],
    [Infinity, 1],
    [-Infinity, 0],
    [NaN, NaN],
    [100, 1],
    [-100, 0],
  ],
  tanh: [
    [0, 0],
    [Infinity, 1],
    [-Infinity, -1],
    [NaN, NaN],
    [10, 1],
    [-20, -1],
  ],
  erf: [
    [0, 0],
    [Infinity, 1],
    [-Infinity, -1],
    [NaN, NaN],
    [4, 1],
    [-4, -1],
  ],
  sin: [
    [0, 0],
    [Infinity, NaN],
    [-Infinity, NaN],
    [NaN, NaN],
  ],
  cos: [
    [0, 1],
    [Infinity, NaN],
    [-Infinity, NaN],
    [NaN, NaN],
  ],
  rsqrt: [
    [0, Infinity],
    [4, 0.5],
    [-1, NaN],
    [Infinity, 0],
    [NaN, NaN],
  ],
};

const ODD_NUMBERS = [
  0,
  -0,
  1,
  -1,
  2,
  -2,
  0.5,
  -0.5,
  3,
  -3,
  Infinity,
  -Infinity,
  NaN,
  1e30,
  -1e30,
  1e-40,
  1.5,
  -1.5,
  7,
  -8,
  1e10,
  127,
  128,
  -149,
  -150,
];
const WHOLE_NUMBERS = [
  0,
  1,
  -1,
  2,
  -2,
  3,
  -3,
  7,
  -8,
  10,
  31,
  5,
  -5,
  2 ** 24,
  2 ** 31 - 1,
  -(2 ** 31),
];

function pairs(list: readonly number[]): [number[], number[]] {
  return [list.flatMap((a) => list.map(() => a)), list.flatMap(() => list)];
}

const floorMod = (x: number, y: number): number => {
  const rest = x % y;
  return rest !== 0 && rest < 0 !== y < 0 ? rest + y : rest;
};

describe.each(variants)('with relaxed SIMD: $relaxed', (features) => {
  for (const { name, exact, ulp, relative, ranges } of claims)
    test(`${name} is within ${ulp} ulp, relatively ${relative}`, () => {
      const apply = overArrays(1, features, unaryMath[name]);
      for (const [from, to] of ranges) {
        const x = samples(from, to, 300_001);
        const want = exact(Float64Array.from(x));
        const found = errors(
          apply(x),
          (i) => want[i] as number,
          (i) => x[i] as number,
        );
        expect(found.ulp, `${name} at ${found.ulpAt}`).toBeLessThanOrEqual(ulp);
        expect(found.relative, `${name} at ${found.relativeAt}`).toBeLessThanOrEqual(relative);
      }
    });

  test.each(Object.entries(specials))('%s is right at special values', (name, cases) => {
    const apply = overArrays(1, features, unaryMath[name as keyof typeof unaryMath]);
    const x = new Float32Array(cases.map(([at]) => at));
    expect([...apply(x)].map((y) => y + 0)).toEqual(cases.map(([, y]) => y));
  });

  test('sin and cos of huge numbers stay between -1 and 1', () => {
    const x = samples(4e8, LARGEST, 100_000);
    for (const name of ['sin', 'cos'] as const)
      expect(overArrays(1, features, unaryMath[name])(x).every((y) => Math.abs(y) <= 1)).toBe(true);
  });

  test('pow is within 0.51 ulp', () => {
    const x = samples(1e-9, 1e9, 300_001);
    // Exponents in an order that has nothing to do with the bases.
    const y = x.map((_, i) => ((i * 7919) % 1000) / 100 - 5);
    const z = overArrays(2, features, binaryMath.pow)(x, y);
    const found = errors(
      z,
      (i) => (x[i] as number) ** (y[i] as number),
      (i) => x[i] as number,
    );
    expect(found.ulp).toBeLessThanOrEqual(0.51);
  });

  test('pow has the special cases of Math.pow', () => {
    const [x, y] = pairs(ODD_NUMBERS).map((list) => new Float32Array(list));
    const z = overArrays(2, features, binaryMath.pow)(x as Float32Array, y as Float32Array);
    z.forEach((got, i) =>
      expect(got, `${x?.[i]} ** ${y?.[i]}`).toBe(
        Math.fround((x?.[i] as number) ** (y?.[i] as number)),
      ),
    );
  });

  test('mod is exact while the quotient is below 2^29', () => {
    const x = samples(1e-3, 1e6, 100_001).map((value, i) => (i % 2 === 0 ? value : -value));
    const y = x.map((_, i) => ((i * 7919) % 1000) / 100 - 5.003);
    const z = overArrays(2, features, binaryMath.mod)(x, y);
    z.forEach((got, i) => {
      const want = Math.fround(floorMod(x[i] as number, y[i] as number));
      if (got !== want) expect(got, `${x[i]} mod ${y[i]}`).toBe(want);
    });
  });

  test('mod has the special cases of the reference loop', () => {
    const [x, y] = pairs(ODD_NUMBERS.filter((n) => Math.abs(n) < 1e20 && Math.abs(n) !== 1e-40));
    const infinite = [Infinity, -Infinity, NaN];
    x.push(...infinite, 3, -3, 3, -3, 0);
    y.push(2, 2, 2, Infinity, Infinity, -Infinity, -Infinity, Infinity);
    const z = overArrays(2, features, binaryMath.mod)(new Float32Array(x), new Float32Array(y));
    z.forEach((got, i) =>
      expect(got + 0, `${x[i]} mod ${y[i]}`).toBe(
        Math.fround(floorMod(Math.fround(x[i] as number), Math.fround(y[i] as number))) + 0,
      ),
    );
  });

  test.each([
    ['pow', Math.pow],
    ['mod', floorMod],
  ] as const)('%s of whole numbers is exact', (name, exact) => {
    const [x, y] = pairs(WHOLE_NUMBERS).map((list) => new Int32Array(list));
    const z = new Int32Array(
      overArrays(2, features, binaryIntMath[name])(x as Int32Array, y as Int32Array).buffer,
    );
    z.forEach((got, i) => {
      const [a, b] = [x?.[i] as number, y?.[i] as number];
      const want = exact(a, b);
      // Beyond 2^53 the reference loop has lost the lowest bits; powers are taken modulo 2^32 there.
      if (Math.abs(want) < 2 ** 53 || a === 0 || Number.isNaN(want))
        expect(got, `${a} ${name} ${b}`).toBe(want | 0);
    });
  });

  test('mod of whole numbers takes powers of 2 apart', () => {
    const x = new Int32Array([0, 1, -1, 5, -5, 2 ** 31 - 1, -(2 ** 31), 12345]);
    const apply = overArrays(2, features, binaryIntMath.mod);
    for (const y of [1, 2, 2 ** 24, 2 ** 30, 3, -4]) {
      const z = new Int32Array(apply(x, new Int32Array(x.length).fill(y)).buffer);
      expect([...z]).toEqual([...x].map((n) => floorMod(n, y) | 0));
    }
  });

  test('powers of whole numbers wrap around like products', () => {
    const z = overArrays(
      2,
      features,
      binaryIntMath.pow,
    )(new Int32Array([3, 7, -5, 2]), new Int32Array([41, 31, 25, 40]));
    expect([...new Int32Array(z.buffer)]).toEqual(
      [3n ** 41n, 7n ** 31n, (-5n) ** 25n, 0n].map((n) => Number(BigInt.asIntN(32, n))),
    );
  });
});
