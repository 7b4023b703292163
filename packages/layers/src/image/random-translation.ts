import { affineTransform } from '@gradus/tensor';
import type { LayerFactory } from '../layer.js';
import { defineLayer } from '../layer.js';
import { layerLabel } from '../layer-errors.js';
import type { FactorOption, FactorRange, MovingConfig, MovingOptions } from './image-layer.js';
import { drawForEach, factorRange, randomImageSteps, resolveMoving } from './image-layer.js';
import { transformsOf } from './transforms.js';

/** Options of {@link randomTranslation}. */
export interface RandomTranslationOptions extends MovingOptions {
  /** Up to which share of their height images move down or up; two numbers from -1 to 1 are the range itself. */
  readonly heightFactor: FactorOption;
  /** Up to which share of their width images move right or left. */
  readonly widthFactor: FactorOption;
}

interface RandomTranslationConfig extends MovingConfig {
  readonly heightFactor: FactorRange;
  readonly widthFactor: FactorRange;
}

/**
 * In training, moves each image by distances that are drawn. Otherwise it leaves images as they are.
 *
 * @throws ValueError for impossible options, ShapeError for an input with other axes.
 * @example
 * randomTranslation({ heightFactor: 0.1, widthFactor: 0.2 }).outputShape([null, 32, 32, 3]); // => [null, 32, 32, 3]
 */
export const randomTranslation: LayerFactory<readonly [options: RandomTranslationOptions]> =
  defineLayer({
    className: 'RandomTranslation',
    resolve(options: RandomTranslationOptions): RandomTranslationConfig {
      const label = layerLabel('RandomTranslation', options);
      return {
        ...resolveMoving(label, options),
        heightFactor: factorRange(label, 'heightFactor', options.heightFactor),
        widthFactor: factorRange(label, 'widthFactor', options.widthFactor),
      };
    },
    ...randomImageSteps<RandomTranslationConfig>(
      'RandomTranslation',
      (images, options, context) => {
        const { seed, heightFactor, widthFactor } = options;
        const [, height, width] = images.shape as readonly [number, number, number];
        const down = drawForEach(images, context, 'height', seed, heightFactor).mul(-height);
        const right = drawForEach(images, context, 'width', seed, widthFactor).mul(-width);
        const none = down.mul(0);
        const one = none.add(1);
        const transforms = transformsOf([
          [one, none, right],
          [none, one, down],
        ]);
        return affineTransform(images, transforms, options);
      },
    ),
  });
