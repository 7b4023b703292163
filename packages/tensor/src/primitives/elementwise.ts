import type { DType, TypedArray } from '../dtype.js';
import { isFloat } from '../dtype.js';
import { DTypeError } from '../errors.js';
import * as ops from '../ops/elementwise.js';
import type { Kernel, KernelCall, Primitive, TensorType } from '../primitive.js';
import { broadcastShapes, broadcastStrides, sameShape, sizeOf } from '../shape.js';
import type { Shape } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { erf } from './erf.js';

type Unary = (x: number) => number;
type Binary = (x: number, y: number) => number;

/** `(g, x, y) => gradient of x`, where y is the result and g its gradient. */
type UnaryRule = (g: Tensor, x: Tensor, y: Tensor) => Tensor;
/** `(g, a, b, y) => gradients of a and b`. */
type BinaryRule = (g: Tensor, a: Tensor, b: Tensor, y: Tensor) => readonly [Tensor, Tensor];

/** What numbers an operation is defined for. */
type Domain = 'float' | 'number' | 'bool' | 'any';

function checkDomain(name: string, dtype: DType, domain: Domain): void {
  const fits =
    domain === 'any' ||
    (domain === 'float' && isFloat(dtype)) ||
    (domain === 'number' && dtype !== 'bool') ||
    (domain === 'bool' && dtype === 'bool');
  if (fits) return;
  const expected = {
    float: 'float32 or float64',
    number: 'float32, float64 or int32',
    bool: 'bool',
    any: '',
  }[domain];
  throw new DTypeError('op/dtype', `${name} is not defined for ${dtype}.`, {
    got: dtype,
    expected,
    fix: `use cast(x, '${domain === 'bool' ? 'bool' : 'float32'}') first`,
  });
}

function unaryKernel(f: Unary): Kernel {
  return ([x], [y]) => {
    const from = x as TypedArray;
    const to = y as TypedArray;
    for (let i = 0; i < to.length; i++) to[i] = f(from[i] as number);
  };
}

function unary(
  name: string,
  domain: Domain,
  f: Unary,
  rule: UnaryRule | null,
): Primitive<undefined> {
  return {
    name,
    traits: {
      kind: 'elementwise',
      ...(rule === null && { constant: true }),
      ...(name === 'neg' && { linear: true }),
    },
    infer: ([x]) => {
      const { shape, dtype } = x as TensorType;
      checkDomain(name, dtype, domain);
      return [{ shape, dtype }];
    },
    vjp: ({ gradients: [g], inputs: [x], outputs: [y] }) =>
      rule === null ? [] : [rule(g as Tensor, x as Tensor, y as Tensor)],
    reference: () => unaryKernel(f),
  };
}

/**
 * Visits the elements of a broadcast result in rows along its last axis, without allocating while it runs:
 * `row(out, offsets, count)` gets the flat start in the result and in each operand.
 */
export function broadcastRows(
  shapes: readonly Shape[],
  target: Shape,
): {
  run(row: (out: number, offsets: readonly number[], count: number) => void): void;
  readonly steps: readonly number[];
} {
  const strides = shapes.map((shape) => broadcastStrides(shape, target));
  const last = target.length - 1;
  const count = target[last] ?? 1;
  const rows = sizeOf(target) / (count || 1);
  const index = new Int32Array(Math.max(last, 0));
  const offsets = new Array<number>(shapes.length).fill(0);
  return {
    steps: strides.map((stride) => stride[last] ?? 0),
    run(row) {
      if (count === 0) return;
      index.fill(0);
      offsets.fill(0);
      for (let r = 0; r < rows; r++) {
        row(r * count, offsets, count);
        for (let axis = last - 1; axis >= 0; axis--) {
          const length = target[axis] as number;
          const at = ((index[axis] as number) += 1);
          for (let k = 0; k < offsets.length; k++)
            (offsets[k] as number) += (strides[k] as number[])[axis] as number;
          if (at < length) break;
          index[axis] = 0;
          for (let k = 0; k < offsets.length; k++)
            (offsets[k] as number) -= length * ((strides[k] as number[])[axis] as number);
        }
      }
    },
  };
}

function binaryKernel(f: Binary, { inputs, outputs }: KernelCall<undefined>): Kernel {
  const [a, b] = inputs as readonly [TensorType, TensorType];
  const target = (outputs[0] as TensorType).shape;
  if (sameShape(a.shape, target) && sameShape(b.shape, target))
    return ([x, y], [z]) => {
      const left = x as TypedArray;
      const right = y as TypedArray;
      const to = z as TypedArray;
      for (let i = 0; i < to.length; i++) to[i] = f(left[i] as number, right[i] as number);
    };
  const rows = broadcastRows([a.shape, b.shape], target);
  const [stepA, stepB] = rows.steps as readonly [number, number];
  return ([x, y], [z]) => {
    const left = x as TypedArray;
    const right = y as TypedArray;
    const to = z as TypedArray;
    rows.run((out, offsets, count) => {
      const [i, j] = offsets as readonly [number, number];
      for (let k = 0; k < count; k++)
        to[out + k] = f(left[i + k * stepA] as number, right[j + k * stepB] as number);
    });
  };
}

