import { ShapeError, ValueError, matmul } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import type { LayerFactory, LayerOptions } from './layer.js';
import { defineMergeLayer } from './layer.js';
import { formatSymbolic, layerLabel } from './layer-errors.js';
import { expectTwo } from './merge-count.js';
import type { SymbolicShape } from './symbolic.js';
import { unitLength } from './unit-length.js';

/** Options of {@link dot}. */
export interface DotOptions extends LayerOptions {
  /** The axis of each input over which products are summed: one for both, or a pair. The batch, axis 0, cannot be one. */
  readonly axes: number | readonly [x: number, y: number];
  /** Whether both are brought to length 1 along their axis first, which makes the product a cosine. Default false. */
  readonly normalize?: boolean;
}

interface DotConfig {
  readonly axes: number | readonly [x: number, y: number];
  readonly normalize: boolean;
}

/** The axes of both inputs, counted from 0. */
function pairOf({ axes }: DotConfig, ranks: readonly number[]): readonly [x: number, y: number] {
  const [x, y] = typeof axes === 'number' ? [axes, axes] : axes;
  const [rankX = 0, rankY = 0] = ranks;
  return [x < 0 ? x + rankX : x, y < 0 ? y + rankY : y];
}

function expectPair(
  label: string,
  options: DotConfig,
  shapes: readonly SymbolicShape[],
): readonly [x: number, y: number] {
  expectTwo(label, shapes);
  const pair = pairOf(
    options,
    shapes.map(({ length }) => length),
  );
  const lengths = pair.map((axis, i) => shapes[i]?.[axis]);
  const got = `axes ${JSON.stringify(options.axes)} for ${shapes.map(formatSymbolic).join(' and ')}`;
  if (pair.some((axis, i) => axis <= 0 || axis >= (shapes[i] as SymbolicShape).length))
    throw new ShapeError('dot/axes', `${label}: the inputs do not have these axes.`, {
      got,
      expected: 'an axis of each input other than the batch, axis 0',
      fix: 'change axes, or give the inputs another axis with reshape()',
    });
  const [x, y] = lengths as [number | null, number | null];
  if (x !== null && y !== null && x !== y)
    throw new ShapeError('dot/lengths', `${label} sums products over axes of different lengths.`, {
      got: `${got}: lengths ${x} and ${y}`,
      expected: 'equal lengths',
      fix: 'change axes, or bring one input to the length of the other with dense()',
    });
  return pair;
}

/** The lengths of an input without the batch and the axis that is summed. */
function without<T>(shape: readonly T[], axis: number): readonly T[] {
  return shape.filter((_, i) => i !== 0 && i !== axis);
}

/** x with all but the batch and one axis in one: `[batch, others, summed]`. */
function asMatrix(x: Tensor, axis: number): Tensor {
  const others = x.shape.map((_, i) => i).filter((i) => i !== 0 && i !== axis);
  const size = without(x.shape, axis).reduce((product, n) => product * n, 1);
  return x
    .transpose([0, ...others, axis])
    .reshape([x.shape[0] as number, size, x.shape[axis] as number]);
}

/**
 * Sums of products of two inputs along one axis of each: how much two vectors agree, or a matrix product for each sample.
 *
 * `[batch, ...a, n, ...b]` and `[batch, ...c, n, ...d]` give `[batch, ...a, ...b, ...c, ...d]`; two inputs `[batch, n]` give
 * `[batch, 1]`. No mask leaves it.
 *
 * @throws ValueError for impossible axes; ShapeError when the inputs are not two, do not have the axes, or differ in
 * length there.
 * @example
 * dot({ axes: [2, 1] }).outputShape([[null, 3, 4], [null, 4, 5]]); // => [null, 3, 5]
 */
export const dot: LayerFactory<readonly [options: DotOptions]> = defineMergeLayer({
  className: 'Dot',
  supportsMask: true,
  resolve(options: DotOptions): DotConfig {
    const { axes, normalize = false } = options;
    const given: readonly unknown[] = Array.isArray(axes) ? axes : [axes, axes];
    if (given.length !== 2 || !given.every(Number.isInteger))
      throw new ValueError('layer/option', `${layerLabel('Dot', options)}: axes is impossible.`, {
        got: `axes: ${JSON.stringify(axes)}`,
        expected: 'a whole number, or a pair of them',
        fix: 'for example axes: -1, the last of both',
      });
    return { axes, normalize };
  },
  build(options, shapes) {
    expectPair(layerLabel('Dot', options), options, shapes);
    return {};
  },
  call(_params, inputs, options) {
    const pair = expectPair(
      layerLabel('Dot', options),
      options,
      inputs.map(({ shape }) => shape),
    );
    const [x, y] = inputs.map((input, i) => {
      const axis = pair[i] as number;
      return asMatrix(options.normalize ? unitLength(input, axis) : input, axis);
    }) as [Tensor, Tensor];
    const rest = inputs.flatMap(({ shape }, i) => without(shape, pair[i] as number));
    return matmul(x, y, { transposeY: true }).reshape([
      x.shape[0] as number,
      ...(rest.length === 0 ? [1] : rest),
    ]);
  },
  outputShape(options, shapes) {
    const pair = expectPair(layerLabel('Dot', options), options, shapes);
    const rest = shapes.flatMap((shape, i) => without(shape, pair[i] as number));
    return [shapes[0]?.[0] ?? shapes[1]?.[0] ?? null, ...(rest.length === 0 ? [1] : rest)];
  },
  computeMask: () => null,
});
