import type { Shape } from '@gradus/tensor';
import { sizeOf } from '../access.js';
import { windowGeometry } from '../windows/geometry.js';
import type { WindowParams } from '../windows/geometry.js';

/** Where windows lie in an image, in bytes of the memory they are read from: the image itself, or a copy with its padding. */
export interface ConvGeometry {
  readonly batch: number;
  readonly channels: number;
  /** Groups of channels that do not see each other, and how many channels each has. */
  readonly groups: number;
  readonly perGroup: number;
  readonly spatial: readonly number[];
  /** Windows along each axis, and in an image. */
  readonly positions: readonly number[];
  readonly windows: number;
  /** Elements of a window without channels. */
  readonly taps: number;
  /** Lengths with padding. */
  readonly extents: readonly number[];
  readonly isPadded: boolean;
  /** Bytes of an image, without and with padding. */
  readonly imageBytes: number;
  readonly extentBytes: number;
  /** From the start of a padded image to the image in it. */
  readonly inside: number;
  /** From one element to the next along each axis. */
  readonly axisBytes: readonly number[];
  /** From one window to the next along each axis. */
  readonly positionBytes: readonly number[];
  /** From the start of a window to each tap. */
  readonly tapBytes: readonly number[];
  /** Numbers of a window that lie side by side, and where each such run begins. */
  readonly run: number;
  readonly runStarts: readonly number[];
}

/** All sums of one multiple of each step, the last axis fastest. */
function grid(counts: readonly number[], steps: readonly number[]): number[] {
  return counts.reduce<number[]>(
    (starts, count, axis) =>
      starts.flatMap((start) =>
        Array.from({ length: count }, (_, i) => start + i * (steps[axis] as number)),
      ),
    [0],
  );
}

/** @param shape of the image: [batch, ...spatial, channels]. */
export function convGeometry(shape: Shape, params: WindowParams, groups = 1): ConvGeometry {
  const { positions } = windowGeometry(shape, params);
  const { kernel, strides, dilations, low, high } = params;
  const batch = shape[0] as number;
  const channels = shape.at(-1) as number;
  const spatial = shape.slice(1, -1);
  const last = spatial.length - 1;
  const isPadded = [...low, ...high].some((n) => n > 0);
  const extents = spatial.map((n, axis) => n + (low[axis] as number) + (high[axis] as number));
  const axisBytes = extents.map((_, axis) => 4 * channels * sizeOf(extents.slice(axis + 1)));
  const tapSteps = axisBytes.map((bytes, axis) => bytes * (dilations[axis] as number));
  const tapBytes = grid(kernel, tapSteps);
  const perGroup = channels / groups;
  // Without gaps between them, the taps of a row are one run.
  const isDense = dilations[last] === 1 && groups === 1;
  const width = isDense ? (kernel[last] as number) : 1;
  return {
    batch,
    channels,
    groups,
    perGroup,
    spatial,
    positions,
    windows: sizeOf(positions),
    taps: sizeOf(kernel),
    extents,
    isPadded,
    imageBytes: 4 * channels * sizeOf(spatial),
    extentBytes: 4 * channels * sizeOf(extents),
    inside: axisBytes.reduce((sum, bytes, axis) => sum + bytes * (low[axis] as number), 0),
    axisBytes,
    positionBytes: axisBytes.map((bytes, axis) => bytes * (strides[axis] as number)),
    tapBytes,
    run: perGroup * width,
    runStarts: isDense ? tapBytes.filter((_, tap) => tap % width === 0) : tapBytes,
  };
}

/** How many images are taken together, so that small ones fill their tiles: a divisor of the batch. */
export function imagesTogether({ batch, windows }: ConvGeometry, rows: number): number {
  for (let images = 1; images < batch; images++)
    if (batch % images === 0 && images * windows >= rows) return images;
  return batch;
}
