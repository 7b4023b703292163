import type { Tensor } from '@gradus/tensor';
import { rsqrt, where } from '@gradus/tensor';
import type { RenormClipping } from './batch-renormalization.js';
import { correction, expectClipping, renormSpecs, renormStates } from './batch-renormalization.js';
import type { InitializerLike } from './initializers/get-initializer.js';
import { getInitializer } from './initializers/get-initializer.js';
import type { Initializer } from './initializers/initializer.js';
import type { LayerFactory, Mask, ParameterSpec } from './layer.js';
import { defineLayer } from './layer.js';
import { expectFraction, layerLabel } from './layer-errors.js';
import { layerResult } from './layer-result.js';
import type { NormalizationConfig, NormalizationOptions } from './normalization-options.js';
import { resolveNormalization, scaleSpecs } from './normalization-options.js';
import { axesOf, besideAxes, expectAxis, expectLengths, lengthsOf } from './normalized-axes.js';

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
  /**
   * Whether training corrects the numbers of the batch towards the running ones (batch renormalization), which helps with
   * small batches. Adds the parameters movingStddev, renormMean and renormStddev. Default false.
   */
  readonly renorm?: boolean;
  /** Limits of that correction. Default none. */
  readonly renormClipping?: RenormClipping | null;
  /** How much of the running numbers of that correction stays at each step. Default 0.99. */
  readonly renormMomentum?: number;
  /** Whether all devices share their statistics. There is one device, so it changes nothing. Default false. */
  readonly synchronized?: boolean;
}

interface BatchNormalizationConfig extends NormalizationConfig {
  readonly axis: number;
  readonly momentum: number;
  readonly movingMeanInitializer: Initializer;
  readonly movingVarianceInitializer: Initializer;
  readonly renorm: boolean;
  readonly renormClipping: RenormClipping | null;
  readonly renormMomentum: number;
  readonly synchronized: boolean;
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
  const counts = mask.cast('bool').reshape(ones).broadcastTo(x.shape);
  // The small number keeps a batch finite in which nothing counts.
  const total = counts.cast(x.dtype).sum({ axis: axes, keepDims: true }).add(1e-7);
  // Chosen, not multiplied: what does not count may be NaN.
  const mean = where(counts, x, 0).sum({ axis: axes, keepDims: true }).div(total);
  const squares = where(counts, x.sub(mean), 0).square();
  return [mean, squares.sum({ axis: axes, keepDims: true }).div(total)];
}

/**
 * Gives every feature mean 0 and variance 1, then scales by gamma and adds beta, both learned.
 *
 * In training, mean and population variance are those of the batch, and the running ones move: moving = momentum moving +
 * (1 - momentum) batch. Otherwise, and when `trainable` is false, the running ones are used.
 *
 * y = gamma (x - mean) / sqrt(variance + epsilon) + beta. All parameters have shape `[features]`; the shape stays. With
 * `renorm`, training scales y by deviation / running deviation and moves it by (mean - running mean) / running deviation,
 * both taken as constants.
 *
 * @throws ShapeError when the length of the axis is not known; ValueError for an impossible axis or epsilon, a momentum
 * outside 0..1, or impossible limits.
 * @example
 * Object.keys(batchNormalization().build([null, 4])); // => ['gamma', 'beta', 'movingMean', 'movingVariance']
 *
 * Source: Ioffe and Szegedy 2015; renorm: Ioffe 2017.
 */
export const batchNormalization: LayerFactory<readonly [options?: BatchNormalizationOptions]> =
  defineLayer({
    className: 'BatchNormalization',
    supportsMask: true,
    resolve(options: BatchNormalizationOptions = {}): BatchNormalizationConfig {
      const { axis = -1, momentum = 0.99, renormMomentum = 0.99, renormClipping = null } = options;
      const label = layerLabel('BatchNormalization', options);
      expectAxis(label, axis);
      expectFraction(label, 'momentum', momentum);
      expectFraction(label, 'renormMomentum', renormMomentum);
      expectClipping(label, renormClipping);
      return {
        axis,
        momentum,
        movingMeanInitializer: getInitializer(options.movingMeanInitializer ?? 'zeros'),
        movingVarianceInitializer: getInitializer(options.movingVarianceInitializer ?? 'ones'),
        ...resolveNormalization(label, options),
        renorm: options.renorm ?? false,
        renormClipping,
        renormMomentum,
        synchronized: options.synchronized ?? false,
      };
    },
    build(options, inputShape) {
      const label = layerLabel('BatchNormalization', options);
      const shape = lengthsOf(label, inputShape, options.axis);
      const moving = (initializer: Initializer): ParameterSpec => ({
        shape,
        initializer,
        trainable: false,
      });
      return {
        ...scaleSpecs(options, shape),
        movingMean: moving(options.movingMeanInitializer),
        movingVariance: moving(options.movingVarianceInitializer),
        ...renormSpecs(options, moving),
      };
    },
    call(params, input, options, context) {
      const { gamma, beta, movingMean, movingVariance } = params;
      const axis = axesOf(layerLabel('BatchNormalization', options), input.shape, options.axis);
      expectLengths(layerLabel('BatchNormalization', options), input.shape, axis, movingMean.shape);
      const x = input.cast('float32');
      const wide = besideAxes(x.shape, axis);
      const learning = context.training && options.trainable;
      const axes = x.shape.map((_, a) => a).filter((a) => !axis.includes(a));
      const [mean, variance] = learning
        ? moments(x, axes, context.mask ?? null)
        : [movingMean.reshape(wide), movingVariance.reshape(wide)];
      const normal = x.sub(mean).mul(rsqrt(variance.add(options.epsilon)));
      const batch = learning
        ? { mean: mean.reshape(movingMean.shape), variance: variance.reshape(movingMean.shape) }
        : undefined;
      const renormed =
        batch === undefined || !options.renorm ? undefined : correction(params, batch, options);
      const corrected =
        renormed === undefined
          ? normal
          : normal.mul(renormed.r.reshape(wide)).add(renormed.d.reshape(wide));
      const scaled = gamma === undefined ? corrected : corrected.mul(gamma.reshape(wide));
      const output = beta === undefined ? scaled : scaled.add(beta.reshape(wide));
      if (batch === undefined) return output;
      if (options.renorm)
        return layerResult({ output, state: renormStates(params, batch, options) });
      const move = (old: Tensor, now: Tensor): Tensor =>
        old.mul(options.momentum).add(now.mul(1 - options.momentum));
      return layerResult({
        output,
        state: {
          movingMean: move(movingMean, batch.mean),
          movingVariance: move(movingVariance, batch.variance),
        },
      });
    },
  });
