import type { TypedArray } from '../dtype.js';
import { promote } from '../dtype.js';
import { DTypeError, ShapeError } from '../errors.js';
import * as ops from '../ops/layout.js';
import { sum } from '../ops/reduce.js';
import type { Primitive, TensorType } from '../primitive.js';
import {
  broadcastShapes,
  broadcastStrides,
  formatShape,
  sameShape,
  sizeOf,
  stridesOf,
} from '../shape.js';
import type { Shape } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { stridedCopy } from './strided.js';

export interface ShapeParams {
  readonly shape: Shape;
}
export interface AxesParams {
  readonly axes: readonly number[];
}
export interface ConcatParams {
  readonly axis: number;
}
/** Element k of the result along an axis is element `begin + k * step` of the input. All steps are 1 or more. */
export interface SliceParams {
  readonly begin: readonly number[];
  readonly size: readonly number[];
  readonly step: readonly number[];
}
/** How many values go before, after and between the elements of each axis. */
export interface PadParams {
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly interior: readonly number[];
  readonly value: number;
}

/** The same elements in the same order under another shape. */
export const reshape: Primitive<ShapeParams> = {
  name: 'reshape',
  traits: { kind: 'layout', linear: true, alias: true },
  infer: ([input], { shape }) => {
    const x = input as TensorType;
    if (sizeOf(x.shape) !== sizeOf(shape))
      throw new ShapeError('reshape/size', 'reshape: a reshape keeps the number of elements.', {
        got: `${formatShape(x.shape)} (${sizeOf(x.shape)} elements) to ${formatShape(shape)} (${sizeOf(shape)} elements)`,
        expected: `a shape with ${sizeOf(x.shape)} elements`,
        fix: 'write -1 for one axis and it is worked out for you',
      });
    return [{ shape, dtype: x.dtype }];
  },
  vjp: ({ inputs: [x], gradients: [g] }) => [ops.reshape(g as Tensor, (x as Tensor).shape)],
  reference:
    () =>
    ([x], [y]) =>
      (y as TypedArray).set(x as TypedArray),
};

/** Axis i of the result is axis `axes[i]` of the input. */
export const transpose: Primitive<AxesParams> = {
  name: 'transpose',
  traits: { kind: 'layout', linear: true },
  infer: ([input], { axes }) => {
    const { shape, dtype } = input as TensorType;
    return [{ shape: axes.map((axis) => shape[axis] as number), dtype }];
  },
  vjp: ({ gradients: [g], params: { axes } }) => [
    ops.transpose(
      g as Tensor,
      axes.map((_, axis) => axes.indexOf(axis)),
    ),
  ],
  reference: ({ inputs, outputs, params: { axes } }) => {
    const strides = stridesOf((inputs[0] as TensorType).shape);
    const target = (outputs[0] as TensorType).shape;
    const copy = stridedCopy(
      target,
      { base: 0, strides: axes.map((axis) => strides[axis] as number) },
      { base: 0, strides: stridesOf(target) },
    );
    return ([x], [y]) => copy(x as TypedArray, y as TypedArray);
  },
};

/** Repeats along axes that are new or have length 1; adjoint of `sum`. */
export const broadcast: Primitive<ShapeParams> = {
  name: 'broadcast',
  traits: { kind: 'layout', linear: true },
  infer: ([input], { shape }) => {
    const x = input as TensorType;
    if (!sameShape(broadcastShapes('broadcastTo', x.shape, shape), shape))
      throw new ShapeError(
        'op/broadcast',
        'broadcastTo: the tensor does not broadcast to that shape.',
        {
          got: `${formatShape(x.shape)} to ${formatShape(shape)}`,
          expected: 'for each axis, counted from the last: the same length, or a 1 in the tensor',
        },
      );
    return [{ shape, dtype: x.dtype }];
  },
  vjp: ({ inputs, gradients: [g], params: { shape } }) => {
    const x = inputs[0] as Tensor;
    const offset = shape.length - x.rank;
    const axis = shape.flatMap((length, i) =>
      i < offset || (x.shape[i - offset] === 1 && length !== 1) ? [i] : [],
    );
    return [ops.reshape(axis.length === 0 ? (g as Tensor) : sum(g as Tensor, { axis }), x.shape)];
  },
  reference: ({ inputs, params: { shape } }) => {
    const copy = stridedCopy(
      shape,
      { base: 0, strides: broadcastStrides((inputs[0] as TensorType).shape, shape) },
      { base: 0, strides: stridesOf(shape) },
    );
    return ([x], [y]) => copy(x as TypedArray, y as TypedArray);
  },
};

