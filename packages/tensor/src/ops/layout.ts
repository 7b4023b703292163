import { promote } from '../dtype.js';
import { emit } from '../emit.js';
import { ShapeError, ValueError } from '../errors.js';
import * as layout from '../primitives/layout.js';
import type { PadParams } from '../primitives/layout.js';
import {
  checkShape,
  formatShape,
  normalizeAxes,
  normalizeAxis,
  sameShape,
  sizeOf,
} from '../shape.js';
import type { Shape } from '../shape.js';
import type { Tensor, TensorLike } from '../tensor.js';
import { toTensor } from './constant.js';

/** One axis, several, or (left out) all. */
export interface AxesOptions {
  readonly axis?: number | readonly number[] | null | undefined;
}

/** The axis to work along. */
export interface AxisOptions {
  readonly axis?: number | undefined;
}

/**
 * The same elements under another shape. One length may be -1: it is worked out from the others.
 *
 * @throws ShapeError when the number of elements would change.
 * @example
 * reshape(arange(6), [2, -1]).shape; // => [2, 3]
 */
export function reshape(x: TensorLike, shape: Shape): Tensor {
  const input = toTensor(x);
  const open = shape.indexOf(-1);
  let target = shape;
  if (open >= 0) {
    const rest = shape.reduce(
      (product, length, axis) => (axis === open ? product : product * length),
      1,
    );
    const length = input.size / rest;
    if (rest < 0 || !Number.isInteger(length))
      throw new ShapeError('reshape/size', 'reshape: no length fits in the place of -1.', {
        got: `${formatShape(input.shape)} (${input.size} elements) to ${formatShape(shape)}`,
        expected: 'one -1 at most, and other lengths whose product divides the number of elements',
      });
    target = shape.map((given, axis) => (axis === open ? length : given));
  }
  checkShape('reshape', target);
  return sameShape(input.shape, target)
    ? input
    : emit(layout.reshape, [input], { shape: [...target] });
}

/**
 * Permutes the axes: axis i of the result is axis `axes[i]` of x. Without `axes` their order is reversed.
 *
 * @throws ShapeError unless `axes` names every axis once.
 * @example
 * transpose(zeros([2, 3, 4]), [0, 2, 1]).shape; // => [2, 4, 3]
 */
export function transpose(x: TensorLike, axes?: readonly number[] | null): Tensor {
  const input = toTensor(x);
  const order =
    axes === undefined || axes === null
      ? input.shape.map((_, axis) => input.rank - 1 - axis)
      : axes.map((axis) => normalizeAxis('transpose', axis, input.rank));
  if (order.length !== input.rank || new Set(order).size !== input.rank)
    throw new ShapeError('transpose/axes', 'transpose: every axis must be named once.', {
      got: `axes [${order.join(', ')}] for shape ${formatShape(input.shape)}`,
      expected: `an order of 0 to ${input.rank - 1}`,
    });
  return order.every((axis, i) => axis === i)
    ? input
    : emit(layout.transpose, [input], { axes: order });
}

/** Repeats x along new axes and axes of length 1 until it has the shape, as elementwise operations do by themselves. */
export function broadcastTo(x: TensorLike, shape: Shape): Tensor {
  const input = toTensor(x);
  checkShape('broadcastTo', shape);
  return sameShape(input.shape, shape)
    ? input
    : emit(layout.broadcast, [input], { shape: [...shape] });
}

/**
 * The box of `size` elements that starts at `begin`; with `step`, only every step-th element (step >= 1). A `begin`
 * below 0 counts from the end; a size of -1 means all up to the end.
 *
 * @throws ShapeError when the box leaves the tensor.
 * @example
 * slice(arange(10), [2], [3]).toArray(); // => [2, 3, 4]
 */
export function slice(
  x: TensorLike,
  begin: readonly number[],
  size: readonly number[],
  step?: readonly number[],
): Tensor {
  const input = toTensor(x);
  const { shape, rank } = input;
  for (const list of [begin, size, step ?? begin])
    if (list.length !== rank)
      throw new ShapeError(
        'slice/rank',
        'slice: begin, size and step have one number for each axis.',
        {
          got: `[${list.join(', ')}] for shape ${formatShape(shape)}`,
          expected: `${rank} numbers`,
        },
      );
  const by = step === undefined ? shape.map(() => 1) : [...step];
  const start = begin.map((at, axis) => (at < 0 ? at + (shape[axis] as number) : at));
  const count = size.map((n, axis) =>
    n === -1
      ? Math.max(
          0,
          Math.ceil(((shape[axis] as number) - (start[axis] as number)) / (by[axis] as number)),
        )
      : n,
  );
  if (sameShape(shape, count) && by.every((s) => s === 1) && start.every((s) => s === 0))
    return input;
  return emit(layout.slice, [input], { begin: start, size: count, step: by });
}

