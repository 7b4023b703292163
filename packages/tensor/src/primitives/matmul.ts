import type { TypedArray } from '../dtype.js';
import { DTypeError, ShapeError } from '../errors.js';
import { product } from '../ops/matmul.js';
import type { Kernel, KernelCall, Primitive, TensorType } from '../primitive.js';
import { broadcastShapes, broadcastStrides, formatShape, sizeOf } from '../shape.js';
import type { Shape } from '../shape.js';
import type { Tensor } from '../tensor.js';

/** Whether the last two axes of an operand are read in exchanged order. */
export interface MatmulParams {
  readonly transposeX: boolean;
  readonly transposeY: boolean;
}

/** Rows and columns of an operand as it enters the product. */
function extent(shape: Shape, transposed: boolean): readonly [number, number] {
  const [a, b] = shape.slice(-2) as [number, number];
  return transposed ? [b, a] : [a, b];
}

const written = ({ shape }: TensorType, transposed: boolean): string =>
  `${formatShape(shape)}${transposed ? ' (transposed)' : ''}`;

type Loop = (
  x: TypedArray,
  y: TypedArray,
  z: TypedArray,
  atX: number,
  atY: number,
  atZ: number,
) => void;

/**
 * Rows of y times numbers of x, added up in a row that is wider than float32. The innermost loop runs along memory in
 * both arrays.
 */
function rowLoop(m: number, k: number, n: number, strideI: number, strideP: number): Loop {
  const row = new Float64Array(n);
  return (x, y, z, atX, atY, atZ) => {
    for (let i = 0; i < m; i++) {
      row.fill(0);
      for (let p = 0; p < k; p++) {
        const factor = x[atX + i * strideI + p * strideP] as number;
        const start = atY + p * n;
        for (let j = 0; j < n; j++) (row[j] as number) += factor * (y[start + j] as number);
      }
      z.set(row, atZ + i * n);
    }
  };
}

/** For a transposed y, whose rows are the columns of the product: inner products of a packed row of x with them. */
function dotLoop(m: number, k: number, n: number, strideI: number, strideP: number): Loop {
  const packed = new Float64Array(k);
  return (x, y, z, atX, atY, atZ) => {
    for (let i = 0; i < m; i++) {
      for (let p = 0; p < k; p++) packed[p] = x[atX + i * strideI + p * strideP] as number;
      for (let j = 0; j < n; j++) {
        const start = atY + j * k;
        let total = 0;
        for (let p = 0; p < k; p++) total += (packed[p] as number) * (y[start + p] as number);
        z[atZ + i * n + j] = total;
      }
    }
  };
}

/** Flat start of the matrix of an operand for each matrix of the result. */
function matrixOffsets(batch: Shape, target: Shape, matrix: number): Int32Array {
  const strides = broadcastStrides(batch, target);
  const offsets = new Int32Array(sizeOf(target));
  for (let flat = 0; flat < offsets.length; flat++) {
    let rest = flat;
    let at = 0;
    for (let axis = target.length - 1; axis >= 0; axis--) {
      const length = target[axis] as number;
      at += (rest % length) * (strides[axis] as number);
      rest = Math.floor(rest / length);
    }
    offsets[flat] = at * matrix;
  }
  return offsets;
}

function matmulKernel({
  inputs,
  outputs,
  params: { transposeX, transposeY },
}: KernelCall<MatmulParams>): Kernel {
  const [x, y] = inputs as readonly [TensorType, TensorType];
  const [m, k] = extent(x.shape, transposeX);
  const [, n] = extent(y.shape, transposeY);
  const batch = (outputs[0] as TensorType).shape.slice(0, -2);
  const offsetsX = matrixOffsets(x.shape.slice(0, -2), batch, m * k);
  const offsetsY = matrixOffsets(y.shape.slice(0, -2), batch, k * n);
  const [strideI, strideP] = transposeX ? [1, m] : [k, 1];
  const loop = (transposeY ? dotLoop : rowLoop)(m, k, n, strideI, strideP);
  return ([a, b], [c]) => {
    for (let i = 0; i < offsetsX.length; i++)
      loop(
        a as TypedArray,
        b as TypedArray,
        c as TypedArray,
        offsetsX[i] as number,
        offsetsY[i] as number,
        i * m * n,
      );
  };
}

/**
 * Matrix product of the last two axes, `[..., m, k]` times `[..., k, n]`; the axes before them broadcast. Transposed
 * operands are read in place: gradients need no copies.
 */
export const matmul: Primitive<MatmulParams> = {
  name: 'matmul',
  traits: { kind: 'matmul', linear: true },
  infer: (inputs, { transposeX, transposeY }) => {
    const [x, y] = inputs as readonly [TensorType, TensorType];
    if (x.dtype !== y.dtype || x.dtype === 'bool')
      throw new DTypeError(
        'matmul/dtype',
        'matmul: the operands must be numbers of the same dtype.',
        {
          got: `${x.dtype} and ${y.dtype}`,
          expected: 'float32 and float32 (or both float64, both int32)',
          fix: "use cast(x, 'float32')",
        },
      );
    if (x.shape.length < 2 || y.shape.length < 2)
      throw new ShapeError('matmul/rank', 'matmul: a matrix has at least two axes.', {
        got: `${formatShape(x.shape)} and ${formatShape(y.shape)}`,
        expected: '[..., m, k] and [..., k, n]',
      });
    const [m, k] = extent(x.shape, transposeX);
    const [rows, n] = extent(y.shape, transposeY);
    if (k !== rows)
      throw new ShapeError('matmul/inner', 'matmul: the inner lengths differ.', {
        got: `${written(x, transposeX)} times ${written(y, transposeY)}: ${k} columns meet ${rows} rows`,
        expected: '[..., m, k] times [..., k, n] with the same k',
        fix: 'transpose an operand (transposeX, transposeY) or reshape it',
      });
    const batch = broadcastShapes('matmul', x.shape.slice(0, -2), y.shape.slice(0, -2));
    return [{ shape: [...batch, m, n], dtype: x.dtype }];
  },
  // With X and Y the operands as they enter: dX = G Yᵀ and dY = Xᵀ G, and the transpose of that where one is read transposed.
  vjp: ({ inputs, gradients, params: { transposeX, transposeY } }) => {
    const [x, y] = inputs as readonly [Tensor, Tensor];
    const g = gradients[0] as Tensor;
    return [
      transposeX ? product(y, g, transposeY, true) : product(g, y, false, !transposeY),
      transposeY ? product(g, x, true, transposeX) : product(x, g, !transposeX, false),
    ];
  },
  reference: matmulKernel,
};

export const matmulPrimitives: { readonly matmul: Primitive<MatmulParams> } = { matmul };