function binary(
  name: string,
  domain: Domain,
  f: Binary,
  rule: BinaryRule | null,
  result: 'same' | 'bool' = 'same',
): Primitive<undefined> {
  return {
    name,
    traits: { kind: 'elementwise', ...(rule === null && { constant: true }) },
    infer: (inputs) => {
      const [a, b] = inputs as readonly [TensorType, TensorType];
      checkDomain(name, a.dtype, domain);
      return [
        {
          shape: broadcastShapes(name, a.shape, b.shape),
          dtype: result === 'bool' ? 'bool' : a.dtype,
        },
      ];
    },
    vjp: ({ gradients: [g], inputs: [a, b], outputs: [y] }) =>
      rule === null ? [] : rule(g as Tensor, a as Tensor, b as Tensor, y as Tensor),
    reference: (call) => binaryKernel(f, call),
  };
}

/** 2 / sqrt(pi), the slope of erf at 0. */
const ERF_SLOPE = 1.1283791670955126;

// Rounds half to even, as NumPy and Keras do: Math.round would send 2.5 to 3.
function roundHalfEven(x: number): number {
  const down = Math.floor(x);
  const rest = x - down;
  if (rest !== 0.5) return rest < 0.5 ? down : down + 1;
  return down % 2 === 0 ? down : down + 1;
}

/** Names of the functions of one number. Backends' tables are typed by it, so that a forgotten row does not compile. */
export type UnaryName =
  | 'neg'
  | 'abs'
  | 'sign'
  | 'exp'
  | 'expm1'
  | 'log'
  | 'log1p'
  | 'sqrt'
  | 'rsqrt'
  | 'sin'
  | 'cos'
  | 'tanh'
  | 'sigmoid'
  | 'erf'
  | 'floor'
  | 'ceil'
  | 'round'
  | 'not';

export const unaryPrimitives: Readonly<Record<UnaryName, Primitive<undefined>>> = {
  neg: unary(
    'neg',
    'number',
    (x) => -x,
    (g) => g.neg(),
  ),
  abs: unary('abs', 'number', Math.abs, (g, x) => g.mul(x.sign())),
  sign: unary('sign', 'number', Math.sign, null),
  exp: unary('exp', 'float', Math.exp, (g, _x, y) => g.mul(y)),
  expm1: unary('expm1', 'float', Math.expm1, (g, _x, y) => g.mul(y.add(1))),
  log: unary('log', 'float', Math.log, (g, x) => g.div(x)),
  log1p: unary('log1p', 'float', Math.log1p, (g, x) => g.div(x.add(1))),
  sqrt: unary('sqrt', 'float', Math.sqrt, (g, _x, y) => g.mul(0.5).div(y)),
  rsqrt: unary(
    'rsqrt',
    'float',
    (x) => 1 / Math.sqrt(x),
    (g, x, y) => g.mul(-0.5).mul(y).div(x),
  ),
  sin: unary('sin', 'float', Math.sin, (g, x) => g.mul(ops.cos(x))),
  cos: unary('cos', 'float', Math.cos, (g, x) => g.neg().mul(ops.sin(x))),
  tanh: unary('tanh', 'float', Math.tanh, (g, _x, y) => g.mul(ops.sub(1, y.mul(y)))),
  // A primitive, not 1 / (1 + exp(-x)) composed: that one's gradient is infinity / infinity for large -x.
  sigmoid: unary(
    'sigmoid',
    'float',
    (x) => 1 / (1 + Math.exp(-x)),
    (g, _x, y) => g.mul(y).mul(ops.sub(1, y)),
  ),
  erf: unary('erf', 'float', erf, (g, x) => g.mul(ops.exp(x.mul(x).neg())).mul(ERF_SLOPE)),
  floor: unary('floor', 'number', Math.floor, null),
  ceil: unary('ceil', 'number', Math.ceil, null),
  round: unary('round', 'number', roundHalfEven, null),
  not: unary('not', 'bool', (x) => 1 - x, null),
};

/** Half the gradient to each side of a tie, so that maximum(x, x) has the gradient of x. */
function share(g: Tensor, mine: Tensor, other: Tensor, better: 'greater' | 'less'): Tensor {
  const wins = mine[better](other).cast(g.dtype);
  const ties = mine.equal(other).cast(g.dtype);
  return g.mul(wins.add(ties.mul(0.5)));
}

// Python's modulo: the result has the sign of the divisor.
const floorMod: Binary = (x, y) => {
  const rest = x % y;
  return rest !== 0 && rest < 0 !== y < 0 ? rest + y : rest;
};

