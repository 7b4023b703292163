import type { TypedArray } from '../dtype.js';
import { DTypeError } from '../errors.js';
import { philoxBlock } from '../philox.js';
import { noGradient } from '../primitive.js';
import type { Primitive, TensorType } from '../primitive.js';
import { formatShape, sizeOf } from '../shape.js';
import type { Shape } from '../shape.js';

export interface RandomParams {
  readonly shape: Shape;
}

/**
 * Random int32 bit patterns from a key (int32 [2]) and a counter (int32 scalar): element i is word `i & 3` of the
 * Philox4x32-10 block with counter words `(i >> 2, 0, counter, 0)`.
 */
export const randomBits: Primitive<RandomParams> = {
  name: 'randomBits',
  traits: { kind: 'random', constant: true },
  infer: (inputs, { shape }) => {
    const [key, counter] = inputs as readonly [TensorType, TensorType];
    if (
      key.dtype !== 'int32' ||
      sizeOf(key.shape) !== 2 ||
      counter.dtype !== 'int32' ||
      sizeOf(counter.shape) !== 1
    )
      throw new DTypeError(
        'random/key',
        'A random key is two int32 numbers, and the counter is one.',
        {
          got: `key ${key.dtype} ${formatShape(key.shape)}, counter ${counter.dtype} ${formatShape(counter.shape)}`,
          expected: 'key int32 [2], counter int32 []',
          fix: 'make keys with key(seed) and foldIn(key, data)',
        },
      );
    return [{ shape, dtype: 'int32' }];
  },
  vjp: noGradient,
  reference: ({ params: { shape } }) => {
    const size = sizeOf(shape);
    const block = new Int32Array(4);
    return ([key, counter], [output]) => {
      const to = output as TypedArray;
      const [k0, k1] = [(key as TypedArray)[0] as number, (key as TypedArray)[1] as number];
      const position = (counter as TypedArray)[0] as number;
      for (let i = 0; i < size; i += 4) {
        philoxBlock(i >>> 2, 0, position, 0, k0, k1, block);
        const end = Math.min(4, size - i);
        for (let word = 0; word < end; word++) to[i + word] = block[word] as number;
      }
    };
  },
};

export const randomPrimitives: { readonly randomBits: Primitive<RandomParams> } = { randomBits };
