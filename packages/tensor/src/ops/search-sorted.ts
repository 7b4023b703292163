import { ShapeError } from '../errors.js';
import { formatShape } from '../shape.js';
import type { Tensor, TensorLike } from '../tensor.js';
import { full, toTensor } from './constant.js';
import { where } from './elementwise.js';
import { gather } from './index.js';

/** Options of {@link searchSorted}. */
export interface SearchSortedOptions {
  /** Where a value goes that is there already: before its equals ('left', default) or behind them ('right'). */
  readonly side?: 'left' | 'right';
}

/**
 * Where each value would have to be put into a sorted list, so that it stays sorted: int32, in the shape of the values.
 * NaN goes to the end. A binary search, so its cost grows with the logarithm of the list.
 *
 * @throws ShapeError when the list does not have one axis.
 * @example
 * searchSorted(tensor([1, 3, 5]), tensor([0, 3, 9])).toArray(); // => [0, 1, 3]
 * searchSorted(tensor([1, 3, 5]), tensor([0, 3, 9]), { side: 'right' }).toArray(); // => [0, 2, 3]
 */
export function searchSorted(
  sorted: Tensor,
  values: TensorLike,
  { side = 'left' }: SearchSortedOptions = {},
): Tensor {
  if (sorted.rank !== 1)
    throw new ShapeError('search/rank', 'searchSorted looks into a list.', {
      got: formatShape(sorted.shape),
      expected: 'one axis',
      fix: 'flatten it',
    });
  const x = toTensor(values);
  const length = sorted.size;
  let found = full(x.shape, 0, { dtype: 'int32' });
  if (length === 0) return found;
  for (let step = 2 ** Math.floor(Math.log2(length)); step >= 1; step /= 2) {
    const next = found.add(toTensor(step, 'int32'));
    const before = gather(
      sorted,
      next.minimum(toTensor(length, 'int32')).sub(toTensor(1, 'int32')),
    );
    // "Not smaller" instead of "greater": NaN is neither, and belongs to the end.
    const isBehind = side === 'left' ? x.lessEqual(before).not() : x.less(before).not();
    found = where(isBehind.and(next.lessEqual(toTensor(length, 'int32'))), next, found);
  }
  return found;
}
