import { ShapeError, formatShape } from '@gradus/tensor';
import type { LayerFactory, LayerOptions } from './layer.js';
import { defineLayer } from './layer.js';
import { formatSymbolic, layerLabel } from './layer-errors.js';
import type { SymbolicShape } from './symbolic.js';

/** Options of {@link reshape}. */
export interface ReshapeOptions extends LayerOptions {
  /** Shape of a sample, without the batch. One length may be -1: what is left. */
  readonly targetShape: readonly number[];
}

interface ReshapeConfig {
  readonly targetShape: readonly number[];
  readonly name?: string | undefined;
}

/** The target with its -1 replaced, or null there when the input is not fully known. */
function targetOf({ targetShape, name }: ReshapeConfig, inputShape: SymbolicShape): SymbolicShape {
  const sample = inputShape.slice(1);
  const fixed = targetShape.filter((n) => n !== -1).reduce((a, b) => a * b, 1);
  const label = layerLabel('Reshape', { name });
  if (sample.includes(null)) return targetShape.map((n) => (n === -1 ? null : n));
  const size = (sample as number[]).reduce((a, b) => a * b, 1);
  const hasRest = targetShape.includes(-1);
  if (hasRest ? fixed === 0 || size % fixed !== 0 : size !== fixed)
    throw new ShapeError(
      'reshape/size',
      `${label}: a sample does not have as many numbers as targetShape wants.`,
      {
        got: `${formatSymbolic(inputShape)}: ${size} numbers per sample`,
        expected: `targetShape ${formatShape(targetShape)}: ${hasRest ? 'a multiple of ' : ''}${fixed} numbers`,
        fix: 'leave one length to be computed, with -1',
      },
    );
  return targetShape.map((n) => (n === -1 ? size / fixed : n));
}

/**
 * The same numbers of each sample in another shape, row by row. The batch stays.
 *
 * @throws ShapeError when the numbers do not fit.
 * @example
 * reshape({ targetShape: [4, -1] }).outputShape([null, 12]); // => [null, 4, 3]
 */
export const reshape: LayerFactory<readonly [options: ReshapeOptions]> = defineLayer({
  className: 'Reshape',
  resolve(options: ReshapeOptions): { readonly targetShape: readonly number[] } {
    const { targetShape } = options;
    const possible =
      Array.isArray(targetShape) &&
      targetShape.every((n) => Number.isInteger(n) && n >= -1 && n !== 0);
    if (!possible || targetShape.filter((n) => n === -1).length > 1)
      throw new ShapeError(
        'reshape/target',
        `${layerLabel('Reshape', options)}: targetShape is impossible.`,
        {
          got: Array.isArray(targetShape) ? formatShape(targetShape) : String(targetShape),
          expected: 'whole numbers of at least 1, at most one of them -1',
          fix: 'leave the batch out: targetShape is the shape of one sample',
        },
      );
    return { targetShape };
  },
  build(options, inputShape) {
    targetOf(options, inputShape);
    return {};
  },
  call(_params, x, options) {
    return x.reshape([x.shape[0] as number, ...(targetOf(options, x.shape) as number[])]);
  },
  outputShape: (options, inputShape) => [inputShape[0] ?? null, ...targetOf(options, inputShape)],
});
