import { ShapeError } from '../errors.js';
import { formatShape } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { conv1d, conv2d } from './conv.js';
import type { ConvOptions } from './conv.js';
import { reshape } from './layout.js';

/** Options of depthwise convolutions: those of a convolution, whose groups are the channels. */
export type DepthwiseConvOptions = Omit<ConvOptions, 'groups'>;

function depthwise(
  name: string,
  convolve: typeof conv1d,
  x: Tensor,
  kernel: Tensor,
  options: DepthwiseConvOptions,
): Tensor {
  const channels = x.shape.at(-1) as number;
  if (kernel.rank !== x.rank || kernel.shape.at(-2) !== channels)
    throw new ShapeError('conv/channels', `${name}: the kernel does not fit the channels.`, {
      got: `input ${formatShape(x.shape)}, kernel ${formatShape(kernel.shape)}`,
      expected: `kernel [..., ${channels}, multiplier], with as many axes as the input`,
    });
  const filters = channels * (kernel.shape.at(-1) as number);
  return convolve(x, reshape(kernel, [...kernel.shape.slice(0, -2), 1, filters]), {
    ...options,
    groups: channels,
  });
}

/**
 * Convolution of each channel by itself, over one axis. `x` is [batch, time, channels], `kernel`
 * [size, channels, multiplier]; the result is [batch, out, channels * multiplier], all results of one channel together.
 *
 * @throws ShapeError when the kernel does not fit the channels, or the window is larger than the input.
 * @example
 * depthwiseConv1d(tensor([[[1, 2], [3, 4]]]), tensor([[[1], [10]], [[1], [10]]])).toArray(); // => [[[4, 60]]]
 */
export function depthwiseConv1d(
  x: Tensor,
  kernel: Tensor,
  options: DepthwiseConvOptions = {},
): Tensor {
  return depthwise('depthwiseConv1d', conv1d, x, kernel, options);
}

/** Convolution of each channel by itself over height and width: kernel [h, w, channels, multiplier]. See `depthwiseConv1d`. */
export function depthwiseConv2d(
  x: Tensor,
  kernel: Tensor,
  options: DepthwiseConvOptions = {},
): Tensor {
  return depthwise('depthwiseConv2d', conv2d, x, kernel, options);
}
