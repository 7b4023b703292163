import type { Tensor } from '@gradus/tensor';
import { concatenate, perspectiveTransform, reciprocal, where } from '@gradus/tensor';
import type { CallContext, LayerFactory } from '../layer.js';
import { defineLayer } from '../layer.js';
import { expectFraction, expectOneOf, layerLabel } from '../layer-errors.js';
import type {
  FactorOption,
  FactorRange,
  RandomImageConfig,
  RandomImageOptions,
} from './image-layer.js';
import {
  chosen,
  drawForEach,
  factorRange,
  randomImageSteps,
  resolveRandomImage,
} from './image-layer.js';

/** Options of {@link randomPerspective}. */
export interface RandomPerspectiveOptions extends RandomImageOptions {
  /** Up to how likely an image is changed; two numbers are the range. Default 1. */
  readonly factor?: FactorOption;
  /** How far corners move: up to half of this share of the size. From 0 to 1, the default. */
  readonly scale?: number;
  /** Default 'bilinear'. */
  readonly interpolation?: 'nearest' | 'bilinear';
  /** The number outside of the image. Default 0. */
  readonly fillValue?: number;
}

interface RandomPerspectiveConfig extends RandomImageConfig {
  readonly factor: FactorRange;
  readonly scale: number;
  readonly interpolation: 'nearest' | 'bilinear';
  readonly fillValue: number;
}

/**
 * Transforms that put the corners of images [.., height, width, ..] where they are drawn; the corner at the top left stays.
 * The places (x1, 0), (0, y2) and (x3, y3) go to the corners (w, 0), (0, h) and (w, h): solved by hand, since two of the
 * places lie on the axes.
 */
function transformsFor(
  images: Tensor,
  { scale, seed }: RandomPerspectiveConfig,
  context: CallContext,
): Tensor {
  const [, height, width] = images.shape as readonly [number, number, number];
  const range: FactorRange = [-0.5 * scale, 0.5 * scale];
  const [w, h] = [width - 1, height - 1];
  const moved = (corner: string, length: number): Tensor =>
    drawForEach(images, context, corner, seed, range).add(1).mul(length);
  const x1 = moved('x1', w);
  const y2 = moved('y2', h);
  const [x3, y3] = [moved('x3', w), moved('y3', h)];
  const across = y3.div(y2).sub(1).div(x3);
  const down = x3.div(x1).sub(1).div(y3);
  const none = x1.mul(0);
  const a = across.add(reciprocal(x1)).mul(w);
  const e = down.add(reciprocal(y2)).mul(h);
  const rows = [a, none, none, none, e, none, across, down];
  return concatenate(
    rows.map((row) => row.reshape([row.shape[0] as number, 1])),
    { axis: 1 },
  );
}

/**
 * In training, shows some images as if they were seen from the side: three corners move, each by a share that is drawn.
 * Otherwise it leaves images as they are.
 *
 * @throws ValueError for impossible options, ShapeError for an input with other axes.
 * @example
 * randomPerspective({ scale: 0.3 }).outputShape([null, 32, 32, 3]); // => [null, 32, 32, 3]
 */
export const randomPerspective: LayerFactory<readonly [options?: RandomPerspectiveOptions]> =
  defineLayer({
    className: 'RandomPerspective',
    resolve(options: RandomPerspectiveOptions = {}): RandomPerspectiveConfig {
      const label = layerLabel('RandomPerspective', options);
      const { scale = 1, interpolation = 'bilinear', fillValue = 0 } = options;
      expectFraction(label, 'scale', scale);
      expectOneOf(label, 'interpolation', interpolation, ['nearest', 'bilinear']);
      const [low, high] = factorRange(label, 'factor', options.factor ?? 1, 0);
      return {
        ...resolveRandomImage(label, options),
        factor: [low + 0, high],
        scale,
        interpolation,
        fillValue,
      };
    },
    ...randomImageSteps<RandomPerspectiveConfig>(
      'RandomPerspective',
      (images, options, context) => {
        const [, height, width] = images.shape as readonly [number, number, number];
        // A single row or column has no corners to move.
        if (height < 2 || width < 2) return images;
        const { interpolation, fillValue, seed, factor } = options;
        const seen = perspectiveTransform(images, transformsFor(images, options, context), {
          interpolation,
          fillValue,
        });
        return where(chosen(images, context, seed, factor), seen, images);
      },
    ),
  });
