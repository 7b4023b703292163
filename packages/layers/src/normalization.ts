import { ShapeError, ValueError, formatShape } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import type { AdaptableLayer } from './adaptable-layer.js';
import { getInitializer } from './initializers/get-initializer.js';
import type { LayerFactory, LayerOptions, ParameterSpec } from './layer.js';
import { defineLayer } from './layer.js';
import { formatSymbolic, layerLabel } from './layer-errors.js';
import type { NestedNumbers, NumbersLike } from './nested-numbers.js';
import { asTensor, plainNumbers } from './nested-numbers.js';
import type { SymbolicShape } from './symbolic.js';

/** Options of {@link normalization}. */
export interface NormalizationOptions extends LayerOptions {
  /** The axes that keep their own mean and variance. Default -1, the last; null for one mean of everything. */
  readonly axis?: number | readonly number[] | null;
  /** The mean that is subtracted, when it is known. */
  readonly mean?: NumbersLike | null;
  /** The variance, when it is known. */
  readonly variance?: NumbersLike | null;
  /** Whether to go the way back: from normal numbers to those of the data. Default false. */
  readonly invert?: boolean;
}

interface NormalizationConfig {
  readonly axis: readonly number[];
  readonly mean: NestedNumbers | null;
  readonly variance: NestedNumbers | null;
  readonly invert: boolean;
}

/** The axes that are kept, counted from the front and in order. */
function keptAxes(label: string, axis: readonly number[], rank: number): readonly number[] {
  for (const each of axis)
    if (each < -rank || each >= rank)
      throw new ShapeError('normalization/axis', `${label}: the input does not have the axis.`, {
        got: `axis ${each} of an input with ${rank} axes`,
        expected: `an axis from ${-rank} to ${rank - 1}`,
        fix: 'give axis: -1 for the last axis, or axis: null for one mean of everything',
      });
  return axis.map((each) => (each < 0 ? each + rank : each)).sort((a, b) => a - b);
}

/** Numbers of the kept axes, laid out so that they broadcast against the input. */
function spread(values: Tensor, kept: readonly number[], rank: number): Tensor {
  const shape = new Array<number>(rank).fill(1);
  // Aligned from the right: numbers for fewer axes belong to the last of them.
  values.shape.forEach((length, i) => {
    shape[kept[kept.length - values.rank + i] as number] = length;
  });
  return values.reshape(shape);
}

function resolveGiven(
  label: string,
  axis: readonly number[],
  options: NormalizationOptions,
): Pick<NormalizationConfig, 'mean' | 'variance'> {
  const { mean = null, variance = null } = options;
  if ((mean === null) !== (variance === null))
    throw new ValueError('normalization/moments', `${label}: mean and variance belong together.`, {
      got: mean === null ? 'variance without mean' : 'mean without variance',
      expected: 'both, or neither',
      fix: 'call adapt(data), which finds both',
    });
  if (mean === null || variance === null) return { mean: null, variance: null };
  const shapes = [asTensor(mean).shape, asTensor(variance).shape] as const;
  if (shapes[0].join() !== shapes[1].join() || shapes[0].length > axis.length)
    throw new ValueError('normalization/moments', `${label}: mean and variance do not fit.`, {
      got: `mean ${formatShape(shapes[0])}, variance ${formatShape(shapes[1])}, axis [${axis.join(', ')}]`,
      expected: 'the same shape, with at most as many axes as axis names',
      fix: 'give one number per feature to both',
    });
  return { mean: plainNumbers(mean), variance: plainNumbers(variance) };
}

/**
 * Brings features to mean 0 and variance 1, with numbers that are found once, before the training: by `adapt(data)` or
 * given as options. Without either, mean 0 and variance 1 are parameters, to be filled from a file.
 *
 * y = (x - mean) / max(sqrt(variance), 1e-7); with `invert` y = mean + x max(sqrt(variance), 1e-7).
 *
 * @throws ValueError for a mean without a variance, ShapeError for axes that are not there or of unknown length.
 * @example
 * const scaled = normalization().adapt([[0, 10], [4, 10]]);
 * scaled.options.mean; // => [2, 10]
 */
