import { ShapeError, concatenate as join, expandDims, ones } from '@gradus/tensor';
import type { LayerFactory, LayerOptions } from './layer.js';
import { defineMergeLayer } from './layer.js';
import { formatSymbolic, layerLabel } from './layer-errors.js';
import { expectAxis } from './normalized-axes.js';
import type { SymbolicShape } from './symbolic.js';

/** Options of {@link concatenate}. */
export interface ConcatenateOptions extends LayerOptions {
  /** Which axis grows; the batch counts as axis 0. Default -1, the last. */
  readonly axis?: number;
}

function joinedShape(label: string, axis: number, shapes: readonly SymbolicShape[]): SymbolicShape {
  const first = shapes[0] ?? [];
  const at = axis < 0 ? axis + first.length : axis;
  const fits = shapes.every(
    (shape) =>
      shape.length === first.length &&
      shape.every((n, i) => i === at || n === null || first[i] === null || n === first[i]),
  );
  if (!fits || at < 0 || at >= first.length)
    throw new ShapeError(
      'concatenate/shapes',
      `${label}: the inputs must agree on every axis but ${axis}.`,
      {
        got: shapes.map(formatSymbolic).join(' and '),
        expected: `the same lengths everywhere except on axis ${axis}`,
        fix: 'choose another axis, or bring the inputs to the same shape first',
      },
    );
  return first.map((length, i) => {
    const lengths = shapes.map((shape) => shape[i] ?? null);
    if (i !== at) return lengths.find((n) => n !== null) ?? length;
    return lengths.includes(null) ? null : (lengths as number[]).reduce((a, b) => a + b, 0);
  });
}

/**
 * Puts inputs side by side along an axis.
 *
 * @throws ShapeError when the inputs differ on another axis.
 * @example
 * concatenate().outputShape([[null, 8], [null, 3]]); // => [null, 11]
 */
export const concatenate: LayerFactory<readonly [options?: ConcatenateOptions]> = defineMergeLayer({
  className: 'Concatenate',
  supportsMask: true,
  resolve(options: ConcatenateOptions = {}): { readonly axis: number } {
    const { axis = -1 } = options;
    expectAxis(layerLabel('Concatenate', options), axis);
    return { axis };
  },
  build(options, shapes) {
    joinedShape(layerLabel('Concatenate', options), options.axis, shapes);
    return {};
  },
  call: (_params, inputs, { axis }) => join(inputs, { axis }),
  outputShape: (options, shapes) =>
    joinedShape(layerLabel('Concatenate', options), options.axis, shapes),
  computeMask({ axis }, inputs, masks) {
    if (masks.every((mask) => mask === null)) return null;
    // An input without mask counts everywhere. Masks are spread over the features, joined, and gathered again.
    const spread = inputs.map((x, i) => {
      let mask = masks[i] ?? ones(x.shape.slice(0, -1), { dtype: 'bool' });
      while (mask.rank < x.rank) mask = expandDims(mask, -1);
      return mask.broadcastTo(x.shape);
    });
    // As Keras does: along the features one unmasked input is enough.
    return join(spread, { axis }).any({ axis: -1 });
  },
});
