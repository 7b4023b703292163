import type { TypedArray } from '../dtype.js';
import { DTypeError } from '../errors.js';
import { cumsum as cumsumOf } from '../ops/cumsum.js';
import type { Primitive, TensorType } from '../primitive.js';
import { sizeOf } from '../shape.js';
import type { Tensor } from '../tensor.js';

/** `exclusive` leaves out the element itself; `reverse` sums from the end. */
export interface CumsumParams {
  readonly axis: number;
  readonly reverse: boolean;
  readonly exclusive: boolean;
}

/** Running sums along an axis. Adjoint: the running sums from the other end. */
export const cumsum: Primitive<CumsumParams> = {
  name: 'cumsum',
  traits: { kind: 'reduce', linear: true },
  infer: ([x]) => {
    const { shape, dtype } = x as TensorType;
    if (dtype === 'bool')
      throw new DTypeError('op/dtype', 'cumsum is not defined for bool.', {
        got: dtype,
        expected: 'float32, float64 or int32',
        fix: "use cast(x, 'int32') first",
      });
    return [{ shape, dtype }];
  },
  vjp: ({ gradients: [g], params }) => [
    cumsumOf(g as Tensor, { ...params, reverse: !params.reverse }),
  ],
  reference: ({ inputs: [x], params: { axis, reverse, exclusive } }) => {
    const { shape } = x as TensorType;
    const outer = sizeOf(shape.slice(0, axis));
    const length = shape[axis] as number;
    const inner = sizeOf(shape.slice(axis + 1));
    const step = reverse ? -inner : inner;
    return ([input], [output]) => {
      const from = input as TypedArray;
      const to = output as TypedArray;
      for (let o = 0; o < outer; o++)
        for (let i = 0; i < inner; i++) {
          let at = o * length * inner + i + (reverse ? (length - 1) * inner : 0);
          let total = 0;
          for (let k = 0; k < length; k++, at += step) {
            const next = total + (from[at] as number);
            to[at] = exclusive ? total : next;
            total = next;
          }
        }
    };
  },
};

export const cumsumPrimitives: { readonly cumsum: Primitive<CumsumParams> } = { cumsum };