/**
 * Puts `value` (default 0) around x: `widths[i]` is `[before, after]` for axis i.
 *
 * @example
 * pad(tensor([1, 2]), [[1, 2]]).toArray(); // => [0, 1, 2, 0, 0]
 */
export function pad(
  x: TensorLike,
  widths: readonly (readonly [number, number])[],
  options: { readonly value?: number | undefined } = {},
): Tensor {
  const input = toTensor(x);
  if (widths.length !== input.rank)
    throw new ShapeError('pad/rank', 'pad: there must be one pair [before, after] for each axis.', {
      got: `${widths.length} pairs for shape ${formatShape(input.shape)}`,
      expected: `${input.rank} pairs`,
    });
  return padInterior(input, {
    low: widths.map(([low]) => low),
    high: widths.map(([, high]) => high),
    interior: widths.map(() => 0),
    value: options.value ?? 0,
  });
}

/** `pad` that can also put values between the elements: the adjoint of a slice with steps. */
export function padInterior(x: Tensor, params: PadParams): Tensor {
  const { low, high, interior } = params;
  if ([low, high, interior].every((widths) => widths.every((width) => width === 0))) return x;
  return emit(layout.pad, [x], params);
}

function promoted(operation: string, xs: readonly TensorLike[]): Tensor[] {
  const inputs = xs.map((x) => toTensor(x));
  if (inputs.length === 0)
    throw new ValueError(`${operation}/empty`, `${operation}: there is nothing to join.`, {
      got: 'an empty list',
      expected: 'one tensor or more',
    });
  const dtype = inputs.map((input) => input.dtype).reduce(promote);
  return inputs.map((input) => (input.dtype === dtype ? input : input.cast(dtype)));
}

/**
 * Joins tensors along an axis that they have (default the first). Dtypes are promoted to the widest.
 *
 * @throws ShapeError when the shapes differ along another axis.
 * @example
 * concatenate([tensor([1, 2]), tensor([3])]).toArray(); // => [1, 2, 3]
 */
export function concatenate(xs: readonly TensorLike[], options: AxisOptions = {}): Tensor {
  const inputs = promoted('concatenate', xs);
  const first = inputs[0] as Tensor;
  const axis = normalizeAxis('concatenate', options.axis ?? 0, first.rank);
  return inputs.length === 1 ? first : emit(layout.concat, inputs, { axis });
}

/** Joins tensors of one shape along a new axis (default in front). */
export function stack(xs: readonly TensorLike[], options: AxisOptions = {}): Tensor {
  const inputs = promoted('stack', xs);
  const { shape, rank } = inputs[0] as Tensor;
  for (const input of inputs)
    if (!sameShape(input.shape, shape))
      throw new ShapeError('stack/shape', 'stack: the tensors have different shapes.', {
        got: inputs.map((each) => formatShape(each.shape)).join(', '),
        expected: `${formatShape(shape)} for all`,
        fix: 'concatenate joins tensors that differ along one axis',
      });
  const axis = normalizeAxis('stack', options.axis ?? 0, rank + 1);
  return concatenate(
    inputs.map((input) => expandDims(input, axis)),
    { axis },
  );
}

/**
 * Cuts x along an axis (default the first): a number says into how many equal parts, a list gives the size of each part.
 *
 * @throws ShapeError when the parts do not add up to the axis.
 * @example
 * split(arange(6), [1, 5]).map((part) => part.shape); // => [[1], [5]]
 */
export function split(
  x: TensorLike,
  parts: number | readonly number[],
  options: AxisOptions = {},
): Tensor[] {
  const input = toTensor(x);
  const axis = normalizeAxis('split', options.axis ?? 0, input.rank);
  const length = input.shape[axis] as number;
  const sizes =
    typeof parts === 'number' ? Array.from({ length: parts }, () => length / parts) : parts;
  if (
    sizes.reduce((a, b) => a + b, 0) !== length ||
    !sizes.every((size) => Number.isInteger(size) && size >= 0)
  )
    throw new ShapeError('split/size', `split: the parts do not make up axis ${axis}.`, {
      got: `${typeof parts === 'number' ? `${parts} equal parts` : `parts [${parts.join(', ')}]`} of ${length} elements`,
      expected: `whole sizes with sum ${length}`,
    });
  let start = 0;
  return sizes.map((size) => {
    const begin = input.shape.map((_, i) => (i === axis ? start : 0));
    start += size;
    return slice(
      input,
      begin,
      input.shape.map((whole, i) => (i === axis ? size : whole)),
    );
  });
}

