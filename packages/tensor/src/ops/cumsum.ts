import { emit } from '../emit.js';
import { cumsum as primitive } from '../primitives/cumsum.js';
import { normalizeAxis } from '../shape.js';
import type { Tensor, TensorLike } from '../tensor.js';
import { toTensor } from './constant.js';
import { flatten } from './layout.js';

/** Options of `cumsum`. */
export interface CumsumOptions {
  /** The axis to run along; without it, along the flattened tensor. */
  readonly axis?: number | undefined;
  /** Sum from the end. Default false. */
  readonly reverse?: boolean | undefined;
  /** Leave out the element itself, so that the first sum is 0. Default false. */
  readonly exclusive?: boolean | undefined;
}

/**
 * Running sums along an axis.
 *
 * @example
 * cumsum(tensor([1, 2, 3])).toArray(); // => [1, 3, 6]
 * cumsum(tensor([1, 2, 3]), { exclusive: true }).toArray(); // => [0, 1, 3]
 */
export function cumsum(x: TensorLike, options: CumsumOptions = {}): Tensor {
  const given = options.axis === undefined ? flatten(x) : toTensor(x);
  const input = given.dtype === 'bool' ? given.cast('int32') : given;
  return emit(primitive, [input], {
    axis: normalizeAxis('cumsum', options.axis ?? 0, input.rank),
    reverse: options.reverse ?? false,
    exclusive: options.exclusive ?? false,
  });
}