/** A box cut out of the input, or every step-th element of it; adjoint of `pad`. */
export const slice: Primitive<SliceParams> = {
  name: 'slice',
  traits: { kind: 'layout', linear: true },
  infer: ([input], { begin, size, step }) => {
    const { shape, dtype } = input as TensorType;
    shape.forEach((length, axis) => {
      const [start, count, by] = [begin[axis] ?? -1, size[axis] ?? -1, step[axis] ?? 0];
      const end = count === 0 ? start : start + (count - 1) * by + 1;
      if (
        ![start, count, by].every(Number.isInteger) ||
        start < 0 ||
        count < 0 ||
        by < 1 ||
        end > length
      )
        throw new ShapeError('slice/range', `slice: the slice leaves axis ${axis}.`, {
          got: `begin ${start}, size ${count}, step ${by} on an axis of length ${length}`,
          expected: `begin >= 0, step >= 1, and a last element before ${length}`,
          fix: 'use a smaller begin or size; -1 as size means all up to the end',
        });
    });
    return [{ shape: size, dtype }];
  },
  vjp: ({ inputs: [x], gradients: [g], params: { begin, size, step } }) => {
    const { shape } = x as Tensor;
    const empty = (axis: number): boolean => size[axis] === 0;
    const low = begin.map((start, axis) => (empty(axis) ? 0 : start));
    const high = shape.map((length, axis) =>
      empty(axis)
        ? length
        : length -
          (begin[axis] as number) -
          ((size[axis] as number) - 1) * (step[axis] as number) -
          1,
    );
    return [
      ops.padInterior(g as Tensor, { low, high, interior: step.map((by) => by - 1), value: 0 }),
    ];
  },
  reference: ({ inputs, params: { begin, size, step } }) => {
    const strides = stridesOf((inputs[0] as TensorType).shape);
    const copy = stridedCopy(
      size,
      {
        base: begin.reduce((base, start, axis) => base + start * (strides[axis] as number), 0),
        strides: strides.map((stride, axis) => stride * (step[axis] as number)),
      },
      { base: 0, strides: stridesOf(size) },
    );
    return ([x], [y]) => copy(x as TypedArray, y as TypedArray);
  },
};

/** Puts a value around and between the elements; adjoint of `slice` (up to the constant). */
export const pad: Primitive<PadParams> = {
  name: 'pad',
  traits: { kind: 'layout' },
  infer: ([input], { low, high, interior }) => {
    const { shape, dtype } = input as TensorType;
    const result = shape.map((length, axis) => {
      const [before, after, between] = [low[axis] ?? -1, high[axis] ?? -1, interior[axis] ?? -1];
      if (![before, after, between].every((count) => Number.isInteger(count) && count >= 0))
        throw new ShapeError(
          'pad/width',
          `pad: a pad width of axis ${axis} is not a whole number of at least 0.`,
          {
            got: `${before} before, ${after} after, ${between} between`,
            expected: 'one pair [before, after] for each axis',
            fix: 'use slice to cut elements off',
          },
        );
      return before + after + length + Math.max(0, length - 1) * between;
    });
    return [{ shape: result, dtype }];
  },
  vjp: ({ inputs: [x], gradients: [g], params: { low, interior } }) => [
    ops.slice(
      g as Tensor,
      low,
      (x as Tensor).shape,
      interior.map((between) => between + 1),
    ),
  ],
  reference: ({ inputs, outputs, params: { low, interior, value } }) => {
    const { shape } = inputs[0] as TensorType;
    const strides = stridesOf((outputs[0] as TensorType).shape);
    const copy = stridedCopy(
      shape,
      { base: 0, strides: stridesOf(shape) },
      {
        base: low.reduce((base, before, axis) => base + before * (strides[axis] as number), 0),
        strides: strides.map((stride, axis) => stride * ((interior[axis] as number) + 1)),
      },
    );
    return ([x], [y]) => {
      (y as TypedArray).fill(value);
      copy(x as TypedArray, y as TypedArray);
    };
  },
};

