import { ShapeError, ValueError } from '../errors.js';
import { formatShape } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { scalar } from './constant.js';
import { iota } from './create.js';
import { abs, floor, sign, where } from './elementwise.js';
import { gather } from './index.js';
import { expandDims, reshape, slice } from './layout.js';

/**
 * What lies outside of an image: `constant` a number, `nearest` its border, `wrap` the image again, `reflect` its mirror
 * image (abcd|dcba), `mirror` the same without the border twice (abcd|cba).
 */
export type FillMode = 'constant' | 'nearest' | 'wrap' | 'reflect' | 'mirror';

/** Options of {@link affineTransform}. */
export interface AffineOptions {
  /** Default 'bilinear'. */
  readonly interpolation?: 'nearest' | 'bilinear';
  /** Default 'constant'. */
  readonly fillMode?: FillMode;
  /** With `constant`: the number outside. Default 0. */
  readonly fillValue?: number;
}

/** Names of all fill modes. */
export const fillModes: readonly FillMode[] = ['constant', 'nearest', 'wrap', 'reflect', 'mirror'];

const int = (value: number): Tensor => scalar(value, 'int32');

/** A place inside for every place, by the rules of the fill mode. */
function inside(place: Tensor, length: number, mode: FillMode): Tensor {
  const clamped = place.maximum(int(0)).minimum(int(length - 1));
  if (mode === 'nearest' || mode === 'constant' || length === 1) return clamped;
  if (mode === 'wrap') return place.mod(int(length));
  const twice = mode === 'reflect' ? 2 * length : 2 * length - 2;
  const along = place.mod(int(twice));
  const back = int(mode === 'reflect' ? twice - 1 : twice).sub(along);
  return where(along.less(int(length)), along, back);
}

function isInside(place: Tensor, length: number): Tensor {
  return place.greaterEqual(int(0)).and(place.less(int(length)));
}

/** Places with weights: the next one, or the two around. */
function neighbours(
  at: Tensor,
  interpolation: 'nearest' | 'bilinear',
): readonly [Tensor, Tensor][] {
  if (interpolation === 'nearest') {
    const place = floor(abs(at).add(0.5)).mul(sign(at)).cast('int32');
    return [[place, at.mul(0).add(1)]];
  }
  const below = floor(at);
  const share = at.sub(below);
  const place = below.cast('int32');
  return [
    [place, share.neg().add(1)],
    [place.add(int(1)), share],
  ];
}

/** Pixels of images at places that need not be whole; x and y are [batch, height, width], one place for each new pixel. */
function sampled(
  images: Tensor,
  x: Tensor,
  y: Tensor,
  { interpolation = 'bilinear', fillMode = 'constant', fillValue = 0 }: AffineOptions,
): Tensor {
  const [batch, height, width, channels] = images.shape as readonly [
    number,
    number,
    number,
    number,
  ];
  const pixels = reshape(images, [batch * height * width, channels]);
  const start = iota([batch, 1, 1], { axis: 0, dtype: 'int32' }).mul(int(height * width));
  const columns = neighbours(x, interpolation);
  const terms = neighbours(y, interpolation).flatMap(([row, rowWeight]) =>
    columns.map(([column, columnWeight]) => {
      const place = inside(row, height, fillMode)
        .mul(int(width))
        .add(inside(column, width, fillMode))
        .add(start);
      const found = gather(pixels, place);
      const isSeen = isInside(row, height).and(isInside(column, width));
      const seen = fillMode === 'constant' ? where(expandDims(isSeen, 3), found, fillValue) : found;
      return seen.mul(expandDims(rowWeight.mul(columnWeight), 3));
    }),
  );
  return terms.reduce((sum, term) => sum.add(term));
}

/** Checks the shapes, and gives sums f x + g y of the entries of a transform for every pixel (x, y). */
function sumsOverPixels(
  name: string,
  images: Tensor,
  transforms: Tensor,
  fillMode: FillMode,
): { readonly entry: (at: number) => Tensor; readonly sum: (first: number) => Tensor } {
  if (images.rank !== 4 || transforms.shape.join() !== [images.shape[0], 8].join())
    throw new ShapeError('image/transform', `${name}: the shapes do not fit.`, {
      got: `images ${formatShape(images.shape)}, transforms ${formatShape(transforms.shape)}`,
      expected: 'images [batch, height, width, channels], transforms [batch, 8]',
    });
  if (!fillModes.includes(fillMode))
    throw new ValueError('image/fill', `${name}: there is no such fill mode.`, {
      got: `'${String(fillMode)}'`,
      expected: fillModes.map((mode) => `'${mode}'`).join(', '),
    });
  const [batch, height, width] = images.shape as readonly [number, number, number];
  const y = iota([1, height, 1], { axis: 1, dtype: 'float32' });
  const x = iota([1, 1, width], { axis: 2, dtype: 'float32' });
  const entry = (at: number): Tensor =>
    reshape(slice(transforms, [0, at], [batch, 1]), [batch, 1, 1]);
  return {
    entry,
    sum: (first) =>
      entry(first)
        .mul(x)
        .add(entry(first + 1).mul(y)),
  };
}

/**
 * Moves, turns, scales and shears images: pixel (x, y) of the result is pixel (a0 x + a1 y + a2, b0 x + b1 y + b2) of the
 * image. `images` is [batch, height, width, channels], `transforms` [batch, 8] with rows a0 a1 a2 b0 b1 b2 0 0.
 *
 * @throws ShapeError when the shapes do not fit, ValueError for an unknown fill mode.
 * @example
 * const left = tensor([[1, 0, 1, 0, 1, 0, 0, 0]]);
 * affineTransform(tensor([1, 2, 3]).reshape([1, 1, 3, 1]), left).flatten().toArray(); // => [2, 3, 0]
 */
export function affineTransform(
  images: Tensor,
  transforms: Tensor,
  options: AffineOptions = {},
): Tensor {
  const { entry, sum } = sumsOverPixels(
    'affineTransform',
    images,
    transforms,
    options.fillMode ?? 'constant',
  );
  return sampled(images, sum(0).add(entry(2)), sum(3).add(entry(5)), options);
}

/**
 * Images as they look from elsewhere: pixel (x, y) of the result is pixel ((a0 x + a1 y + a2) / d, (b0 x + b1 y + b2) / d) of
 * the image with d = c0 x + c1 y + 1. `transforms` is [batch, 8] with rows a0 a1 a2 b0 b1 b2 c0 c1.
 *
 * @throws ShapeError when the shapes do not fit, ValueError for an unknown fill mode.
 * @example
 * const near = tensor([[2, 0, 0, 0, 1, 0, 1, 0]]);
 * perspectiveTransform(tensor([1, 2, 3]).reshape([1, 1, 3, 1]), near).flatten().toArray(); // => [1, 2, 2.3333333]
 */
export function perspectiveTransform(
  images: Tensor,
  transforms: Tensor,
  options: AffineOptions = {},
): Tensor {
  const { entry, sum } = sumsOverPixels(
    'perspectiveTransform',
    images,
    transforms,
    options.fillMode ?? 'constant',
  );
  const depth = sum(6).add(1);
  const x = sum(0).add(entry(2)).div(depth);
  return sampled(images, x, sum(3).add(entry(5)).div(depth), options);
}
