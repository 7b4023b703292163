import { allocate } from '../dtype.js';
import type { TypedArray } from '../dtype.js';
import { DTypeError, ValueError } from '../errors.js';
import { broadcastTo, flip, pad, reshape, slice, transpose } from '../ops/layout.js';
import { sum as sumOf } from '../ops/reduce.js';
import { noGradient } from '../primitive.js';
import type { Kernel, KernelCall, Primitive, TensorType } from '../primitive.js';
import { formatShape, sizeOf, stridesOf } from '../shape.js';
import type { Shape } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { walk } from './strided.js';

/** The axes that disappear: sorted, from 0 to rank - 1. */
export interface ReduceParams {
  readonly axes: readonly number[];
}

/** The one axis that is searched. */
export interface ArgParams {
  readonly axis: number;
}

function without(shape: Shape, axes: readonly number[]): number[] {
  return shape.filter((_, axis) => !axes.includes(axis));
}

function keeping(shape: Shape, axes: readonly number[]): number[] {
  return shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
}

function checkNumber(name: string, { dtype }: TensorType): void {
  if (dtype === 'bool')
    throw new DTypeError('op/dtype', `${name} is not defined for bool.`, {
      got: dtype,
      expected: 'float32, float64 or int32',
      fix: "use cast(x, 'int32') first",
    });
}

function checkNotEmpty(name: string, shape: Shape, axes: readonly number[]): void {
  if (axes.some((axis) => shape[axis] === 0))
    throw new ValueError('reduce/empty', `${name} of no elements does not exist.`, {
      got: `shape ${formatShape(shape)}, reduced over axes [${axes.join(', ')}]`,
      expected: 'at least one element along every reduced axis',
    });
}

/** Strides of the result along the axes of the input: 0 where the axis disappears, so that its elements meet. */
function meetingStrides(shape: Shape, axes: readonly number[]): number[] {
  const strides = stridesOf(keeping(shape, axes));
  return shape.map((_, axis) => (axes.includes(axis) ? 0 : (strides[axis] as number)));
}

type Combine = (accumulated: number, next: number) => number;

function reduceKernel(
  initial: number,
  combine: Combine | 'sum',
  call: KernelCall<ReduceParams>,
): Kernel {
  const { shape } = call.inputs[0] as TensorType;
  const output = call.outputs[0] as TensorType;
  const path = walk(
    shape,
    { base: 0, strides: stridesOf(shape) },
    { base: 0, strides: meetingStrides(shape, call.params.axes) },
  );
  const { stepA, stepB } = path;
  // Long float32 sums lose digits when each step is rounded to float32; the accumulator is wider than the result.
  const accumulator = allocate('float64', sizeOf(output.shape));
  let from: TypedArray;
  const sumRow = (a: number, b: number, count: number): void => {
    if (stepB === 0) {
      let total = 0;
      for (let k = 0; k < count; k++) total += from[a + k * stepA] as number;
      (accumulator[b] as number) += total;
    } else
      for (let k = 0; k < count; k++)
        (accumulator[b + k * stepB] as number) += from[a + k * stepA] as number;
  };
  const combineRow = (f: Combine) => (a: number, b: number, count: number) => {
    for (let k = 0; k < count; k++) {
      const at = b + k * stepB;
      accumulator[at] = f(accumulator[at] as number, from[a + k * stepA] as number);
    }
  };
  const row = combine === 'sum' ? sumRow : combineRow(combine);
  return ([x], [y]) => {
    from = x as TypedArray;
    accumulator.fill(initial);
    path.run(row);
    (y as TypedArray).set(accumulator);
  };
}

interface ReduceRule {
  readonly initial: number;
  readonly combine: Combine | 'sum';
  readonly linear?: boolean;
  /** Whether the reduction of no elements is `initial`. */
  readonly emptyAllowed: boolean;
  gradient(g: Tensor, x: Tensor, y: Tensor, axes: readonly number[]): Tensor;
}

function reduction(name: string, rule: ReduceRule): Primitive<ReduceParams> {
  return {
    name,
    traits: { kind: 'reduce', ...(rule.linear === true && { linear: true }) },
    infer: ([input], { axes }) => {
      const x = input as TensorType;
      checkNumber(name, x);
      if (!rule.emptyAllowed) checkNotEmpty(name, x.shape, axes);
      return [{ shape: without(x.shape, axes), dtype: x.dtype }];
    },
    vjp: ({ gradients: [g], inputs: [x], outputs: [y], params }) => [
      rule.gradient(g as Tensor, x as Tensor, y as Tensor, params.axes),
    ],
    reference: (call) => reduceKernel(rule.initial, rule.combine, call),
  };
}

/** Gradient of max and min: elements that tie for the extreme share it equally. */
function extremeGradient(g: Tensor, x: Tensor, y: Tensor, axes: readonly number[]): Tensor {
  const kept = keeping(x.shape, axes);
  const wins = x.equal(reshape(y, kept)).cast(g.dtype);
  return wins.mul(reshape(g, kept).div(sumOf(wins, { axis: axes, keepDims: true })));
}

