import { affineTransform, cos, sin } from '@gradus/tensor';
import type { LayerFactory } from '../layer.js';
import { defineLayer } from '../layer.js';
import { layerLabel } from '../layer-errors.js';
import type { FactorOption, FactorRange, MovingConfig, MovingOptions } from './image-layer.js';
import { drawForEach, factorRange, randomImageSteps, resolveMoving } from './image-layer.js';
import { transformsOf } from './transforms.js';

/** Options of {@link randomRotation}. */
export interface RandomRotationOptions extends MovingOptions {
  /** Up to which share of a full turn images are turned, either way; two numbers from -1 to 1 are the range itself. */
  readonly factor: FactorOption;
}

interface RandomRotationConfig extends MovingConfig {
  readonly factor: FactorRange;
}

/**
 * In training, turns each image around its middle by an angle that is drawn. Otherwise it leaves images as they are.
 *
 * @throws ValueError for impossible options, ShapeError for an input with other axes.
 * @example
 * randomRotation({ factor: 0.1 }).outputShape([null, 32, 32, 3]); // => [null, 32, 32, 3]
 */
export const randomRotation: LayerFactory<readonly [options: RandomRotationOptions]> = defineLayer({
  className: 'RandomRotation',
  resolve(options: RandomRotationOptions): RandomRotationConfig {
    const label = layerLabel('RandomRotation', options);
    return {
      ...resolveMoving(label, options),
      factor: factorRange(label, 'factor', options.factor),
    };
  },
  ...randomImageSteps<RandomRotationConfig>('RandomRotation', (images, options, context) => {
    const [, height, width] = images.shape as readonly [number, number, number];
    const [x, y] = [(width - 1) / 2, (height - 1) / 2];
    const angle = drawForEach(images, context, 'rotation', options.seed, options.factor).mul(
      2 * Math.PI,
    );
    const [along, across] = [cos(angle), sin(angle)];
    const transforms = transformsOf([
      [along, across.neg(), along.mul(-x).add(across.mul(y)).add(x)],
      [across, along, across.mul(-x).sub(along.mul(y)).add(y)],
    ]);
    return affineTransform(images, transforms, options);
  }),
});
