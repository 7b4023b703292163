import { emit } from '../emit.js';
import { ShapeError, ValueError } from '../errors.js';
import { windowPrimitives } from '../primitives/window.js';
import { formatShape } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { reshape, transpose } from './layout.js';
import { matmul } from './matmul.js';
import { paddingOf, perAxis, windowCount } from './window-geometry.js';
import type { Padding, PerAxis } from './window-geometry.js';

/** Options of convolutions. */
export interface ConvOptions {
  /** Step of the window, default 1. */
  readonly strides?: PerAxis;
  /** Default `valid`. `causal` is for conv1d. */
  readonly padding?: Padding;
  /** Distance between the points of the window, default 1. */
  readonly dilations?: PerAxis;
  /** Channels and filters are cut into this many groups that do not see each other, default 1. */
  readonly groups?: number;
}

function convolve(
  name: string,
  axes: number,
  x: Tensor,
  kernel: Tensor,
  options: ConvOptions,
): Tensor {
  const { padding = 'valid', groups = 1 } = options;
  if (x.rank !== axes + 2 || kernel.rank !== axes + 2)
    throw new ShapeError('conv/rank', `${name} takes an input and a kernel of rank ${axes + 2}.`, {
      got: `input ${formatShape(x.shape)}, kernel ${formatShape(kernel.shape)}`,
      expected: `input [batch, ${'space, '.repeat(axes)}channels], kernel [${'size, '.repeat(axes)}channels / groups, filters]`,
      fix: 'add the missing axis with expandDims (a grey image has 1 channel)',
    });
  const channels = x.shape[axes + 1] as number;
  const [perGroup, filters] = kernel.shape.slice(axes) as [number, number];
  if (perGroup * groups !== channels || filters % groups !== 0)
    throw new ShapeError('conv/channels', `${name}: the channels do not fit.`, {
      got: `${channels} channels, kernel ${formatShape(kernel.shape)}, ${groups} groups`,
      expected: `a kernel for ${channels / groups} channels per group, and filters divisible by ${groups}`,
    });
  if (padding === 'causal' && axes !== 1)
    throw new ValueError('conv/causal', 'Causal padding needs a time axis.', {
      got: name,
      expected: 'conv1d',
      fix: "use padding 'same' or 'valid'",
    });
  const size = kernel.shape.slice(0, axes);
  const strides = perAxis('strides', options.strides ?? 1, axes);
  const dilations = perAxis('dilations', options.dilations ?? 1, axes);
  const borders = size.map((k, i) =>
    paddingOf(padding, x.shape[i + 1] as number, k, strides[i] as number, dilations[i] as number),
  );
  const space = size.map((k, i) =>
    windowCount(
      name,
      x.shape[i + 1] as number,
      borders[i] as [number, number],
      k,
      strides[i] as number,
      dilations[i] as number,
    ),
  );
  const points = size.reduce((a, b) => a * b, 1);
  const patches = emit(windowPrimitives.unfold, [x], {
    kernel: size,
    strides,
    dilations,
    low: borders.map(([low]) => low),
    high: borders.map(([, high]) => high),
  });
  const count = (x.shape[0] as number) * space.reduce((a, b) => a * b, 1);
  const outputShape = [x.shape[0] as number, ...space, filters];
  if (groups === 1)
    return reshape(
      matmul(
        reshape(patches, [count, points * channels]),
        reshape(kernel, [points * channels, filters]),
      ),
      outputShape,
    );
  const grouped = transpose(reshape(patches, [count, points, groups, perGroup]), [2, 0, 1, 3]);
  const kernels = transpose(
    reshape(kernel, [points, perGroup, groups, filters / groups]),
    [2, 0, 1, 3],
  );
  const product = matmul(
    reshape(grouped, [groups, count, points * perGroup]),
    reshape(kernels, [groups, points * perGroup, filters / groups]),
  );
  return reshape(transpose(product, [1, 0, 2]), outputShape);
}

/**
 * Convolution over one axis (cross-correlation, as in all frameworks: the kernel is not flipped).
 * `x` is [batch, time, channels], `kernel` [size, channels / groups, filters]; the result is [batch, out, filters].
 *
 * @throws ShapeError when ranks or channels do not fit, or the window is larger than the input.
 */
export function conv1d(x: Tensor, kernel: Tensor, options: ConvOptions = {}): Tensor {
  return convolve('conv1d', 1, x, kernel, options);
}

/** Convolution over height and width: [batch, height, width, channels] and [h, w, channels / groups, filters]. See `conv1d`. */
export function conv2d(x: Tensor, kernel: Tensor, options: ConvOptions = {}): Tensor {
  return convolve('conv2d', 2, x, kernel, options);
}

/** Convolution over three axes: [batch, depth, height, width, channels]. See `conv1d`. */
export function conv3d(x: Tensor, kernel: Tensor, options: ConvOptions = {}): Tensor {
  return convolve('conv3d', 3, x, kernel, options);
}
