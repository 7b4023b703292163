import type { Tensor } from '@gradus/tensor';
import { ShapeError } from '@gradus/tensor';
import type { CallContext, CommonConfig, Mask } from './layer.js';
import { formatSymbolic, layerLabel } from './layer-errors.js';
import { joinMasks, spreadMask } from './merge-masks.js';
import type { SymbolicShape } from './symbolic.js';

/** The shape of inputs that are combined number by number; an axis of length 1 is repeated. */
function broadcast(label: string, shapes: readonly SymbolicShape[]): SymbolicShape {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  // The batch stays in front: a shorter input gets its missing axes after it.
  const padded = shapes.map(([batch = null, ...rest]) => [
    batch,
    ...new Array<number>(rank - 1 - rest.length).fill(1),
    ...rest,
  ]);
  return Array.from({ length: rank }, (_, axis) => {
    const lengths = padded.map((shape) => shape[axis] ?? null);
    const known = [...new Set(lengths.filter((n): n is number => n !== null && n !== 1))];
    if (known.length > 1)
      throw new ShapeError('merge/shapes', `${label}: the inputs do not have the same shape.`, {
        got: shapes.map(formatSymbolic).join(' and '),
        expected: 'for each axis: equal lengths, or a 1',
        fix: 'bring the inputs to the same shape, for example with dense() or conv2d() on one of them',
      });
    return known[0] ?? (lengths.includes(null) ? null : 1);
  });
}

/**
 * The parts of a layer that combines a list of inputs number by number; such layers differ only in `combine`, which gets
 * the masks spread to the shapes of the inputs.
 */
export function elementwiseMerge(
  className: string,
  combine: (inputs: readonly Tensor[], masks: readonly Mask[]) => Tensor,
): {
  supportsMask: true;
  build(options: CommonConfig, shapes: readonly SymbolicShape[]): Record<never, never>;
  call(
    params: object,
    inputs: readonly Tensor[],
    options: CommonConfig,
    context: CallContext,
  ): Tensor;
  outputShape(options: CommonConfig, shapes: readonly SymbolicShape[]): SymbolicShape;
  computeMask(options: CommonConfig, inputs: readonly Tensor[], masks: readonly Mask[]): Mask;
} {
  return {
    supportsMask: true,
    build(options, shapes) {
      const label = layerLabel(className, options);
      if (shapes.length < 2)
        throw new ShapeError('merge/count', `${label} takes a list of at least two inputs.`, {
          got: `${shapes.length}`,
          expected: '2 or more',
          fix: `call it on a list: ${label.split(' ')[0] ?? ''}()([x, y])`,
        });
      broadcast(label, shapes);
      return {};
    },
    call(_params, inputs, _options, { masks = [] }) {
      const rank = Math.max(...inputs.map((x) => x.rank));
      return combine(
        inputs.map((x) => {
          const [batch = 1, ...rest] = x.shape;
          return x.rank === rank
            ? x
            : x.reshape([batch, ...new Array<number>(rank - x.rank).fill(1), ...rest]);
        }),
        inputs.map((x, i) => spreadMask(masks[i] ?? null, x)),
      );
    },
    outputShape: (options, shapes) => broadcast(layerLabel(className, options), shapes),
    computeMask: (_options, _inputs, masks) => joinMasks(masks),
  };
}
