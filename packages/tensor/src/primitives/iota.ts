import type { DType, TypedArray } from '../dtype.js';
import { noGradient } from '../primitive.js';
import type { Primitive } from '../primitive.js';
import { sizeOf } from '../shape.js';
import type { Shape } from '../shape.js';

export interface IotaParams {
  readonly shape: Shape;
  readonly axis: number;
  readonly dtype: DType;
}

/** Every element is its own position along an axis: 0, 1, 2, ... It has no inputs. */
export const iota: Primitive<IotaParams> = {
  name: 'iota',
  traits: { kind: 'source', constant: true },
  infer: (_inputs, { shape, dtype }) => [{ shape, dtype }],
  vjp: noGradient,
  reference: ({ params: { shape, axis } }) => {
    const length = shape[axis] as number;
    const inner = sizeOf(shape.slice(axis + 1));
    return (_inputs, [output]) => {
      const to = output as TypedArray;
      for (let i = 0; i < to.length; i++) to[i] = Math.floor(i / inner) % length;
    };
  },
};

export const iotaPrimitives: { readonly iota: Primitive<IotaParams> } = { iota };