export const normalization: LayerFactory<
  readonly [options?: NormalizationOptions],
  AdaptableLayer<NumbersLike>
> = defineLayer({
  className: 'Normalization',
  supportsMask: true,
  outputDType: 'float32',
  resolve(options: NormalizationOptions = {}): NormalizationConfig {
    const label = layerLabel('Normalization', options);
    const given = options.axis === undefined ? -1 : options.axis;
    const axis = given === null ? [] : typeof given === 'number' ? [given] : given;
    if (!Array.isArray(axis) || !axis.every((each) => Number.isInteger(each)))
      throw new ValueError('layer/option', `${label}: axis is impossible.`, {
        got: `axis: ${JSON.stringify(given)}`,
        expected: 'a whole number, a list of them, or null',
        fix: 'for example axis: -1',
      });
    return { axis, ...resolveGiven(label, axis, options), invert: options.invert ?? false };
  },
  build(
    options,
    inputShape: SymbolicShape,
  ): Record<'mean' | 'variance' | 'count', ParameterSpec | null> {
    const label = layerLabel('Normalization', options);
    const kept = keptAxes(label, options.axis, inputShape.length);
    const shape = kept.map((axis) => {
      const length = inputShape[axis];
      if (typeof length === 'number') return length;
      throw new ShapeError(
        'layer/unknown-axis',
        `${label} must know the lengths of the axes that keep their own mean.`,
        {
          got: `${formatSymbolic(inputShape)} with axis [${options.axis.join(', ')}]`,
          expected: `a number on axis ${axis}`,
          fix: 'give that length in input({ shape }), or axis: null for one mean of everything',
        },
      );
    });
    if (options.mean !== null) {
      const given = asTensor(options.mean).shape;
      if (given.some((n, i) => n !== 1 && n !== shape[shape.length - given.length + i]))
        throw new ShapeError('normalization/moments', `${label}: mean does not fit the input.`, {
          got: `mean ${formatShape(given)} for an input ${formatSymbolic(inputShape)}`,
          expected: `${formatShape(shape)}, the lengths of axis [${options.axis.join(', ')}]`,
          fix: 'adapt it to data of this shape',
        });
      return { mean: null, variance: null, count: null };
    }
    const fixed = { shape, trainable: false };
    return {
      mean: { ...fixed, initializer: getInitializer('zeros') },
      variance: { ...fixed, initializer: getInitializer('ones') },
      // Keras keeps a count of the data for files of old versions; nothing reads it.
      count: { shape: [], dtype: 'int32', initializer: getInitializer('zeros'), trainable: false },
    };
  },
  call(params, input, options) {
    const x = input.cast('float32');
    const kept = keptAxes(layerLabel('Normalization', options), options.axis, x.rank);
    const mean = options.mean === null ? (params.mean as Tensor) : asTensor(options.mean);
    const variance =
      options.variance === null ? (params.variance as Tensor) : asTensor(options.variance);
    const width = spread(variance, kept, x.rank).sqrt().maximum(1e-7);
    const centre = spread(mean, kept, x.rank);
    return options.invert ? centre.add(x.mul(width)) : x.sub(centre).div(width);
  },
  adapt(options, data) {
    const label = layerLabel('Normalization', options);
    if (options.mean !== null)
      throw new ValueError('layer/adapted', `${label} has its mean and variance already.`, {
        got: `mean: ${JSON.stringify(options.mean)}`,
        expected: 'a layer without them',
        fix: 'adapt normalization() without mean and variance',
      });
    const x = asTensor(data as NumbersLike).cast('float32');
    const kept = keptAxes(label, options.axis, x.rank);
    const axis = x.shape.map((_, i) => i).filter((i) => !kept.includes(i));
    const centre = x.mean({ axis });
    return {
      mean: plainNumbers(centre),
      variance: plainNumbers(
        x
          .sub(spread(centre, kept, x.rank))
          .square()
          .mean({ axis }),
      ),
    };
  },
}) as never;
