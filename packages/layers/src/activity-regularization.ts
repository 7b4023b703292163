import type { LayerFactory, LayerOptions } from './layer.js';
import { defineLayer } from './layer.js';
import { expectNonNegative, layerLabel } from './layer-errors.js';
import { layerResult } from './layer-result.js';
import { l1l2 } from './regularizers.js';

/** Options of {@link activityRegularization}. */
export interface ActivityRegularizationOptions extends Omit<LayerOptions, 'activityRegularizer'> {
  /** Factor of the sum of absolute values. Default 0. */
  readonly l1?: number;
  /** Factor of the sum of squares. Default 0. */
  readonly l2?: number;
}

/**
 * Passes its input on and adds a penalty for large numbers in it to the loss, so that the layer before it learns to give
 * small ones or few.
 *
 * (l1 Σ|x| + l2 Σx²) / batch size.
 *
 * @throws ValueError for a factor that is no number.
 * @example
 * activityRegularization({ l1: 0.1 }).outputShape([null, 8]); // => [null, 8]
 */
export const activityRegularization: LayerFactory<
  readonly [options?: ActivityRegularizationOptions]
> = defineLayer({
  className: 'ActivityRegularization',
  supportsMask: true,
  resolve(options: ActivityRegularizationOptions = {}): {
    readonly l1: number;
    readonly l2: number;
  } {
    const { l1 = 0, l2 = 0 } = options;
    const label = layerLabel('ActivityRegularization', options);
    expectNonNegative(label, 'l1', l1, 0.01);
    expectNonNegative(label, 'l2', l2, 0.01);
    return { l1, l2 };
  },
  call: (_params, x, { l1, l2 }) =>
    layerResult({ output: x, losses: [l1l2({ l1, l2 })(x).div(x.shape[0] ?? 1)] }),
});
