import { ValueError, rsqrt } from '@gradus/tensor';
import type { LayerFactory } from './layer.js';
import { defineLayer } from './layer.js';
import { expectInteger, formatSymbolic, knownLength, layerLabel } from './layer-errors.js';
import type { NormalizationConfig, NormalizationOptions } from './normalization-options.js';
import { resolveNormalization, scaleSpecs } from './normalization-options.js';
import { axesOf, expectAxis, expectLengths } from './normalized-axes.js';

/** Options of {@link groupNormalization}. */
export interface GroupNormalizationOptions extends NormalizationOptions {
  /** Into how many groups the channels are split; -1 makes every channel a group (instance normalization). Default 32. */
  readonly groups?: number;
  /** The axis of the channels. Default -1, the last. */
  readonly axis?: number;
}

interface GroupNormalizationConfig extends NormalizationConfig {
  readonly groups: number;
  readonly axis: number;
}

/**
 * Gives each group of channels of each sample mean 0 and variance 1, then scales by gamma and adds beta. It does not look
 * at other samples, so unlike batchNormalization it works with small batches.
 *
 * y = gamma (x - mean) / sqrt(variance + epsilon) + beta, with mean and variance over a group and all other axes but the
 * batch. Gamma and beta have shape `[channels]`; the shape stays.
 *
 * @throws ValueError for impossible groups, axis or epsilon, and for channels that the groups do not divide; ShapeError
 * when the number of channels is not known.
 * @example
 * groupNormalization({ groups: 2 }).build([null, 5, 4]).gamma.shape; // => [4]
 *
 * Source: Wu and He 2018.
 */
export const groupNormalization: LayerFactory<readonly [options?: GroupNormalizationOptions]> =
  defineLayer({
    className: 'GroupNormalization',
    supportsMask: true,
    resolve(options: GroupNormalizationOptions = {}): GroupNormalizationConfig {
      const { groups = 32, axis = -1 } = options;
      const label = layerLabel('GroupNormalization', options);
      if (groups !== -1) expectInteger(label, 'groups', groups);
      expectAxis(label, axis);
      return { groups, axis, ...resolveNormalization(label, options) };
    },
    build(options, inputShape) {
      const label = layerLabel('GroupNormalization', options);
      const [axis] = axesOf(label, inputShape, options.axis);
      const channels = knownLength(label, inputShape, axis);
      if (options.groups !== -1 && channels % options.groups !== 0)
        throw new ValueError(
          'layer/groups',
          `${label}: ${channels} channels cannot be split into ${options.groups} equal groups.`,
          {
            got: `groups: ${options.groups} for an input ${formatSymbolic(inputShape)}`,
            expected: `a number that divides ${channels}`,
            fix: 'choose another number of groups, or of channels in the layer before it',
          },
        );
      return scaleSpecs(options, [channels]);
    },
    call({ gamma, beta }, input, options) {
      const label = layerLabel('GroupNormalization', options);
      const [at = 0] = axesOf(label, input.shape, options.axis);
      for (const parameter of [gamma, beta])
        if (parameter !== undefined) expectLengths(label, input.shape, [at], parameter.shape);
      const channels = input.shape[at] as number;
      const groups = options.groups === -1 ? channels : options.groups;
      // The channels become two axes: groups, and channels of a group.
      const pair = [groups, channels / groups];
      const x = input.cast('float32').reshape(input.shape.toSpliced(at, 1, ...pair));
      const wide = x.shape.map((_, axis) => pair[axis - at] ?? 1);
      const together = x.shape.map((_, axis) => axis).filter((axis) => axis !== 0 && axis !== at);
      const mean = x.mean({ axis: together, keepDims: true });
      const centred = x.sub(mean);
      const variance = centred.square().mean({ axis: together, keepDims: true });
      const inverse = rsqrt(variance.add(options.epsilon));
      const factor = gamma === undefined ? inverse : inverse.mul(gamma.reshape(wide));
      const scaled = centred.mul(factor);
      const output = beta === undefined ? scaled : scaled.add(beta.reshape(wide));
      return output.reshape(input.shape);
    },
  });
