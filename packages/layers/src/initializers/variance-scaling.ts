import type { DType, Shape, Tensor } from '@gradus/tensor';
import { ValueError, randomNormal, randomUniform, truncatedNormal } from '@gradus/tensor';
import { expectPartOptions } from '../expect-part-options.js';
import type { JsonValue } from '../serialized.js';
import { computeFans } from './fans.js';
import type { Initializer, SeedOption } from './initializer.js';
import { defineInitializer, seededKey } from './initializer.js';

/** Which count of connections the variance is divided by. */
export type FanMode = 'fanIn' | 'fanOut' | 'fanAvg';
/** Where the numbers are drawn from. */
export type ScalingDistribution = 'truncatedNormal' | 'untruncatedNormal' | 'uniform';

/** Options of the named schemes (Glorot, He, LeCun). */
export interface FanOptions extends SeedOption {
  /** Axes of the kernel that count as inputs; with `outputAxes`. Default: by position, as in Dense and Conv. */
  readonly inputAxes?: readonly number[] | null;
  /** Axes of the kernel that count as outputs. */
  readonly outputAxes?: readonly number[] | null;
}

/** Options of {@link varianceScaling}. */
export interface VarianceScalingOptions extends FanOptions {
  /** Variance before the division. Default 1. */
  readonly scale?: number;
  /** Default 'fanIn'. */
  readonly mode?: FanMode;
  /** Default 'truncatedNormal'. */
  readonly distribution?: ScalingDistribution;
}

/** Standard deviation of a unit normal cut at two sigma: dividing by it gives the cut one the wanted variance. */
const truncatedStd = 0.87962566103423978;

interface Scheme {
  readonly scale: number;
  readonly mode: FanMode;
  readonly distribution: ScalingDistribution;
  readonly seed: number | null;
  readonly inputAxes: readonly number[] | null;
  readonly outputAxes: readonly number[] | null;
}

function draw(scheme: Scheme, shape: Shape, dtype: DType, modelKey: Tensor): Tensor {
  const { fanIn, fanOut } = computeFans(shape, scheme.inputAxes, scheme.outputAxes);
  const fan = { fanIn, fanOut, fanAvg: (fanIn + fanOut) / 2 }[scheme.mode];
  const variance = scheme.scale / Math.max(1, fan);
  const key = seededKey(scheme.seed, modelKey);
  switch (scheme.distribution) {
    case 'uniform': {
      const limit = Math.sqrt(3 * variance);
      return randomUniform(key, shape, { low: -limit, high: limit }).cast(dtype);
    }
    case 'untruncatedNormal':
      return randomNormal(key, shape, { mean: 0, std: Math.sqrt(variance) }).cast(dtype);
    case 'truncatedNormal':
      return truncatedNormal(key, shape, { mean: 0, std: Math.sqrt(variance) / truncatedStd }).cast(
        dtype,
      );
  }
}

/**
 * Random numbers whose variance is `scale / fan`, so that signals keep their size from layer to layer. All named
 * schemes below are this one with its options filled in.
 *
 * @throws ValueError for a scale that is not positive.
 */
export function varianceScaling(options: VarianceScalingOptions = {}): Initializer {
  expectPartOptions('varianceScaling', options, [
    'scale',
    'mode',
    'distribution',
    'seed',
    'inputAxes',
    'outputAxes',
  ]);
  const { scale = 1, mode = 'fanIn', distribution = 'truncatedNormal' } = options;
  const { seed = null, inputAxes = null, outputAxes = null } = options;
  if (!(scale > 0))
    throw new ValueError('initializer/scale', 'varianceScaling needs a positive scale.', {
      got: String(scale),
      expected: 'a number above 0',
    });
  const scheme = { scale, mode, distribution, seed, inputAxes, outputAxes };
  return defineInitializer('VarianceScaling', scheme, (shape, dtype, key) =>
    draw(scheme, shape, dtype, key),
  );
}

function named(
  className: string,
  scale: number,
  mode: FanMode,
  distribution: ScalingDistribution,
): (options?: FanOptions) => Initializer {
  return ({ seed = null, inputAxes = null, outputAxes = null } = {}) => {
    const config: { readonly [key: string]: JsonValue } = { seed, inputAxes, outputAxes };
    const scheme = { scale, mode, distribution, seed, inputAxes, outputAxes };
    return defineInitializer(className, config, (shape, dtype, key) =>
      draw(scheme, shape, dtype, key),
    );
  };
}

/** Uniform in ±sqrt(6 / (fanIn + fanOut)): the default of kernels (Glorot and Bengio 2010). */
export const glorotUniform: (options?: FanOptions) => Initializer = named(
  'GlorotUniform',
  1,
  'fanAvg',
  'uniform',
);
/** Truncated normal with variance 2 / (fanIn + fanOut) (Glorot and Bengio 2010). */
export const glorotNormal: (options?: FanOptions) => Initializer = named(
  'GlorotNormal',
  1,
  'fanAvg',
  'truncatedNormal',
);
/** Uniform in ±sqrt(6 / fanIn): for relu networks (He et al. 2015). */
export const heUniform: (options?: FanOptions) => Initializer = named(
  'HeUniform',
  2,
  'fanIn',
  'uniform',
);
/** Truncated normal with variance 2 / fanIn: for relu networks (He et al. 2015). */
export const heNormal: (options?: FanOptions) => Initializer = named(
  'HeNormal',
  2,
  'fanIn',
  'truncatedNormal',
);
/** Uniform in ±sqrt(3 / fanIn): for selu networks (LeCun et al. 1998). */
export const lecunUniform: (options?: FanOptions) => Initializer = named(
  'LecunUniform',
  1,
  'fanIn',
  'uniform',
);
/** Truncated normal with variance 1 / fanIn: for selu networks (LeCun et al. 1998). */
export const lecunNormal: (options?: FanOptions) => Initializer = named(
  'LecunNormal',
  1,
  'fanIn',
  'truncatedNormal',
);
