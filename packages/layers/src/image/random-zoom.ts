import { affineTransform } from '@gradus/tensor';
import type { LayerFactory } from '../layer.js';
import { defineLayer } from '../layer.js';
import { layerLabel } from '../layer-errors.js';
import type { FactorOption, FactorRange, MovingConfig, MovingOptions } from './image-layer.js';
import { drawForEach, factorRange, randomImageSteps, resolveMoving } from './image-layer.js';
import { transformsOf } from './transforms.js';

/** Options of {@link randomZoom}. */
export interface RandomZoomOptions extends MovingOptions {
  /** Up to which share images get lower (positive) or higher (negative); two numbers from -1 to 1 are the range itself. */
  readonly heightFactor: FactorOption;
  /** The same for the width. Default null: as the height, so that proportions stay. */
  readonly widthFactor?: FactorOption | null;
}

interface RandomZoomConfig extends MovingConfig {
  readonly heightFactor: FactorRange;
  readonly widthFactor: FactorRange | null;
}

/**
 * In training, makes what is on each image smaller or larger, around its middle, by factors that are drawn. Otherwise it
 * leaves images as they are.
 *
 * @throws ValueError for impossible options, ShapeError for an input with other axes.
 * @example
 * randomZoom({ heightFactor: 0.2 }).outputShape([null, 32, 32, 3]); // => [null, 32, 32, 3]
 */
export const randomZoom: LayerFactory<readonly [options: RandomZoomOptions]> = defineLayer({
  className: 'RandomZoom',
  resolve(options: RandomZoomOptions): RandomZoomConfig {
    const label = layerLabel('RandomZoom', options);
    const { widthFactor = null } = options;
    return {
      ...resolveMoving(label, options),
      heightFactor: factorRange(label, 'heightFactor', options.heightFactor),
      widthFactor: widthFactor === null ? null : factorRange(label, 'widthFactor', widthFactor),
    };
  },
  ...randomImageSteps<RandomZoomConfig>('RandomZoom', (images, options, context) => {
    const { seed, heightFactor, widthFactor } = options;
    const [, height, width] = images.shape as readonly [number, number, number];
    const high = drawForEach(images, context, 'height', seed, heightFactor).add(1);
    const wide =
      widthFactor === null ? high : drawForEach(images, context, 'width', seed, widthFactor).add(1);
    const none = high.mul(0);
    const transforms = transformsOf([
      [
        wide,
        none,
        wide
          .neg()
          .add(1)
          .mul((width - 1) / 2),
      ],
      [
        none,
        high,
        high
          .neg()
          .add(1)
          .mul((height - 1) / 2),
      ],
    ]);
    return affineTransform(images, transforms, options);
  }),
});