/** Removes axes of length 1: those named, or all. */
export function squeeze(x: TensorLike, axis?: number | readonly number[] | null): Tensor {
  const input = toTensor(x);
  const axes =
    axis === undefined || axis === null
      ? input.shape.flatMap((length, i) => (length === 1 ? [i] : []))
      : normalizeAxes('squeeze', axis, input.rank);
  for (const i of axes)
    if (input.shape[i] !== 1)
      throw new ShapeError('squeeze/length', `squeeze: axis ${i} does not have length 1.`, {
        got: formatShape(input.shape),
        expected: `length 1 along axis ${i}`,
      });
  return reshape(
    input,
    input.shape.filter((_, i) => !axes.includes(i)),
  );
}

/** Adds axes of length 1, at these places of the result. */
export function expandDims(x: TensorLike, axis: number | readonly number[]): Tensor {
  const input = toTensor(x);
  const rank = input.rank + (typeof axis === 'number' ? 1 : axis.length);
  const axes = normalizeAxes('expandDims', axis, rank);
  const rest = [...input.shape];
  return reshape(
    input,
    Array.from({ length: rank }, (_, i) => (axes.includes(i) ? 1 : (rest.shift() as number))),
  );
}

/** All elements along one axis. */
export function flatten(x: TensorLike): Tensor {
  const input = toTensor(x);
  return reshape(input, [input.size]);
}

/** Reverses the order of the elements along the axes (default all). */
export function flip(x: TensorLike, options: AxesOptions = {}): Tensor {
  const input = toTensor(x);
  const axes = normalizeAxes('flip', options.axis, input.rank);
  return axes.length === 0 ? input : emit(layout.flip, [input], { axes });
}

/**
 * Lays copies of x side by side: `repeats[i]` times along axis i. Fewer numbers than axes mean the last axes.
 *
 * @example
 * tile(tensor([1, 2]), [2]).toArray(); // => [1, 2, 1, 2]
 */
export function tile(x: TensorLike, repeats: number | readonly number[]): Tensor {
  const input = toTensor(x);
  const given = typeof repeats === 'number' ? [repeats] : repeats;
  checkShape('tile', given);
  const rank = Math.max(given.length, input.rank);
  const counts = [...new Array<number>(rank - given.length).fill(1), ...given];
  const shape = [...new Array<number>(rank - input.rank).fill(1), ...input.shape];
  const apart = reshape(
    input,
    shape.flatMap((length) => [1, length]),
  );
  const copies = broadcastTo(
    apart,
    shape.flatMap((length, axis) => [counts[axis] as number, length]),
  );
  return reshape(
    copies,
    shape.map((length, axis) => length * (counts[axis] as number)),
  );
}

/**
 * Repeats each element: `[a, b]` twice is `[a, a, b, b]`. Without an axis, of the flattened tensor.
 *
 * @example
 * repeat(tensor([1, 2]), 2).toArray(); // => [1, 1, 2, 2]
 */
export function repeat(x: TensorLike, count: number, options: AxisOptions = {}): Tensor {
  const input = options.axis === undefined ? flatten(x) : toTensor(x);
  checkShape('repeat', [count]);
  const axis = normalizeAxis('repeat', options.axis ?? 0, input.rank);
  const before = input.shape.slice(0, axis + 1);
  const after = input.shape.slice(axis + 1);
  const copies = broadcastTo(expandDims(input, axis + 1), [...before, count, ...after]);
  return reshape(
    copies,
    input.shape.map((length, i) => (i === axis ? length * count : length)),
  );
}

/** Shifts the elements along an axis by `shift` places; those that fall off come back at the other end. Without an axis, of the flattened tensor. */
export function roll(x: TensorLike, shift: number, options: AxisOptions = {}): Tensor {
  const input = toTensor(x);
  if (options.axis === undefined && input.rank !== 1)
    return reshape(roll(flatten(input), shift, { axis: 0 }), input.shape);
  const axis = normalizeAxis('roll', options.axis ?? 0, input.rank);
  const length = input.shape[axis] as number;
  const tail = length === 0 ? 0 : ((shift % length) + length) % length;
  if (tail === 0 || sizeOf(input.shape) === 0) return input;
  const [head, end] = split(input, [length - tail, tail], { axis }) as [Tensor, Tensor];
  return concatenate([end, head], { axis });
}
