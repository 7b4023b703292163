import type { LayerFactory, LayerOptions } from './layer.js';
import { defineLayer } from './layer.js';
import { layerLabel } from './layer-errors.js';
import type { AxisOption } from './normalized-axes.js';
import { axesOf, expectAxes } from './normalized-axes.js';
import { unitLength } from './unit-length.js';

/** Options of {@link unitNormalization}. */
export interface UnitNormalizationOptions extends LayerOptions {
  /** Axes of the numbers that make one vector. Default -1, the last. */
  readonly axis?: AxisOption;
}

/**
 * Gives every vector length 1, so that only its direction counts: for embeddings that are compared by their angle. The
 * shape stays.
 *
 * y = x / sqrt(Σx²). A vector of zeros stays zero; there, as in Keras, the gradient is NaN.
 *
 * @throws ValueError for an impossible axis, ShapeError for one that the input does not have.
 * @example
 * unitNormalization().call({}, tensor([[0, 4]]), context).toArray(); // => [[0, 1]]
 */
export const unitNormalization: LayerFactory<readonly [options?: UnitNormalizationOptions]> =
  defineLayer({
    className: 'UnitNormalization',
    supportsMask: true,
    outputDType: 'float32',
    resolve(options: UnitNormalizationOptions = {}): { readonly axis: AxisOption } {
      const { axis = -1 } = options;
      expectAxes(layerLabel('UnitNormalization', options), axis);
      return { axis };
    },
    build(options, inputShape) {
      axesOf(layerLabel('UnitNormalization', options), inputShape, options.axis);
      return {};
    },
    call(_params, x, options) {
      const label = layerLabel('UnitNormalization', options);
      return unitLength(x.cast('float32'), axesOf(label, x.shape, options.axis), 1e-12);
    },
  });