/**
 * Gradient of a product: for each factor, the product of all the others. Dividing by the factor would fail at 0, so
 * the factors are multiplied in pairs, pairs of pairs, ... (a binary tree), and the gradient walks down the tree:
 * a child receives the gradient of its parent times its sibling. Linear work, and differentiable at zeros, too.
 */
function productGradient(g: Tensor, x: Tensor, _y: Tensor, axes: readonly number[]): Tensor {
  const kept = without(
    x.shape.map((_, axis) => axis),
    axes,
  );
  const order = [...kept, ...axes];
  const rows = sizeOf(without(x.shape, axes));
  const factors = axes.reduce((product, axis) => product * (x.shape[axis] as number), 1);
  const width = 2 ** Math.ceil(Math.log2(Math.max(factors, 1)));
  const flat = reshape(transpose(x, order), [rows, factors]);
  const levels = [
    pad(
      flat,
      [
        [0, 0],
        [0, width - factors],
      ],
      { value: 1 },
    ),
  ];
  for (let length = width / 2; length >= 1; length /= 2) {
    const below = levels.at(-1) as Tensor;
    const half = [rows, length];
    const left = slice(below, [0, 0], half, [1, 2]);
    // The last left leaf has its sibling one step to the right.
    const right = slice(below, [0, 1], half, [1, 2]);
    levels.push(left.mul(right));
  }
  let gradient = reshape(g, [rows, 1]);
  for (let level = levels.length - 2; level >= 0; level--) {
    const nodes = levels[level] as Tensor;
    const pairs = [rows, (nodes.shape[1] as number) / 2, 2];
    const siblings = flip(reshape(nodes, pairs), { axis: 2 });
    gradient = reshape(siblings.mul(reshape(gradient, [rows, pairs[1] as number, 1])), nodes.shape);
  }
  const trimmed = reshape(
    slice(gradient, [0, 0], [rows, factors]),
    order.map((axis) => x.shape[axis] as number),
  );
  return transpose(
    trimmed,
    order.map((_, axis) => order.indexOf(axis)),
  );
}

function search(
  name: string,
  better: (next: number, best: number) => boolean,
): Primitive<ArgParams> {
  return {
    name,
    traits: { kind: 'reduce', constant: true },
    infer: ([x], { axis }) => {
      const { shape } = x as TensorType;
      checkNotEmpty(name, shape, [axis]);
      return [{ shape: without(shape, [axis]), dtype: 'int32' }];
    },
    vjp: noGradient,
    reference: ({ inputs: [x], params: { axis } }) => {
      const { shape } = x as TensorType;
      const outer = sizeOf(shape.slice(0, axis));
      const length = shape[axis] as number;
      const inner = sizeOf(shape.slice(axis + 1));
      return ([input], [output]) => {
        const from = input as TypedArray;
        const to = output as TypedArray;
        for (let o = 0; o < outer; o++)
          for (let i = 0; i < inner; i++) {
            const start = o * length * inner + i;
            let best = from[start] as number;
            let at = 0;
            for (let k = 1; k < length && !Number.isNaN(best); k++) {
              const next = from[start + k * inner] as number;
              if (better(next, best) || Number.isNaN(next)) {
                best = next;
                at = k;
              }
            }
            to[o * inner + i] = at;
          }
      };
    },
  };
}

/** Sum over axes; adjoint of `broadcast`. */
export const sum: Primitive<ReduceParams> = reduction('sum', {
  initial: 0,
  combine: 'sum',
  linear: true,
  emptyAllowed: true,
  gradient: (g, x, _y, axes) => broadcastTo(reshape(g, keeping(x.shape, axes)), x.shape),
});

/** Product over axes. */
export const prod: Primitive<ReduceParams> = reduction('prod', {
  initial: 1,
  combine: (a, b) => a * b,
  emptyAllowed: true,
  gradient: productGradient,
});

/** Largest element over axes; a NaN wins. */
export const max: Primitive<ReduceParams> = reduction('max', {
  initial: -Infinity,
  combine: Math.max,
  emptyAllowed: false,
  gradient: extremeGradient,
});

/** Smallest element over axes; a NaN wins. */
export const min: Primitive<ReduceParams> = reduction('min', {
  initial: Infinity,
  combine: Math.min,
  emptyAllowed: false,
  gradient: extremeGradient,
});

/** Position of the largest element along an axis; the first of equals, and a NaN wins. */
export const argMax: Primitive<ArgParams> = search('argMax', (next, best) => next > best);

/** Position of the smallest element along an axis; the first of equals, and a NaN wins. */
export const argMin: Primitive<ArgParams> = search('argMin', (next, best) => next < best);

export const reducePrimitives: {
  readonly sum: Primitive<ReduceParams>;
  readonly prod: Primitive<ReduceParams>;
  readonly max: Primitive<ReduceParams>;
  readonly min: Primitive<ReduceParams>;
  readonly argMax: Primitive<ArgParams>;
  readonly argMin: Primitive<ArgParams>;
} = { sum, prod, max, min, argMax, argMin };
