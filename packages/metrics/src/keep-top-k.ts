import { arange, expandDims, sum, where } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { asFloat } from './ranks.js';

/** The `k` largest numbers of the last axis as they are, all others -Infinity. Of equal ones the earlier is larger. */
export function keepTopK(x: Tensor, k: number): Tensor {
  const classes = arange(x.shape[x.rank - 1] ?? 1).cast('int32');
  const other = expandDims(x, -2);
  const own = expandDims(x, -1);
  const earlier = expandDims(classes, 0).less(expandDims(classes, -1));
  const before = other.greater(own).or(other.equal(own).and(earlier));
  return where(sum(asFloat(before), { axis: -1 }).less(k), x, -Infinity);
}
