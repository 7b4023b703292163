import type { Tensor } from '@gradus/tensor';
import { rsqrt } from '@gradus/tensor';
import type { InitializerLike } from './initializers/get-initializer.js';
import { getInitializer } from './initializers/get-initializer.js';
import type { Initializer } from './initializers/initializer.js';
import type { LayerFactory, Mask } from './layer.js';
import { defineLayer } from './layer.js';
import { expectFraction, expectLastAxis, knownLength, layerLabel } from './layer-errors.js';
import { layerResult } from './layer-result.js';
import type { NormalizationConfig, NormalizationOptions } from './normalization-options.js';
import { resolveNormalization, scaleSpecs } from './normalization-options.js';

/** Options of {@link batchNormalization}. */
export interface BatchNormalizationOptions extends NormalizationOptions {
  /** The axis of the features, each of which is normalised alone. Default -1, the last. */
  readonly axis?: number;
  /** How much of the running mean and variance stays at each step. Default 0.99. */
  readonly momentum?: number;
  /** Default 'zeros'. */
  readonly movingMeanInitializer?: InitializerLike;
  /** Default 'ones'. */
  readonly movingVarianceInitializer?: InitializerLike;
}

interface BatchNormalizationConfig extends NormalizationConfig {
  readonly axis: number;
  readonly momentum: number;
  readonly movingMeanInitializer: Initializer;
  readonly movingVarianceInitializer: Initializer;
}

/** Mean and variance of each feature over everything else. What the mask leaves out does not count. */
function moments(
  x: Tensor,
  axes: readonly number[],
  mask: Mask,
): readonly [mean: Tensor, variance: Tensor] {
  if (mask === null) {
    const mean = x.mean({ axis: axes, keepDims: true });
    return [mean, x.sub(mean).square().mean({ axis: axes, keepDims: true })];
  }
  const ones = [...mask.shape, ...new Array<number>(x.rank - mask.rank).fill(1)];
  const weights = mask.cast(x.dtype).reshape(ones).broadcastTo(x.shape);
  // The small number keeps a batch finite in which nothing counts.
  const total = weights.sum({ axis: axes, keepDims: true }).add(1e-7);
  const mean = x.mul(weights).sum({ axis: axes, keepDims: true }).div(total);
  return [mean, x.sub(mean).square().mul(weights).sum({ axis: axes, keepDims: true }).div(total)];
}

/**
 * Gives every feature mean 0 and variance 1, then scales by gamma and adds beta, both learned.
 *
 * In training, mean and population variance are those of the batch, and the running ones move: moving = momentum moving +
 * (1 - momentum) batch. Otherwise, and when `trainable` is false, the running ones are used.
 *
 * y = gamma (x - mean) / sqrt(variance + epsilon) + beta. All parameters have shape `[features]`.
 *
 * @throws ShapeError when the length of the axis is not known; ValueError for a momentum outside 0..1.
 * @example
 * Object.keys(batchNormalization().build([null, 4])); // => ['gamma', 'beta', 'movingMean', 'movingVariance']
 *
 * Source: Ioffe and Szegedy 2015.
 */
export const batchNormalization: LayerFactory<readonly [options?: BatchNormalizationOptions]> =
  defineLayer({
    className: 'BatchNormalization',
    supportsMask: true,
    resolve(options: BatchNormalizationOptions = {}): BatchNormalizationConfig {
      const { axis = -1, momentum = 0.99 } = options;
      expectFraction(layerLabel('BatchNormalization', options), 'momentum', momentum);
      return {
        axis,
        momentum,
        movingMeanInitializer: getInitializer(options.movingMeanInitializer ?? 'zeros'),
        movingVarianceInitializer: getInitializer(options.movingVarianceInitializer ?? 'ones'),
        ...resolveNormalization(options),
      };
    },
    build(options, inputShape) {
      const shape = [
        knownLength(layerLabel('BatchNormalization', options), inputShape, options.axis),
      ];
      return {
        ...scaleSpecs(options, shape),
        movingMean: { shape, initializer: options.movingMeanInitializer, trainable: false },
        movingVariance: { shape, initializer: options.movingVarianceInitializer, trainable: false },
      };
    },
    call({ gamma, beta, movingMean, movingVariance }, input, options, context) {
      const x = input.dtype === 'int32' || input.dtype === 'bool' ? input.cast('float32') : input;
      const at = options.axis < 0 ? options.axis + x.rank : options.axis;
      const features = movingMean.shape[0] as number;
      expectLastAxis(layerLabel('BatchNormalization', options), [x.shape[at] ?? 0], features);
      const wide = x.shape.map((_, axis) => (axis === at ? features : 1));
      const learning = context.training && options.trainable;
      const axes = x.shape.map((_, axis) => axis).filter((axis) => axis !== at);
      const [mean, variance] = learning
        ? moments(x, axes, context.mask ?? null)
        : [movingMean.reshape(wide), movingVariance.reshape(wide)];
      const factor = rsqrt(variance.add(options.epsilon));
      const scaled = x
        .sub(mean)
        .mul(gamma === undefined ? factor : factor.mul(gamma.reshape(wide)));
      const output = beta === undefined ? scaled : scaled.add(beta.reshape(wide));
      if (!learning) return output;
      const move = (old: Tensor, now: Tensor): Tensor =>
        old.mul(options.momentum).add(now.reshape([features]).mul(1 - options.momentum));
      return layerResult({
        output,
        state: {
          movingMean: move(movingMean, mean),
          movingVariance: move(movingVariance, variance),
        },
      });
    },
  });
