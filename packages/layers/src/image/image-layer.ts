import type { Tensor } from '@gradus/tensor';
import { ValueError, fillModes, randomUniform } from '@gradus/tensor';
import type { FillMode } from '@gradus/tensor';
import type { DataFormat, DataFormatOption } from '../data-format.js';
import { resolveDataFormat, withChannelsLast } from '../data-format.js';
import type { CallContext, CommonConfig, LayerOptions } from '../layer.js';
import { expectInteger, expectOneOf, expectRank, layerLabel } from '../layer-errors.js';
import { noiseKey } from '../random-noise.js';
import type { SymbolicShape } from '../symbolic.js';
import { spaceAxes } from '../window.js';

/** Options that all layers of images take. */
export interface ImageOptions extends LayerOptions, DataFormatOption {}

/** Options of layers that change images at random. */
export interface RandomImageOptions extends ImageOptions {
  /** Makes this layer's draws differ from those of a layer with another seed. Default null. */
  readonly seed?: number | null;
}

/** {@link RandomImageOptions} with defaults filled in. */
export interface RandomImageConfig {
  readonly dataFormat: DataFormat;
  readonly seed: number | null;
}

/** Options of layers that move pixels. */
export interface MovingOptions extends RandomImageOptions {
  /** What lies outside: 'reflect' (default) its mirror image, 'constant' fillValue, 'nearest' the border, 'wrap' the image again. */
  readonly fillMode?: Exclude<FillMode, 'mirror'>;
  /** Default 'bilinear'. */
  readonly interpolation?: 'nearest' | 'bilinear';
  /** With 'constant': the number outside. Default 0. */
  readonly fillValue?: number;
}

/** {@link MovingOptions} with defaults filled in. */
export interface MovingConfig extends RandomImageConfig {
  readonly fillMode: Exclude<FillMode, 'mirror'>;
  readonly interpolation: 'nearest' | 'bilinear';
  readonly fillValue: number;
}

/** A number for -x to x, or a range. */
export type FactorOption = number | readonly [number, number];

/** A range from which factors are drawn. */
export type FactorRange = readonly [low: number, high: number];

/** Checks what layers that change images at random share. */
export function resolveRandomImage(label: string, options: RandomImageOptions): RandomImageConfig {
  return { dataFormat: resolveDataFormat(label, options), seed: options.seed ?? null };
}

/** Checks what layers that move pixels share. */
export function resolveMoving(label: string, options: MovingOptions): MovingConfig {
  const { fillMode = 'reflect', interpolation = 'bilinear', fillValue = 0 } = options;
  expectOneOf(
    label,
    'fillMode',
    fillMode,
    fillModes.filter((mode) => mode !== 'mirror'),
  );
  expectOneOf(label, 'interpolation', interpolation, ['nearest', 'bilinear']);
  return { ...resolveRandomImage(label, options), fillMode, interpolation, fillValue };
}

/**
 * The range that a factor stands for: x is -x to x, cut off at `least`; a list is the range itself.
 *
 * @throws ValueError that names the layer and the option.
 */
export function factorRange(
  label: string,
  option: string,
  value: FactorOption,
  least = -1,
  most = 1,
): FactorRange {
  const given: readonly unknown[] = Array.isArray(value) ? value : [value];
  const fits = given.every((n) => typeof n === 'number' && n >= least && n <= most);
  if (!fits || given.length > 2 || (Array.isArray(value) && given.length !== 2))
    throw new ValueError('layer/option', `${label}: ${option} is impossible.`, {
      got: `${option}: ${JSON.stringify(value)}`,
      expected: `a number from ${least} to ${most}, or two of them`,
      fix: `for example ${option}: 0.2`,
    });
  if (typeof value === 'number') return [Math.max(-Math.abs(value), least), Math.abs(value)];
  return [Math.min(...value), Math.max(...value)];
}

/**
 * Height and width of an option each.
 *
 * @throws ValueError that names the layer.
 */
export function resolveSize(
  label: string,
  { height, width }: { readonly height: number; readonly width: number },
): { readonly height: number; readonly width: number } {
  expectInteger(label, 'height', height);
  expectInteger(label, 'width', width);
  return { height, width };
}

/** The shape of images of another size. */
export function resizedShape(
  { dataFormat, height, width }: { dataFormat: DataFormat; height: number; width: number },
  inputShape: SymbolicShape,
): SymbolicShape {
  const [batch = null] = inputShape;
  return dataFormat === 'channelsLast'
    ? [batch, height, width, inputShape[3] ?? null]
    : [batch, inputShape[1] ?? null, height, width];
}

/** One draw for each image, spread evenly over a range: `[batch, 1, 1, 1]`. */
export function drawForEach(
  images: Tensor,
  context: CallContext,
  purpose: string,
  seed: number | null,
  [low, high]: FactorRange,
): Tensor {
  const shape = [images.shape[0] as number, 1, 1, 1];
  return randomUniform(noiseKey(context, purpose, seed), shape, { low, high });
}

/** What all layers of images do; `change` is written for images with channels last, in float32. */
export function imageSteps<Config extends { readonly dataFormat: DataFormat }>(
  className: string,
  change: (images: Tensor, options: Config & CommonConfig, context: CallContext) => Tensor,
): {
  outputDType: 'float32';
  build(options: Config & CommonConfig, shape: SymbolicShape): Record<never, never>;
  call(params: object, x: Tensor, options: Config & CommonConfig, context: CallContext): Tensor;
} {
  return {
    outputDType: 'float32',
    build(options, inputShape) {
      expectRank(layerLabel(className, options), inputShape, spaceAxes(2, options.dataFormat));
      return {};
    },
    call: (_params, x, options, context) =>
      withChannelsLast(x.cast('float32'), options.dataFormat, (images) =>
        change(images, options, context),
      ),
  };
}

/** What layers do that change images in training only. */
export function randomImageSteps<Config extends { readonly dataFormat: DataFormat }>(
  className: string,
  change: (images: Tensor, options: Config & CommonConfig, context: CallContext) => Tensor,
): ReturnType<typeof imageSteps<Config>> {
  return imageSteps<Config>(className, (images, options, context) =>
    context.training ? change(images, options, context) : images,
  );
}

/** Which images are chosen, each with a probability drawn from a range: bool `[batch, 1, 1, 1]`. */
export function chosen(
  images: Tensor,
  context: CallContext,
  seed: number | null,
  range: FactorRange,
): Tensor {
  const probability = drawForEach(images, context, 'probability', seed, range);
  return drawForEach(images, context, 'choice', seed, [0, 1]).less(probability);
}
