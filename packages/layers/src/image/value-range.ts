import type { Tensor } from '@gradus/tensor';
import { ValueError } from '@gradus/tensor';

/** The numbers between which pixels lie. */
export type ValueRange = readonly [low: number, high: number];

/**
 * A value range in order; [0, 255] by default.
 *
 * @throws ValueError that names the layer.
 */
export function resolveValueRange(label: string, range: ValueRange = [0, 255]): ValueRange {
  const [a, b] = range;
  if (Array.isArray(range) && range.length === 2 && Number.isFinite(a) && Number.isFinite(b))
    return a <= b ? [a, b] : [b, a];
  throw new ValueError('layer/option', `${label}: valueRange is impossible.`, {
    got: `valueRange: ${JSON.stringify(range)}`,
    expected: 'the smallest and the largest number of a pixel',
    fix: 'for example valueRange: [0, 1]',
  });
}

/** Pixels of one value range in another. */
export function moveRange(images: Tensor, from: ValueRange, to: ValueRange): Tensor {
  if (from[0] === to[0] && from[1] === to[1]) return images;
  return images
    .sub(from[0])
    .div(from[1] - from[0])
    .mul(to[1] - to[0])
    .add(to[0]);
}

/** The value range of pixels with 8 bits. */
export const bytes: ValueRange = [0, 255];
