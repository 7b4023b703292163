import { ShapeError } from '../errors.js';
import { formatShape } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { pad, reshape } from './layout.js';
import { matmul } from './matmul.js';
import { perAxis } from './window-geometry.js';
import type { PerAxis } from './window-geometry.js';
import { fold } from './window.js';

/** Options of transposed convolutions. */
export interface ConvTransposeOptions {
  /** How far apart the inputs are placed, default 1. */
  readonly strides?: PerAxis;
  /** `valid` (default): everything that a window reaches; `same`: length n * stride. */
  readonly padding?: 'valid' | 'same';
  /** Says how long the result is where several lengths fit: less than the stride. Default null: chosen by the padding. */
  readonly outputPadding?: PerAxis | null;
  /** Distance between the points of the window, default 1. */
  readonly dilations?: PerAxis;
}

/** One axis of a transposed convolution. */
export interface TransposedAxis {
  /** How long the result is. */
  readonly length: number;
  /** How much of what the windows reach is cut off in front. */
  readonly crop: number;
}

/**
 * Length and cut of one axis, as in Keras. With reach K = d (k - 1) + 1, `valid` has length (n - 1) s + K + p where p
 * defaults to max(s - K, 0); `same` has n s, or (n - 1) s + K mod 2 + p when p is given.
 */
export function transposedAxis(
  padding: 'valid' | 'same',
  length: number,
  kernel: number,
  stride: number,
  dilation: number,
  outputPadding: number | null,
): TransposedAxis {
  const reach = dilation * (kernel - 1) + 1;
  if (padding === 'valid')
    return {
      length: (length - 1) * stride + reach + (outputPadding ?? Math.max(stride - reach, 0)),
      crop: 0,
    };
  const around = outputPadding === null ? stride : (reach % 2) + outputPadding;
  return {
    length: (length - 1) * stride + around,
    // Zeros before a convolution that reads the spread-out input: half of all, but never more than the window reaches.
    crop: reach - 1 - Math.min(Math.ceil((reach - 2 + around) / 2), reach - 1),
  };
}

function convolveTransposed(
  name: string,
  axes: number,
  x: Tensor,
  kernel: Tensor,
  options: ConvTransposeOptions,
): Tensor {
  const { padding = 'valid', outputPadding = null } = options;
  if (x.rank !== axes + 2 || kernel.rank !== axes + 2)
    throw new ShapeError('conv/rank', `${name} takes an input and a kernel of rank ${axes + 2}.`, {
      got: `input ${formatShape(x.shape)}, kernel ${formatShape(kernel.shape)}`,
      expected: `input [batch, ${'space, '.repeat(axes)}channels], kernel [${'size, '.repeat(axes)}filters, channels]`,
      fix: 'add the missing axis with expandDims (a grey image has 1 channel)',
    });
  const batch = x.shape[0] as number;
  const space = x.shape.slice(1, -1);
  const size = kernel.shape.slice(0, axes);
  const [filters, channels] = kernel.shape.slice(axes) as [number, number];
  if (channels !== x.shape.at(-1))
    throw new ShapeError('conv/channels', `${name}: the channels do not fit.`, {
      got: `${x.shape.at(-1)} channels, kernel ${formatShape(kernel.shape)}`,
      expected: `a kernel whose last axis is ${x.shape.at(-1)}: filters come before channels here`,
    });
  const strides = perAxis('strides', options.strides ?? 1, axes);
  const dilations = perAxis('dilations', options.dilations ?? 1, axes);
  const target = space.map((length, i) =>
    transposedAxis(
      padding,
      length,
      size[i] as number,
      strides[i] as number,
      dilations[i] as number,
      typeof outputPadding === 'number' ? outputPadding : (outputPadding?.[i] ?? null),
    ),
  );
  // What no window reaches is not folded but added as zeros; what is cut off is the padding of the fold.
  const beyond = target.map(
    ({ length, crop }, i) =>
      length +
      crop -
      (((space[i] as number) - 1) * (strides[i] as number) +
        ((size[i] as number) - 1) * (dilations[i] as number) +
        1),
  );
  const points = size.reduce((a, b) => a * b, 1);
  const count = batch * space.reduce((a, b) => a * b, 1);
  const patches = matmul(
    reshape(x, [count, channels]),
    reshape(kernel, [points * filters, channels]),
    { transposeY: true },
  );
  const image = fold(reshape(patches, [batch, ...space, points, filters]), {
    kernel: size,
    strides,
    dilations,
    low: target.map(({ crop }) => crop),
    high: beyond.map((n) => Math.max(-n, 0)),
    spatial: target.map(({ length }, i) => length - Math.max(beyond[i] as number, 0)),
  });
  return pad(image, [
    [0, 0],
    ...beyond.map((n): readonly [number, number] => [0, Math.max(n, 0)]),
    [0, 0],
  ]);
}

/**
 * Transposed convolution over one axis: the adjoint of `conv1d`, which makes a series longer. Every input number adds its
 * multiple of the kernel to the places that a convolution would have read it from.
 * `x` is [batch, time, channels], `kernel` [size, filters, channels]; the result is [batch, out, filters].
 *
 * @throws ShapeError when ranks or channels do not fit.
 * @example
 * conv1dTranspose(tensor([[[1], [2]]]), tensor([[[1]], [[10]]]), { strides: 2 }).flatten().toArray(); // => [1, 10, 2, 20]
 *
 * Source: Zeiler et al. 2010, lengths as in Keras.
 */
export function conv1dTranspose(
  x: Tensor,
  kernel: Tensor,
  options: ConvTransposeOptions = {},
): Tensor {
  return convolveTransposed('conv1dTranspose', 1, x, kernel, options);
}

/** Transposed convolution over height and width: [batch, height, width, channels] and [h, w, filters, channels]. See `conv1dTranspose`. */
export function conv2dTranspose(
  x: Tensor,
  kernel: Tensor,
  options: ConvTransposeOptions = {},
): Tensor {
  return convolveTransposed('conv2dTranspose', 2, x, kernel, options);
}

/** Transposed convolution over three axes: [batch, depth, height, width, channels]. See `conv1dTranspose`. */
export function conv3dTranspose(
  x: Tensor,
  kernel: Tensor,
  options: ConvTransposeOptions = {},
): Tensor {
  return convolveTransposed('conv3dTranspose', 3, x, kernel, options);
}
