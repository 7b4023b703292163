import { describe, expect, test } from 'vitest';
import { grad, tensor } from '../index.js';
import type { Tensor } from '../index.js';
import { emit } from '../emit.js';
import type { Primitive } from '../primitive.js';
import { binaryPrimitives, cast, select, unaryPrimitives } from './elementwise.js';
import type { BinaryName, UnaryName } from './elementwise.js';
import { erf } from './erf.js';
import { allPrimitives } from './index.js';

const float64 = { dtype: 'float64' } as const;
const anywhere = [-2.3, -0.7, -0.1, 0.2, 0.9, 3.1];
const positive = [0.1, 0.5, 0.9, 1.7, 4.2, 9.3];

/** Points where each function is defined and smooth. The type makes a forgotten function a compile error. */
const unaryPoints: Record<UnaryName, readonly number[]> = {
  neg: anywhere,
  abs: anywhere,
  sign: anywhere,
  exp: anywhere,
  expm1: anywhere,
  sin: anywhere,
  cos: anywhere,
  tanh: anywhere,
  sigmoid: anywhere,
  erf: anywhere,
  floor: anywhere,
  ceil: anywhere,
  round: anywhere,
  log: positive,
  log1p: positive,
  sqrt: positive,
  rsqrt: positive,
  not: [0, 1, 1, 0, 1, 0],
};

const apply = (primitive: Primitive<undefined>, ...inputs: Tensor[]): Tensor =>
  emit(primitive, inputs, undefined);

/** Central differences of the sum of `f`, for each element of `at`. */
function differences(f: (x: Tensor) => Tensor, at: Tensor): number[] {
  const step = 1e-6;
  return Array.from({ length: at.size }, (_, i) => {
    const moved = (by: number): Tensor => {
      const data = Float64Array.from(at.data);
      data[i] = (data[i] as number) + by;
      return tensor(data, { shape: at.shape });
    };
    return (f(moved(step)).sum().item() - f(moved(-step)).sum().item()) / (2 * step);
  });
}

function expectGradient(f: (x: Tensor) => Tensor, at: Tensor): void {
  const found = grad((x: Tensor) => f(x).sum())(at).data;
  differences(f, at).forEach((wanted, i) => expect(found[i]).toBeCloseTo(wanted, 6));
}

describe.each(Object.keys(unaryPoints) as UnaryName[])('%s', (name) => {
  const primitive = unaryPrimitives[name];
  const dtype = name === 'not' ? 'bool' : 'float64';

  test('keeps shape and dtype, at sizes 0, 1 and odd', () => {
    for (const shape of [[0], [], [1], [2, 0, 3], [7], [3, 5]]) {
      const size = shape.reduce((a, b) => a * b, 1);
      const values = Array.from({ length: size }, (_, i) => unaryPoints[name][i % 6] as number);
      const y = apply(primitive, tensor(Float64Array.from(values), { shape, dtype }));
      expect([y.shape, y.dtype, y.data.length]).toEqual([shape, dtype, size]);
    }
  });

  test.runIf(primitive.traits.constant !== true)('has the gradient of central differences', () => {
    expectGradient((x) => apply(primitive, x), tensor(unaryPoints[name] as number[], float64));
  });

  test.runIf(primitive.traits.constant !== true)('has the second derivative too', () => {
    const first = (x: Tensor): Tensor => grad((v: Tensor) => apply(primitive, v).sum())(x);
    expectGradient(first, tensor(unaryPoints[name] as number[], float64));
  });
});

const smooth: readonly BinaryName[] = [
  'add',
  'sub',
  'mul',
  'div',
  'pow',
  'maximum',
  'minimum',
  'mod',
];

