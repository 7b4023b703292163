import { ValueError, searchSorted, tensor } from '@gradus/tensor';
import type { AdaptableLayer } from './adaptable-layer.js';
import type { CategoryMode } from './encoded-categories.js';
import { encodeCategories, encodedShape } from './encoded-categories.js';
import type { LayerFactory, LayerOptions } from './layer.js';
import { defineLayer } from './layer.js';
import { expectInteger, expectOneOf, layerLabel } from './layer-errors.js';
import type { NumbersLike } from './nested-numbers.js';
import { asTensor } from './nested-numbers.js';
import { expectNumber } from './number-options.js';
import { quantileBoundaries } from './quantiles.js';

/** Options of {@link discretization}: boundaries, or how many bins `adapt` shall find. */
export interface DiscretizationOptions extends LayerOptions {
  /** Where one bin ends and the next begins, ascending. n boundaries make n + 1 bins. */
  readonly binBoundaries?: readonly number[] | null;
  /** How many bins `adapt(data)` shall make. */
  readonly numBins?: number | null;
  /** How exact `adapt` is. Default 0.01. */
  readonly epsilon?: number;
  /** 'int' (default) the number of the bin; or rows: 'oneHot', 'multiHot', 'count'. */
  readonly outputMode?: CategoryMode;
}

interface DiscretizationConfig {
  readonly binBoundaries: readonly number[] | null;
  readonly numBins: number | null;
  readonly epsilon: number;
  readonly outputMode: CategoryMode;
}

function boundariesOf(label: string, { binBoundaries }: DiscretizationConfig): readonly number[] {
  if (binBoundaries !== null) return binBoundaries;
  throw new ValueError('layer/not-adapted', `${label} does not know its bins yet.`, {
    got: 'no binBoundaries',
    expected: 'a layer that has seen data',
    fix: 'keep what adapt returns: const bins = discretization({ numBins: 4 }).adapt(data)',
  });
}

function checkBoundaries(
  label: string,
  boundaries: readonly number[],
  numBins: number | null,
): void {
  const at = boundaries.findIndex(
    (n, i) => typeof n !== 'number' || n < (boundaries[i - 1] ?? -Infinity),
  );
  if (at >= 0)
    throw new ValueError('discretization/boundaries', `${label}: binBoundaries must ascend.`, {
      got: `binBoundaries: ${JSON.stringify(boundaries)}`,
      expected: 'numbers, none smaller than the one before',
      fix: `sort them (see position ${at})`,
    });
  if (numBins !== null && boundaries.length + 1 !== numBins)
    throw new ValueError('discretization/bins', `${label}: binBoundaries and numBins contradict.`, {
      got: `${boundaries.length} boundaries, numBins: ${numBins}`,
      expected: 'one of the two',
      fix: 'leave numBins out: the boundaries say it all',
    });
}

/**
 * Numbers become bins: the bin of x is the count of boundaries that are not above x. The boundaries are given, or found by
 * `adapt(data)` so that all bins hold about equally many numbers.
 *
 * @throws ValueError for neither boundaries nor a number of bins, or for boundaries that do not ascend.
 * @example
 * discretization({ binBoundaries: [0, 10] }).call({}, tensor([-5, 0, 99]), context).toArray(); // => [0, 1, 2]
 */
export const discretization: LayerFactory<
  readonly [options: DiscretizationOptions],
  AdaptableLayer<NumbersLike>
> = defineLayer({
  className: 'Discretization',
  outputDType: ({ outputMode }) => (outputMode === 'int' ? 'int32' : 'float32'),
  resolve(options: DiscretizationOptions): DiscretizationConfig {
    const label = layerLabel('Discretization', options);
    const { binBoundaries = null, numBins = null, epsilon = 0.01, outputMode = 'int' } = options;
    expectOneOf(label, 'outputMode', outputMode, ['int', 'oneHot', 'multiHot', 'count']);
    expectNumber(label, 'epsilon', epsilon, { least: 1e-6, most: 1 });
    if (binBoundaries === null && numBins === null)
      throw new ValueError('discretization/bins', `${label} needs its bins.`, {
        got: 'neither binBoundaries nor numBins',
        expected: 'one of the two',
        fix: 'give binBoundaries: [0, 10], or numBins: 3 and call adapt(data)',
      });
    if (numBins !== null) expectInteger(label, 'numBins', numBins);
    if (binBoundaries !== null) checkBoundaries(label, binBoundaries, numBins);
    return { binBoundaries, numBins, epsilon, outputMode };
  },
  call(_params, x, options) {
    const boundaries = boundariesOf(layerLabel('Discretization', options), options);
    const bins = searchSorted(tensor(Float32Array.from(boundaries)), x.cast('float32'), {
      side: 'right',
    });
    return encodeCategories(bins, options.outputMode, boundaries.length + 1);
  },
  outputShape: ({ outputMode, binBoundaries, numBins }, inputShape) =>
    encodedShape(
      inputShape,
      outputMode,
      binBoundaries === null ? numBins : binBoundaries.length + 1,
    ),
  adapt(options, data) {
    const label = layerLabel('Discretization', options);
    if (options.numBins === null)
      throw new ValueError('layer/adapted', `${label} has its boundaries already.`, {
        got: `binBoundaries: ${JSON.stringify(options.binBoundaries)}`,
        expected: 'a layer that is to find them',
        fix: 'adapt discretization({ numBins: 4 })',
      });
    const { data: values } = asTensor(data as NumbersLike);
    const binBoundaries = quantileBoundaries(values, options.numBins, options.epsilon);
    return { binBoundaries, numBins: null };
  },
}) as never;
