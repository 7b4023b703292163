import type { TypedArray } from '../dtype.js';
import { DTypeError, ShapeError, ValueError } from '../errors.js';
import { gather as gatherOf, scatterAdd as scatterAddOf } from '../ops/index.js';
import type { Primitive, TensorType } from '../primitive.js';
import { formatShape, sameShape, sizeOf } from '../shape.js';
import type { Tensor } from '../tensor.js';

export interface GatherParams {
  readonly axis: number;
}
/** `size` is the length of the axis that the indices point into. */
export interface ScatterParams {
  readonly axis: number;
  readonly size: number;
}

function checkIndices(name: string, { dtype }: TensorType): void {
  if (dtype !== 'int32')
    throw new DTypeError('index/dtype', `${name}: indices are whole numbers.`, {
      got: dtype,
      expected: 'int32',
      fix: "use cast(indices, 'int32')",
    });
}

/** The error for an index that its axis does not have; `at` is its flat position among the indices. */
export function indexError(name: string, index: number, at: number, size: number): ValueError {
  return new ValueError('index/range', `${name}: index ${index} does not exist.`, {
    got: `${index} (at flat position ${at} of the indices)`,
    expected: `0 to ${size - 1}: the axis has ${size} elements`,
    fix: 'check how the indices were made; in an embedding, inputDim must be larger than the largest index',
  });
}

/**
 * Picks slices along an axis: the axis is replaced by the axes of the indices,
 * `x.shape[:axis] ++ indices.shape ++ x.shape[axis + 1:]`. Adjoint of `scatterAdd`.
 */
export const gather: Primitive<GatherParams> = {
  name: 'gather',
  traits: { kind: 'index', linear: true },
  infer: (inputs, { axis }) => {
    const [x, indices] = inputs as readonly [TensorType, TensorType];
    checkIndices('take', indices);
    return [
      {
        shape: [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)],
        dtype: x.dtype,
      },
    ];
  },
  vjp: ({ inputs, gradients: [g], params: { axis } }) => {
    const [x, indices] = inputs as readonly [Tensor, Tensor];
    return [scatterAddOf(g as Tensor, indices, { axis, size: x.shape[axis] as number }), undefined];
  },
  reference: ({ inputs, params: { axis } }) => {
    const [x, indices] = inputs as readonly [TensorType, TensorType];
    const outer = sizeOf(x.shape.slice(0, axis));
    const size = x.shape[axis] as number;
    const inner = sizeOf(x.shape.slice(axis + 1));
    const count = sizeOf(indices.shape);
    return ([source, where], [output]) => {
      const from = source as TypedArray;
      const index = where as TypedArray;
      const to = output as TypedArray;
      let at = 0;
      for (let o = 0; o < outer; o++)
        for (let k = 0; k < count; k++) {
          const picked = index[k] as number;
          if (picked < 0 || picked >= size) throw indexError('take', picked, k, size);
          const start = (o * size + picked) * inner;
          for (let i = 0; i < inner; i++) to[at++] = from[start + i] as number;
        }
    };
  },
};

/** Adds slices into zeros at the places the indices name; equal indices add up. Adjoint of `gather`. */
export const scatterAdd: Primitive<ScatterParams> = {
  name: 'scatterAdd',
  traits: { kind: 'index', linear: true },
  infer: (inputs, { axis, size }) => {
    const [updates, indices] = inputs as readonly [TensorType, TensorType];
    checkIndices('scatterAdd', indices);
    const after = axis + indices.shape.length;
    if (after > updates.shape.length || !sameShape(updates.shape.slice(axis, after), indices.shape))
      throw new ShapeError('scatter/shape', 'scatterAdd: the updates do not fit the indices.', {
        got: `updates ${formatShape(updates.shape)}, indices ${formatShape(indices.shape)}, axis ${axis}`,
        expected: 'the shape of the indices at this axis of the updates',
      });
    return [
      {
        shape: [...updates.shape.slice(0, axis), size, ...updates.shape.slice(after)],
        dtype: updates.dtype,
      },
    ];
  },
  vjp: ({ inputs, gradients: [g], params: { axis } }) => [
    gatherOf(g as Tensor, inputs[1] as Tensor, { axis }),
    undefined,
  ],
  reference: ({ inputs, params: { axis, size } }) => {
    const [updates, indices] = inputs as readonly [TensorType, TensorType];
    const outer = sizeOf(updates.shape.slice(0, axis));
    const count = sizeOf(indices.shape);
    const inner = sizeOf(updates.shape.slice(axis + indices.shape.length));
    return ([source, where], [output]) => {
      const from = source as TypedArray;
      const index = where as TypedArray;
      const to = output as TypedArray;
      to.fill(0);
      let at = 0;
      for (let o = 0; o < outer; o++)
        for (let k = 0; k < count; k++) {
          const picked = index[k] as number;
          if (picked < 0 || picked >= size) throw indexError('scatterAdd', picked, k, size);
          const start = (o * size + picked) * inner;
          for (let i = 0; i < inner; i++) (to[start + i] as number) += from[at++] as number;
        }
    };
  },
};

export const gatherPrimitives: {
  readonly gather: Primitive<GatherParams>;
  readonly scatterAdd: Primitive<ScatterParams>;
} = { gather, scatterAdd };
