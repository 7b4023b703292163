import type { Tensor } from '@gradus/tensor';
import { ValueError, iota, randomNormal, tensor, where } from '@gradus/tensor';
import type { CallContext, LayerFactory } from '../layer.js';
import { defineLayer } from '../layer.js';
import { layerLabel } from '../layer-errors.js';
import { noiseKey } from '../random-noise.js';
import type { FactorOption, FactorRange } from './image-layer.js';
import { chosen, drawForEach, factorRange, randomImageSteps } from './image-layer.js';
import type { RelightingConfig, RelightingOptions } from './relighting.js';
import { resolveRelighting } from './relighting.js';

/** Options of {@link randomErasing}: `factor` is up to how likely an image loses a box. Default 1. */
export interface RandomErasingOptions extends Partial<RelightingOptions> {
  /** Share of the image that a box covers; two numbers are the range. Default [0.02, 0.33]. */
  readonly scale?: FactorOption;
  /** What the box is filled with: one number, one for each of three channels, or null (default) for noise. */
  readonly fillValue?: number | readonly number[] | null;
}

interface RandomErasingConfig extends RelightingConfig {
  readonly scale: FactorRange;
  readonly fillValue: number | readonly number[] | null;
}

/** Where a span lies along an axis: true inside. Its length is the square root of a share. */
function span(
  images: Tensor,
  axis: 1 | 2,
  { seed, scale }: RandomErasingConfig,
  context: CallContext,
): Tensor {
  const length = images.shape[axis] as number;
  const wide = drawForEach(images, context, `scale/${axis}`, seed, scale).sqrt().mul(length);
  const start = drawForEach(images, context, `start/${axis}`, seed, [0, 1]).mul(
    wide.neg().add(length),
  );
  const at = iota(axis === 1 ? [1, length, 1, 1] : [1, 1, length, 1], { axis, dtype: 'float32' });
  return at.greaterEqual(start).and(at.less(start.add(wide)));
}

/**
 * In training, fills a box of some images, so that no single part of an image is relied upon. Otherwise it leaves images
 * as they are.
 *
 * @throws ValueError for impossible options, ShapeError for an input with other axes.
 * @example
 * randomErasing({ factor: 0.5, fillValue: 0 }).outputShape([null, 32, 32, 3]); // => [null, 32, 32, 3]
 *
 * Source: Zhong et al. 2017.
 */
export const randomErasing: LayerFactory<readonly [options?: RandomErasingOptions]> = defineLayer({
  className: 'RandomErasing',
  resolve(options: RandomErasingOptions = {}): RandomErasingConfig {
    const label = layerLabel('RandomErasing', options);
    const { scale = [0.02, 0.33], fillValue = null } = options;
    if (Array.isArray(fillValue) && fillValue.length !== 3)
      throw new ValueError('layer/option', `${label}: fillValue is impossible.`, {
        got: `fillValue: ${JSON.stringify(fillValue)}`,
        expected: 'a number, three numbers, or null for noise',
        fix: 'for example fillValue: 0',
      });
    return {
      ...resolveRelighting(label, { factor: 1, ...options }, 0),
      scale: factorRange(label, 'scale', scale, 0),
      fillValue,
    };
  },
  ...randomImageSteps<RandomErasingConfig>('RandomErasing', (images, options, context) => {
    const { seed, factor, fillValue, valueRange } = options;
    const noise = (): Tensor =>
      randomNormal(noiseKey(context, 'fill', seed), images.shape).mul(valueRange[1]);
    const fill = fillValue === null ? noise() : tensor(fillValue as number[]);
    const box = span(images, 1, options, context).and(span(images, 2, options, context));
    const isErased = box.and(chosen(images, context, seed, factor));
    return where(isErased, fill.clip(...valueRange), images);
  }),
});
