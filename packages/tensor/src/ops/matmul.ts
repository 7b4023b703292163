import { promote } from '../dtype.js';
import { emit } from '../emit.js';
import { ShapeError } from '../errors.js';
import { matmul as primitive } from '../primitives/matmul.js';
import { formatShape } from '../shape.js';
import type { Tensor, TensorLike } from '../tensor.js';
import { toTensor } from './constant.js';
import { expandDims, reshape } from './layout.js';

/** Options of `matmul`. */
export interface MatmulOptions {
  /** Exchange the last two axes of x first. Costs nothing. Default false. */
  readonly transposeX?: boolean | undefined;
  /** Exchange the last two axes of y first. Costs nothing. Default false. */
  readonly transposeY?: boolean | undefined;
}

/** The primitive on tensors that fit already. Gradient rules use it. */
export function product(x: Tensor, y: Tensor, transposeX: boolean, transposeY: boolean): Tensor {
  return emit(primitive, [x, y], { transposeX, transposeY });
}

function operands(x: TensorLike, y: TensorLike): [Tensor, Tensor] {
  const [a, b] = [toTensor(x), toTensor(y)];
  const dtype = promote(promote(a.dtype, b.dtype), 'int32');
  return [a.cast(dtype), b.cast(dtype)];
}

/**
 * Matrix product of the last two axes: `[..., m, k]` times `[..., k, n]` is `[..., m, n]`. The axes before them
 * broadcast. As in NumPy, an x with one axis is a row and a y with one axis is a column, and that axis disappears.
 *
 * @throws ShapeError when the inner lengths differ.
 * @example
 * matmul(tensor([[1, 2]]), tensor([[3], [4]])).toArray(); // => [[11]]
 */
export function matmul(x: TensorLike, y: TensorLike, options: MatmulOptions = {}): Tensor {
  const [a, b] = operands(x, y);
  if (a.rank === 0 || b.rank === 0)
    throw new ShapeError('matmul/scalar', 'matmul: a scalar is not a matrix.', {
      got: `${formatShape(a.shape)} and ${formatShape(b.shape)}`,
      expected: 'at least one axis each',
      fix: 'use mul to multiply by a number',
    });
  if (a.rank === 1 || b.rank === 1) {
    const transposeX = a.rank > 1 && options.transposeX === true;
    const transposeY = b.rank > 1 && options.transposeY === true;
    const left = a.rank === 1 ? expandDims(a, 0) : a;
    const right = b.rank === 1 ? expandDims(b, 1) : b;
    const result = matmul(left, right, { transposeX, transposeY });
    const drop = [...(a.rank === 1 ? [-2] : []), ...(b.rank === 1 ? [-1] : [])].map(
      (axis) => axis + result.rank,
    );
    return reshape(
      result,
      result.shape.filter((_, axis) => !drop.includes(axis)),
    );
  }
  const transposeX = options.transposeX === true;
  const transposeY = options.transposeY === true;
  const inner = a.shape.at(-1) as number;
  // One matrix for all batches: one large product instead of many small ones, and the gradient of y needs no batch sum.
  if (
    a.rank > 2 &&
    b.rank === 2 &&
    !transposeX &&
    a.size > 0 &&
    inner === b.shape[transposeY ? 1 : 0]
  ) {
    const flat = product(reshape(a, [-1, inner]), b, false, transposeY);
    return reshape(flat, [...a.shape.slice(0, -1), flat.shape[1] as number]);
  }
  return product(a, b, transposeX, transposeY);
}

/**
 * NumPy's dot: the inner product of vectors, the product of matrices, and generally a sum over the last axis of x and
 * the second to last of y (no broadcasting: every row of x meets every column of y). A scalar multiplies.
 */
export function dot(x: TensorLike, y: TensorLike): Tensor {
  const [a, b] = operands(x, y);
  if (a.rank === 0 || b.rank === 0) return a.mul(b);
  if (b.rank <= 2) return matmul(a, b);
  // Bring the summed axis of y to the front: then it is one matrix.
  const rest = [...b.shape.slice(0, -2), b.shape.at(-1) as number];
  const order = [b.rank - 2, ...Array.from({ length: b.rank - 2 }, (_, i) => i), b.rank - 1];
  const matrix = reshape(b.transpose(order), [
    b.shape.at(-2) as number,
    rest.reduce((p, length) => p * length, 1),
  ]);
  return reshape(matmul(a, matrix), [...a.shape.slice(0, -1), ...rest]);
}