describe.each(Object.keys(binaryPrimitives) as BinaryName[])('%s', (name) => {
  const primitive = binaryPrimitives[name];
  const logical = name === 'and' || name === 'or';
  const dtype = logical ? 'bool' : 'float64';
  const a = tensor(
    [
      [1.3, 2.7, 0.4],
      [2.1, 0.6, 3.9],
    ],
    { dtype },
  );
  const row = tensor([[0.8, 1.9, 2.3]], { dtype });
  const column = tensor([[1.1], [2.9]], { dtype });

  test('broadcasts as NumPy does', () => {
    const out = apply(primitive, column, row);
    expect(out.shape).toEqual([2, 3]);
    for (let i = 0; i < 2; i++)
      for (let j = 0; j < 3; j++) {
        const one = apply(primitive, column.slice([i, 0], [1, 1]), row.slice([0, j], [1, 1]));
        expect(out.data[i * 3 + j]).toBe(one.data[0]);
      }
    expect(
      apply(primitive, tensor(new Float64Array(0), { shape: [0, 3], dtype }), row).shape,
    ).toEqual([0, 3]);
  });

  test.runIf(smooth.includes(name))(
    'has gradients of central differences, summed over what was broadcast',
    () => {
      expectGradient((x) => apply(primitive, x, row), a);
      expectGradient((x) => apply(primitive, a, x), row);
      expectGradient((x) => apply(primitive, x, a), column);
    },
  );
});

describe('select and cast', () => {
  test('select takes the gradient of the chosen side only', () => {
    const condition = tensor([true, false, true]);
    const pick = (x: Tensor, y: Tensor): Tensor => emit(select, [condition, x, y], undefined);
    const [x, y] = [tensor([1, 2, 3], float64), tensor([4, 5, 6], float64)];
    expect(pick(x, y).toArray()).toEqual([1, 5, 3]);
    expectGradient((v) => pick(v, y), x);
    expectGradient((v) => pick(x, v), y);
  });

  test('cast truncates, and its gradient is cast back', () => {
    expect(emit(cast, [tensor([1.9, -1.9, 0])], { dtype: 'int32' }).toArray()).toEqual([1, -1, 0]);
    expect(emit(cast, [tensor([0.5, 0, NaN])], { dtype: 'bool' }).toArray()).toEqual([
      true,
      false,
      true,
    ]);
    const g = grad((x: Tensor) => x.cast('float64').mul(2).sum())(tensor([1]));
    expect([g.dtype, g.toArray()]).toEqual(['float32', [2]]);
  });
});

test('at a tie maximum and minimum share the gradient, so that maximum(x, x) has the gradient of x', () => {
  expect(grad((x: Tensor) => x.maximum(x).sum())(tensor([2])).toArray()).toEqual([1]);
  expect(grad((x: Tensor) => x.maximum(2).sum())(tensor([2])).toArray()).toEqual([0.5]);
});

test('pow has finite gradients at zero', () => {
  expect(grad((x: Tensor) => x.pow(2).sum())(tensor([0, 3])).toArray()).toEqual([0, 6]);
  expect(grad((x: Tensor) => x.pow(0).sum())(tensor([0])).toArray()).toEqual([0]);
});

test('sigmoid neither overflows nor loses its gradient: finite from -1e4 to 1e4', () => {
  const x = tensor([-1e4, -100, 100, 1e4]);
  expect(
    [...x.sigmoid().data, ...grad((v: Tensor) => v.sigmoid().sum())(x).data].every(Number.isFinite),
  ).toBe(true);
});

test('erf has absolute error below 1e-14', () => {
  const known: [number, number][] = [
    [0, 0],
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [2, 0.9953222650189527],
    [2.5, 0.999593047982555],
    [3, 0.9999779095030014],
    [-1, -0.8427007929497149],
  ];
  for (const [x, y] of known) expect(Math.abs(erf(x) - y)).toBeLessThan(1e-14);
});

test('every primitive has a name of its own', () => {
  const names = allPrimitives.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

test('errors name the operation, the shapes or the dtype, and a fix', () => {
  expect(() => tensor([1, 2]).add(tensor([1, 2, 3]))).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [op/broadcast] add: the shapes do not broadcast together.
      got       [2] and [3]
      expected  for each axis, counted from the last: equal lengths, or a 1
      fix       reshape or transpose one operand, or use expandDims to add an axis of length 1]
  `);
  expect(() => apply(unaryPrimitives.exp, tensor([1], { dtype: 'int32' })))
    .toThrowErrorMatchingInlineSnapshot(`
    [DTypeError: [op/dtype] exp is not defined for int32.
      got       int32
      expected  float32 or float64
      fix       use cast(x, 'float32') first]
  `);
});
