import type { Tensor } from '@gradus/tensor';
import { concatenate, split } from '@gradus/tensor';
import type { Noise } from './recurrent-noise.js';

/**
 * The products of `x` with the kernels of all gates, side by side as they lie on the last axis of `kernel`. One product
 * for all of them, unless each gate drops numbers of its own.
 *
 * @param product x and the kernel of one or more gates: a matrix product, or a convolution.
 * @param axis where the gates lie in the result.
 */
export function gateProducts(
  x: Tensor,
  kernel: Tensor,
  noise: Noise,
  product: (x: Tensor, kernel: Tensor) => Tensor,
  axis = -1,
): Tensor {
  const [only] = noise;
  if (only === undefined) return product(x, kernel);
  if (noise.length === 1) return product(x.mul(only), kernel);
  const kernels = split(kernel, noise.length, { axis: -1 });
  return concatenate(
    noise.map((factor, gate) => product(x.mul(factor), kernels[gate] as Tensor)),
    { axis },
  );
}

/** Steps and batch as one axis, for what is the same at every step; many small products become one large one. */
export function overSteps(sequence: Tensor, compute: (x: Tensor) => Tensor): Tensor {
  const [steps = 0, batch = 0, ...rest] = sequence.shape;
  const y = compute(sequence.reshape([steps * batch, ...rest]));
  return y.reshape([steps, batch, ...y.shape.slice(1)]);
}
