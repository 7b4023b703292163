import type { Tensor } from '@gradus/tensor';

/** A box of an image. */
export interface Box {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** The largest box in the middle of an image that has the proportions of a target; counted as in Keras. */
export function fittedBox(
  [height, width]: readonly [number, number],
  target: { readonly height: number; readonly width: number },
): Box {
  const high = Math.trunc((width * target.height) / target.width);
  const wide = Math.trunc((height * target.width) / target.height);
  const box = {
    height: Math.max(Math.min(height, high), 1),
    width: Math.max(Math.min(width, wide), 1),
  };
  return {
    ...box,
    top: Math.trunc((height - box.height) / 2),
    left: Math.trunc((width - box.width) / 2),
  };
}

/** The part of images [batch, height, width, channels] that lies in a box; what sticks out is left away. */
export function cutOut(images: Tensor, { top, left, height, width }: Box): Tensor {
  const [batch, high, wide, channels] = images.shape as readonly [number, number, number, number];
  return images.slice(
    [0, top, left, 0],
    [batch, Math.min(height, high - top), Math.min(width, wide - left), channels],
  );
}
