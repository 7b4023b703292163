import type { Tensor } from '@gradus/tensor';
import { minimum, rsqrt } from '@gradus/tensor';

/**
 * x divided by its Euclidean length along axes (default all), but never by less than epsilon:
 * x min(1 / sqrt(Σx²), 1 / epsilon). As in Keras, zeros stay zeros and have no gradient (NaN).
 */
export function unitLength(x: Tensor, axis?: number | readonly number[], epsilon = 1e-7): Tensor {
  const axes = axis === undefined ? {} : { axis };
  const inverse = rsqrt(x.square().sum({ ...axes, keepDims: true }));
  return x.mul(minimum(inverse, 1 / epsilon));
}
