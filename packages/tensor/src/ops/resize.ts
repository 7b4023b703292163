import { ShapeError, ValueError } from '../errors.js';
import { formatShape } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { tensor } from './constant.js';
import { take } from './index.js';
import { reshape } from './layout.js';
import { matmul } from './matmul.js';

/** How numbers between pixels are made up. */
export type Interpolation = 'nearest' | 'bilinear' | 'bicubic' | 'lanczos3' | 'lanczos5';

/** Options of {@link resizeImages}. */
export interface ResizeOptions {
  /** Default 'bilinear'. */
  readonly interpolation?: Interpolation;
  /** Widens the kernel when an image gets smaller, so that no pixel is passed over. Default false. */
  readonly antialias?: boolean;
}

const lanczos =
  (radius: number) =>
  (x: number): number => {
    if (x > radius) return 0;
    // The quotient of two small numbers near 0, where the limit is 1.
    if (x <= 1e-3) return 1;
    return (radius * Math.sin(Math.PI * x) * Math.sin((Math.PI * x) / radius)) / (Math.PI * x) ** 2;
  };

/** Weight of a pixel at a distance, for each interpolation that mixes pixels. The cubic is that of Keys, a = -1/2. */
const kernels: Readonly<Record<Exclude<Interpolation, 'nearest'>, (distance: number) => number>> = {
  bilinear: (x) => Math.max(0, 1 - x),
  bicubic(x) {
    if (x >= 2) return 0;
    return x >= 1 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : (1.5 * x - 2.5) * x * x + 1;
  },
  lanczos3: lanczos(3),
  lanczos5: lanczos(5),
};

/** Names of all interpolations. */
export const interpolations: readonly Interpolation[] = [
  'nearest',
  'bilinear',
  'bicubic',
  'lanczos3',
  'lanczos5',
];

/** The matrix `[target, length]` that resizes one axis. Pixels are areas: their centres lie at 1/2, 3/2, ... */
function resizeMatrix(
  length: number,
  target: number,
  interpolation: Exclude<Interpolation, 'nearest'>,
  antialias: boolean,
): Tensor {
  const kernel = kernels[interpolation];
  const step = length / target;
  const width = antialias ? Math.max(step, 1) : 1;
  const matrix = new Float32Array(target * length);
  for (let i = 0; i < target; i++) {
    const centre = (i + 0.5) * step - 0.5;
    const weights = Array.from({ length }, (_, j) => kernel(Math.abs(centre - j) / width));
    // At the border the kernel hangs over; what is left of it must still add up to 1.
    const total = weights.reduce((a, b) => a + b, 0);
    if (Math.abs(total) > 1.2e-4)
      weights.forEach((weight, j) => (matrix[i * length + j] = weight / total));
  }
  return tensor(matrix, { shape: [target, length] });
}

function nearestPixels(length: number, target: number): Tensor {
  const { fround } = Math;
  // float32 as in Keras: where a centre lies exactly between two pixels, rounding decides which one it is.
  return tensor(
    Int32Array.from({ length: target }, (_, i) =>
      Math.min(Math.floor(fround(fround((i + 0.5) * length) / target)), length - 1),
    ),
  );
}

/**
 * Images of another size: `[..., height, width, channels]` to `[..., size[0], size[1], channels]`.
 *
 * @throws ValueError for an impossible size or interpolation, ShapeError for fewer than 3 axes.
 * @example
 * resizeImages(tensor([0, 1]).reshape([1, 2, 1]), [1, 4]).flatten().toArray(); // => [0, 0.25, 0.75, 1]
 */
export function resizeImages(
  x: Tensor,
  size: readonly [height: number, width: number],
  { interpolation = 'bilinear', antialias = false }: ResizeOptions = {},
): Tensor {
  if (x.rank < 3)
    throw new ShapeError('image/rank', 'resizeImages takes images with at least 3 axes.', {
      got: formatShape(x.shape),
      expected: '[..., height, width, channels]',
      fix: 'add the missing axis with expandDims (a grey image has 1 channel)',
    });
  if (size.some((n) => !Number.isInteger(n) || n < 1))
    throw new ValueError('image/size', 'resizeImages: a size is impossible.', {
      got: `[${size.join(', ')}]`,
      expected: '[height, width] of at least 1',
    });
  if (!interpolations.includes(interpolation))
    throw new ValueError('image/interpolation', 'resizeImages: there is no such interpolation.', {
      got: `'${String(interpolation)}'`,
      expected: interpolations.map((word) => `'${word}'`).join(', '),
    });
  const image = x.dtype === 'float32' || x.dtype === 'float64' ? x : x.cast('float32');
  return size.reduce((y, target, i) => {
    const axis = y.rank - 3 + i;
    const length = y.shape[axis] as number;
    if (length === target) return y;
    if (interpolation === 'nearest') return take(y, nearestPixels(length, target), { axis });
    const before = y.shape.slice(0, axis);
    const after = y.shape.slice(axis + 1);
    const count = (lengths: readonly number[]): number => lengths.reduce((a, b) => a * b, 1);
    const rows = reshape(y, [count(before), length, count(after)]);
    const matrix = resizeMatrix(length, target, interpolation, antialias);
    return reshape(matmul(matrix, rows), [...before, target, ...after]);
  }, image);
}