/** Joins tensors along an axis. */
export const concat: Primitive<ConcatParams> = {
  name: 'concat',
  traits: { kind: 'layout' },
  infer: (inputs, { axis }) => {
    const first = inputs[0] as TensorType;
    let total = 0;
    for (const { shape, dtype } of inputs) {
      if (dtype !== first.dtype)
        throw new DTypeError(
          'concatenate/dtype',
          'concatenate: the tensors have different dtypes.',
          {
            got: inputs.map((input) => input.dtype).join(', '),
            expected: promote(first.dtype, dtype),
          },
        );
      if (
        shape.length !== first.shape.length ||
        shape.some((length, i) => i !== axis && length !== first.shape[i])
      )
        throw new ShapeError(
          'concatenate/shape',
          `concatenate: the shapes differ in more than axis ${axis}.`,
          {
            got: inputs.map((input) => formatShape(input.shape)).join(', '),
            expected: `the same rank, and the same lengths except along axis ${axis}`,
            fix: 'join along another axis, or reshape first; stack joins along a new axis',
          },
        );
      total += shape[axis] as number;
    }
    return [
      { shape: first.shape.map((length, i) => (i === axis ? total : length)), dtype: first.dtype },
    ];
  },
  vjp: ({ inputs, gradients: [g], params: { axis } }) => {
    let start = 0;
    return inputs.map(({ shape }) => {
      const begin = shape.map((_, i) => (i === axis ? start : 0));
      start += shape[axis] as number;
      return ops.slice(g as Tensor, begin, shape);
    });
  },
  reference: ({ inputs, outputs, params: { axis } }) => {
    const strides = stridesOf((outputs[0] as TensorType).shape);
    let base = 0;
    const copies = inputs.map(({ shape }) => {
      const copy = stridedCopy(shape, { base: 0, strides: stridesOf(shape) }, { base, strides });
      base += (shape[axis] as number) * (strides[axis] as number);
      return copy;
    });
    return (xs, [y]) => {
      for (let i = 0; i < copies.length; i++)
        (copies[i] as (typeof copies)[number])(xs[i] as TypedArray, y as TypedArray);
    };
  },
};

/** Reverses the order along axes; its own adjoint. */
export const flip: Primitive<AxesParams> = {
  name: 'flip',
  traits: { kind: 'layout', linear: true },
  infer: ([x]) => {
    const { shape, dtype } = x as TensorType;
    return [{ shape, dtype }];
  },
  vjp: ({ gradients: [g], params: { axes } }) => [ops.flip(g as Tensor, { axis: axes })],
  reference: ({ inputs, params: { axes } }) => {
    const { shape } = inputs[0] as TensorType;
    const strides = stridesOf(shape);
    const copy = stridedCopy(
      shape,
      {
        base: axes.reduce(
          (base, axis) => base + ((shape[axis] as number) - 1) * (strides[axis] as number),
          0,
        ),
        strides: strides.map((stride, axis) => (axes.includes(axis) ? -stride : stride)),
      },
      { base: 0, strides },
    );
    return ([x], [y]) => copy(x as TypedArray, y as TypedArray);
  },
};

export const layoutPrimitives: {
  readonly reshape: Primitive<ShapeParams>;
  readonly transpose: Primitive<AxesParams>;
  readonly broadcast: Primitive<ShapeParams>;
  readonly slice: Primitive<SliceParams>;
  readonly pad: Primitive<PadParams>;
  readonly concat: Primitive<ConcatParams>;
  readonly flip: Primitive<AxesParams>;
} = { reshape, transpose, broadcast, slice, pad, concat, flip };
