import type { Tensor } from '@gradus/tensor';
import { ValueError, depthwiseConv2d, iota, randomUniform, where } from '@gradus/tensor';
import type { LayerFactory } from '../layer.js';
import { defineLayer } from '../layer.js';
import { layerLabel } from '../layer-errors.js';
import { noiseKey } from '../random-noise.js';
import type { FactorOption, FactorRange } from './image-layer.js';
import { chosen, factorRange, randomImageSteps } from './image-layer.js';
import type { RelightingConfig, RelightingOptions } from './relighting.js';
import { resolveRelighting } from './relighting.js';

/** Options of {@link randomGaussianBlur}: `factor` is up to how likely an image is blurred. Default 1. */
export interface RandomGaussianBlurOptions extends Partial<RelightingOptions> {
  /** Pixels that are mixed, from left to right and from top to bottom; odd. Default 3. */
  readonly kernelSize?: number | readonly [width: number, height: number];
  /** Up to how wide the bell is, in pixels, from 0 to 1; two numbers are the range. Default 1. */
  readonly sigma?: FactorOption;
}

interface RandomGaussianBlurConfig extends RelightingConfig {
  readonly kernelSize: readonly [width: number, height: number];
  readonly sigma: FactorRange;
}

function resolveKernelSize(
  label: string,
  value: number | readonly [number, number],
): readonly [number, number] {
  const size = typeof value === 'number' ? ([value, value] as const) : value;
  if (
    Array.isArray(size) &&
    size.length === 2 &&
    size.every((n) => Number.isInteger(n) && n % 2 === 1 && n > 0)
  )
    return size as readonly [number, number];
  throw new ValueError('layer/option', `${label}: kernelSize is impossible.`, {
    got: `kernelSize: ${JSON.stringify(value)}`,
    expected: 'an odd number of pixels, or [width, height]',
    fix: 'for example kernelSize: 3',
  });
}

/** A bell over `size` pixels whose sum is 1. */
function bell(size: number, sigma: Tensor): Tensor {
  const distance = iota([size], { dtype: 'float32' })
    .sub((size - 1) / 2)
    .div(sigma);
  const weights = distance.square().mul(-0.5).exp();
  return weights.div(weights.sum());
}

/**
 * In training, blurs some images, with a bell whose widths are drawn once for the batch. Otherwise it leaves images as they
 * are.
 *
 * @throws ValueError for impossible options, ShapeError for an input with other axes.
 * @example
 * randomGaussianBlur({ kernelSize: 5 }).outputShape([null, 32, 32, 3]); // => [null, 32, 32, 3]
 */
export const randomGaussianBlur: LayerFactory<readonly [options?: RandomGaussianBlurOptions]> =
  defineLayer({
    className: 'RandomGaussianBlur',
    resolve(options: RandomGaussianBlurOptions = {}): RandomGaussianBlurConfig {
      const label = layerLabel('RandomGaussianBlur', options);
      const [low, high] = factorRange(label, 'sigma', options.sigma ?? 1, 0);
      return {
        ...resolveRelighting(label, { factor: 1, ...options }, 0),
        kernelSize: resolveKernelSize(label, options.kernelSize ?? 3),
        sigma: [low + 0, high],
      };
    },
    ...randomImageSteps<RandomGaussianBlurConfig>(
      'RandomGaussianBlur',
      (images, options, context) => {
        const { seed, factor, valueRange, kernelSize, sigma } = options;
        const [low, high] = sigma;
        const width = (purpose: string): Tensor =>
          // Not quite 0, by which nothing can be divided.
          randomUniform(noiseKey(context, purpose, seed), [], { low, high }).add(1e-6);
        const along = bell(kernelSize[0], width('width')).reshape([1, kernelSize[0], 1, 1]);
        const down = bell(kernelSize[1], width('height')).reshape([kernelSize[1], 1, 1, 1]);
        const kernel = down
          .mul(along)
          .broadcastTo([kernelSize[1], kernelSize[0], images.shape[3] as number, 1]);
        const blurred = depthwiseConv2d(images, kernel, { padding: 'same' });
        return where(chosen(images, context, seed, factor), blurred, images).clip(...valueRange);
      },
    ),
  });
