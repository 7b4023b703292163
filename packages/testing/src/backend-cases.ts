import * as ops from '@gradus/tensor';
import type { Shape, Tensor, Tree } from '@gradus/tensor';

/** A function of tensors that every backend must compute alike. */
export interface ProgramCase {
  readonly name: string;
  /** Shapes of the inputs for size n. */
  shapes(n: number): readonly Shape[];
  run(...inputs: readonly Tensor[]): Tree;
  /** Sizes it makes sense for. Default: all of 0, 1, odd and large. */
  readonly sizes?: readonly number[];
  /** Slopes are compared too. Default true. */
  readonly differentiable?: boolean;
}

const vector = (n: number): readonly Shape[] => [[n]];
const vectors = (n: number): readonly Shape[] => [[n], [n]];
const matrix = (n: number): readonly Shape[] => [[3, n]];

const unary = {
  exp: ops.exp,
  tanh: ops.tanh,
  sigmoid: ops.sigmoid,
  relu: ops.relu,
  neg: ops.neg,
  square: ops.square,
  abs: ops.abs,
  softplus: ops.softplus,
  gelu: ops.gelu,
  silu: ops.silu,
  erf: ops.erf,
  sin: ops.sin,
  cos: ops.cos,
};
const binary = {
  add: ops.add,
  sub: ops.sub,
  mul: ops.mul,
  maximum: ops.maximum,
  minimum: ops.minimum,
};

const elementwise: readonly ProgramCase[] = [
  ...Object.entries(unary).map(([name, fn]): ProgramCase => ({
    name,
    shapes: vector,
    run: (x) => fn(x as Tensor),
  })),
  ...Object.entries(binary).map(([name, fn]): ProgramCase => ({
    name,
    shapes: vectors,
    run: (x, y) => fn(x as Tensor, y as Tensor),
  })),
  { name: 'div', shapes: vectors, run: (x, y) => (x as Tensor).div((y as Tensor).square().add(1)) },
  {
    name: 'log of a positive number',
    shapes: vector,
    run: (x) => (x as Tensor).square().add(0.5).log(),
  },
  {
    name: 'where',
    shapes: vectors,
    run: (x, y) => ops.where((x as Tensor).greater(0), x as Tensor, y as Tensor),
  },
  {
    name: 'comparison',
    shapes: vectors,
    run: (x, y) => (x as Tensor).less(y as Tensor),
    differentiable: false,
  },
  {
    name: 'cast to int32',
    shapes: vector,
    run: (x) => (x as Tensor).mul(5).cast('int32'),
    differentiable: false,
  },
  {
    name: 'chain that can be fused',
    shapes: vectors,
    run: (x, y) =>
      (x as Tensor)
        .mul(y as Tensor)
        .add(1)
        .tanh()
        .mul(2)
        .sub(x as Tensor),
  },
];

const structural: readonly ProgramCase[] = [
  {
    name: 'broadcast a row',
    shapes: (n) => [[3, n], [n]],
    run: (x, y) => (x as Tensor).mul(y as Tensor),
  },
  {
    name: 'broadcast a column',
    shapes: (n) => [
      [3, n],
      [3, 1],
    ],
    run: (x, y) => (x as Tensor).add(y as Tensor),
  },
  { name: 'transpose', shapes: matrix, run: (x) => (x as Tensor).transpose() },
  {
    name: 'reshape',
    shapes: (n) => [[n, 4]],
    run: (x) => (x as Tensor).reshape([2, -1]),
    sizes: [2, 5, 33, 1000],
  },
  {
    name: 'concatenate',
    shapes: (n) => [
      [3, n],
      [3, 2],
    ],
    run: (x, y) => ops.concatenate([x as Tensor, y as Tensor], { axis: 1 }),
  },
  {
    name: 'slice',
    shapes: (n) => [[n]],
    run: (x) => ops.slice(x as Tensor, [1], [2]),
    sizes: [3, 33, 1025],
  },
  { name: 'flip', shapes: vector, run: (x) => ops.flip(x as Tensor), sizes: [1, 7, 1025] },
  {
    name: 'one input as two outputs',
    shapes: vector,
    run: (x) => [x as Tensor, (x as Tensor).add(1)],
  },
];

const reductions: readonly ProgramCase[] = [
  { name: 'sum of all', shapes: vector, run: (x) => (x as Tensor).sum() },
  { name: 'sum of rows', shapes: matrix, run: (x) => (x as Tensor).sum({ axis: 1 }) },
  {
    name: 'sum of columns',
    shapes: matrix,
    run: (x) => (x as Tensor).sum({ axis: 0, keepDims: true }),
  },
  {
    name: 'mean',
    shapes: matrix,
    run: (x) => (x as Tensor).mean({ axis: -1 }),
    sizes: [1, 7, 1025],
  },
  { name: 'max', shapes: matrix, run: (x) => (x as Tensor).max({ axis: -1 }), sizes: [1, 7, 1025] },
  {
    name: 'argMax',
    shapes: matrix,
    run: (x) => (x as Tensor).argMax({ axis: -1 }),
    sizes: [1, 7, 1025],
    differentiable: false,
  },
  {
    name: 'softmax',
    shapes: matrix,
    run: (x) => ops.softmax(x as Tensor, { axis: -1 }),
    sizes: [1, 7, 1025],
  },
  {
    name: 'cumsum',
    shapes: matrix,
    run: (x) => ops.cumsum(x as Tensor, { axis: 1 }),
    sizes: [1, 7, 129],
  },
];

const linear: readonly ProgramCase[] = [
  {
    name: 'matmul over a long inside',
    shapes: (n) => [
      [3, n],
      [n, 5],
    ],
    run: (x, y) => (x as Tensor).matmul(y as Tensor),
  },
  {
    name: 'matmul of many rows',
    shapes: (n) => [
      [n, 4],
      [4, 3],
    ],
    run: (x, y) => (x as Tensor).matmul(y as Tensor),
  },
  {
    name: 'dense layer',
    shapes: (n) => [[n, 4], [4, 3], [3]],
    run: (x, w, b) =>
      (x as Tensor)
        .matmul(w as Tensor)
        .add(b as Tensor)
        .relu(),
  },
  {
    name: 'conv2d',
    shapes: (n) => [
      [1, n, 5, 2],
      [3, 3, 2, 4],
    ],
    run: (x, k) => ops.conv2d(x as Tensor, k as Tensor, { padding: 'same' }),
    sizes: [1, 7, 33],
  },
  {
    name: 'maxPool',
    shapes: (n) => [[1, n, 4, 3]],
    run: (x) => ops.maxPool(x as Tensor, { poolSize: [2, 2], padding: 'same' }),
    sizes: [1, 7, 33],
  },
];

/** Small programs of every kind: elementwise, structural, reductions, matrix products and windows. */
export const programCases: readonly ProgramCase[] = [
  ...elementwise,
  ...structural,
  ...reductions,
  ...linear,
];
