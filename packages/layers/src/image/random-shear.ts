import { affineTransform, where } from '@gradus/tensor';
import type { LayerFactory } from '../layer.js';
import { defineLayer } from '../layer.js';
import { layerLabel } from '../layer-errors.js';
import type { FactorOption, FactorRange, MovingConfig, MovingOptions } from './image-layer.js';
import { drawForEach, factorRange, randomImageSteps, resolveMoving } from './image-layer.js';
import { transformsOf } from './transforms.js';

/** Options of {@link randomShear}. */
export interface RandomShearOptions extends MovingOptions {
  /** How far rows slide, per row; two numbers are the range. Default 0. */
  readonly xFactor?: FactorOption;
  /** How far columns slide, per column. Default 0. */
  readonly yFactor?: FactorOption;
}

interface RandomShearConfig extends MovingConfig {
  readonly xFactor: FactorRange;
  readonly yFactor: FactorRange;
}

/**
 * In training, lets the rows and columns of each image slide, by factors that are drawn, either way. Otherwise it leaves
 * images as they are.
 *
 * @throws ValueError for factors outside of 0..1, ShapeError for an input with other axes.
 * @example
 * randomShear({ xFactor: 0.2 }).outputShape([null, 32, 32, 3]); // => [null, 32, 32, 3]
 */
export const randomShear: LayerFactory<readonly [options?: RandomShearOptions]> = defineLayer({
  className: 'RandomShear',
  resolve(options: RandomShearOptions = {}): RandomShearConfig {
    const label = layerLabel('RandomShear', options);
    return {
      ...resolveMoving(label, options),
      xFactor: factorRange(label, 'xFactor', options.xFactor ?? 0),
      yFactor: factorRange(label, 'yFactor', options.yFactor ?? 0),
    };
  },
  ...randomImageSteps<RandomShearConfig>('RandomShear', (images, options, context) => {
    const { seed, xFactor, yFactor } = options;
    const isBack = drawForEach(images, context, 'direction', seed, [0, 1]).greater(0.5);
    const way = where(isBack, -1, 1);
    const none = way.mul(0);
    const one = none.add(1);
    const transforms = transformsOf([
      [one, drawForEach(images, context, 'x', seed, xFactor).mul(way), none],
      [drawForEach(images, context, 'y', seed, yFactor).mul(way), one, none],
    ]);
    return affineTransform(images, transforms, options);
  }),
});
