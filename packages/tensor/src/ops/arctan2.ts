import type { Tensor, TensorLike } from '../tensor.js';
import { toTensor } from './constant.js';
import { abs, div, less, sqrt, square, where } from './elementwise.js';

/** atan of 0..1: halved twice, so that a short series is exact to float32. */
function arctanOfShare(share: Tensor): Tensor {
  const halved = (t: Tensor): Tensor => div(t, sqrt(square(t).add(1)).add(1));
  const t = halved(halved(share));
  const t2 = square(t);
  // t - t³/3 + t⁵/5 - ..., t at most tan(π/16): the next term is below 1e-9.
  const series = [-1 / 11, 1 / 9, -1 / 7, 1 / 5, -1 / 3, 1].reduce(
    (sum, factor) => sum.mul(t2).add(factor),
    t2.mul(0),
  );
  return series.mul(t).mul(4);
}

/**
 * The angle of the point (x, y), from -π to π: 0 on the right, π/2 upwards. The angle of (0, 0) is 0. Exact to 4e-7.
 *
 * @example
 * arctan2(tensor([0, 1, -1]), tensor([-1, 1, 0])).toArray(); // => [3.1415927, 0.7853982, -1.5707964]
 */
export function arctan2(y: TensorLike, x: TensorLike): Tensor {
  const [up, right] = [toTensor(y), toTensor(x)];
  const [high, wide] = [abs(up), abs(right)];
  const isSteep = wide.less(high);
  const long = where(isSteep, high, wide);
  const short = where(isSteep, wide, high);
  // Nothing is divided by 0, also in what a gradient sees.
  const share = div(short, where(long.equal(0), 1, long));
  const first = arctanOfShare(share);
  const quarter = where(isSteep, first.neg().add(Math.PI / 2), first);
  const half = where(less(right, 0), quarter.neg().add(Math.PI), quarter);
  return where(less(up, 0), half.neg(), half);
}
