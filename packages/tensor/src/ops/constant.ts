import type { DType, TypedArray } from '../dtype.js';
import { convert, dtypeOf, isFloat } from '../dtype.js';
import { ShapeError, ValueError } from '../errors.js';
import { checkShape, formatShape, sizeOf } from '../shape.js';
import type { Shape } from '../shape.js';
import { Tensor } from '../tensor.js';
import type { NestedArray, TensorLike } from '../tensor.js';

function isTypedArray(value: unknown): value is TypedArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

/** Shape of nested arrays; throws when rows differ in length. */
function nestedShape(values: NestedArray): number[] {
  if (!Array.isArray(values)) return [];
  const shapes = (values as readonly NestedArray[]).map(nestedShape);
  const first = shapes[0] ?? [];
  shapes.forEach((shape, i) => {
    if (shape.join() !== first.join())
      throw new ShapeError(
        'tensor/ragged',
        'Nested arrays must have the same lengths everywhere.',
        {
          got: `${formatShape(first)} at position 0 and ${formatShape(shape)} at position ${i}`,
          expected: 'rows of equal length',
          fix: 'pad or cut the rows first',
        },
      );
  });
  return [values.length, ...first];
}

/**
 * A tensor from numbers: nested arrays, a bare number, or a typed array with a shape. Typed arrays are not copied when
 * the dtype fits. Plain numbers become float32, booleans bool.
 *
 * @throws ShapeError when rows differ in length or the shape does not fit the number of values.
 * @example
 * tensor([[1, 2, 3], [4, 5, 6]]).shape; // => [2,3]
 * tensor(new Float32Array(6), { shape: [2, 3] }).shape; // => [2,3]
 */
export function tensor(
  values: NestedArray | TypedArray,
  options: { readonly shape?: Shape; readonly dtype?: DType } = {},
): Tensor {
  if (isTypedArray(values)) {
    const own = dtypeOf(values);
    const dtype = options.dtype ?? own;
    return shaped(
      own === dtype ? values : convert(values, dtype),
      options.shape ?? [values.length],
      dtype,
    );
  }
  const inferred = nestedShape(values);
  const flat = (Array.isArray(values) ? values.flat(Infinity) : [values]) as (number | boolean)[];
  const dtype =
    options.dtype ??
    (flat.length > 0 && flat.every((v) => typeof v === 'boolean') ? 'bool' : 'float32');
  const wrong = flat.findIndex((v) => typeof v !== 'number' && typeof v !== 'boolean');
  if (wrong >= 0)
    throw new ValueError('tensor/value', 'A tensor is made of numbers.', {
      got: `${typeof flat[wrong] === 'bigint' ? `${String(flat[wrong])}n` : JSON.stringify(flat[wrong])} (${typeof flat[wrong]}) at flat position ${wrong}`,
      expected: 'numbers or booleans',
      fix: 'convert texts and dates to numbers first',
    });
  return shaped(convert(flat.map(Number), dtype), options.shape ?? inferred, dtype);
}

function shaped(data: TypedArray, shape: Shape, dtype: DType): Tensor {
  checkShape('tensor', shape);
  if (sizeOf(shape) !== data.length)
    throw new ShapeError('tensor/size', 'The shape does not fit the number of values.', {
      got: `${data.length} values for shape ${formatShape(shape)}`,
      expected: `${sizeOf(shape)} values`,
    });
  return new Tensor({ shape: [...shape], dtype }, data);
}

/** A tensor filled with one number. float32 unless told. */
export function full(
  shape: Shape,
  value: number,
  { dtype = 'float32' }: { readonly dtype?: DType } = {},
): Tensor {
  checkShape('full', shape);
  return shaped(convert(new Float64Array(sizeOf(shape)).fill(value), dtype), shape, dtype);
}

/** A tensor of zeros. float32 unless told. */
export function zeros(shape: Shape, options?: { readonly dtype?: DType }): Tensor {
  return full(shape, 0, options);
}

/** A tensor of ones. float32 unless told. */
export function ones(shape: Shape, options?: { readonly dtype?: DType }): Tensor {
  return full(shape, 1, options);
}

/** One number as a tensor without axes. */
export function scalar(value: number | boolean, dtype?: DType): Tensor {
  return tensor(value, dtype === undefined ? {} : { dtype });
}

/** The tensor itself, or a number as a scalar: of dtype `beside`, unless that is of whole numbers and the number is not. */
export function toTensor(value: TensorLike, beside: DType = 'float32'): Tensor {
  if (value instanceof Tensor) return value;
  if (typeof value === 'boolean') return scalar(value, 'bool');
  if (typeof value !== 'number')
    throw new ValueError('tensor/operand', 'An operand is a tensor or a number.', {
      got: `${typeof value}: ${String(value)}`,
      expected: 'Tensor, number or boolean',
      fix: 'wrap arrays with tensor([...])',
    });
  if (isFloat(beside)) return scalar(value, beside);
  return scalar(value, Number.isInteger(value) ? 'int32' : 'float32');
}