/** Names of the functions of two numbers. */
export type BinaryName =
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'pow'
  | 'maximum'
  | 'minimum'
  | 'mod'
  | 'equal'
  | 'notEqual'
  | 'less'
  | 'lessEqual'
  | 'greater'
  | 'greaterEqual'
  | 'and'
  | 'or';

export const binaryPrimitives: Readonly<Record<BinaryName, Primitive<undefined>>> = {
  add: binary(
    'add',
    'number',
    (a, b) => a + b,
    (g) => [g, g],
  ),
  sub: binary(
    'sub',
    'number',
    (a, b) => a - b,
    (g) => [g, g.neg()],
  ),
  mul: binary(
    'mul',
    'number',
    (a, b) => a * b,
    (g, a, b) => [g.mul(b), g.mul(a)],
  ),
  div: binary(
    'div',
    'float',
    (a, b) => a / b,
    (g, _a, b, y) => [g.div(b), g.neg().mul(y).div(b)],
  ),
  pow: binary('pow', 'number', Math.pow, (g, a, b, y) => [
    // At b = 0 the power is constant; a ** (b - 1) would be infinite at a = 0 and spoil the product.
    ops.where(b.equal(0), 0, g.mul(b).mul(a.pow(ops.where(b.equal(0), 1, b.sub(1))))),
    // d/db a**b = a**b log a, which tends to 0 with a.
    ops.where(a.greater(0), g.mul(y).mul(ops.log(ops.where(a.greater(0), a, 1))), 0),
  ]),
  maximum: binary('maximum', 'number', Math.max, (g, a, b) => [
    share(g, a, b, 'greater'),
    share(g, b, a, 'greater'),
  ]),
  minimum: binary('minimum', 'number', Math.min, (g, a, b) => [
    share(g, a, b, 'less'),
    share(g, b, a, 'less'),
  ]),
  mod: binary('mod', 'number', floorMod, (g, a, b) => [g, g.neg().mul(ops.floor(a.div(b)))]),
  equal: binary('equal', 'any', (a, b) => Number(a === b), null, 'bool'),
  notEqual: binary('notEqual', 'any', (a, b) => Number(a !== b), null, 'bool'),
  less: binary('less', 'any', (a, b) => Number(a < b), null, 'bool'),
  lessEqual: binary('lessEqual', 'any', (a, b) => Number(a <= b), null, 'bool'),
  greater: binary('greater', 'any', (a, b) => Number(a > b), null, 'bool'),
  greaterEqual: binary('greaterEqual', 'any', (a, b) => Number(a >= b), null, 'bool'),
  and: binary('and', 'bool', (a, b) => a & b, null),
  or: binary('or', 'bool', (a, b) => a | b, null),
};

/** `condition ? a : b`, element by element. */
export const select: Primitive<undefined> = {
  name: 'select',
  traits: { kind: 'elementwise' },
  infer: (inputs) => {
    const [condition, a, b] = inputs as readonly [TensorType, TensorType, TensorType];
    checkDomain('select', condition.dtype, 'bool');
    return [
      { shape: broadcastShapes('select', condition.shape, a.shape, b.shape), dtype: a.dtype },
    ];
  },
  vjp: ({ gradients: [g], inputs: [condition] }) => [
    undefined,
    ops.where(condition as Tensor, g as Tensor, 0),
    ops.where(condition as Tensor, 0, g as Tensor),
  ],
  reference: ({ inputs, outputs }) => {
    const rows = broadcastRows(
      inputs.map((input) => input.shape),
      (outputs[0] as TensorType).shape,
    );
    const [stepC, stepA, stepB] = rows.steps as readonly [number, number, number];
    return ([condition, a, b], [y]) => {
      const c = condition as TypedArray;
      const yes = a as TypedArray;
      const no = b as TypedArray;
      const to = y as TypedArray;
      rows.run((out, offsets, count) => {
        const [i, j, l] = offsets as readonly [number, number, number];
        for (let k = 0; k < count; k++)
          to[out + k] = (c[i + k * stepC] !== 0 ? yes[j + k * stepA] : no[l + k * stepB]) as number;
      });
    };
  },
};

// The array that it is written to truncates, and takes NaN for 0.
const nearestInt32: Unary = (x) => Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, x));

/** Another dtype. Floats to ints truncate, those beyond become the largest or smallest, NaN 0; anything but 0 is true. */
export const cast: Primitive<{ readonly dtype: DType }> = {
  name: 'cast',
  traits: { kind: 'elementwise' },
  infer: ([x], { dtype }) => [{ shape: (x as TensorType).shape, dtype }],
  vjp: ({ inputs: [x], gradients: [g], params }) =>
    isFloat((x as Tensor).dtype) && isFloat(params.dtype)
      ? [(g as Tensor).cast((x as Tensor).dtype)]
      : [],
  reference: ({ params: { dtype } }) => {
    if (dtype === 'bool') return unaryKernel((x) => (x === 0 ? 0 : 1));
    return unaryKernel(dtype === 'int32' ? nearestInt32 : (x) => x);
  },
};
