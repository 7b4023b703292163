import { ShapeError } from '@gradus/tensor';
import { formatSymbolic } from './layer-errors.js';
import type { SymbolicShape } from './symbolic.js';

/**
 * The shape of one step of a sequence `[batch, steps, ...]`.
 *
 * @param axes what the axes are called, where their number is fixed.
 * @throws ShapeError that names the layer, for what is no such sequence.
 */
export function stepShapeOf(
  label: string,
  shape: SymbolicShape,
  axes: readonly string[] | null = null,
): SymbolicShape {
  const isSequence = axes === null ? shape.length >= 3 : shape.length === axes.length;
  if (isSequence) return [shape[0] ?? null, ...shape.slice(2)];
  const wanted = axes ?? ['batch', 'steps', '...'];
  const numbers = shape.slice(1).map((length) => length ?? -1);
  throw new ShapeError('layer/rank', `${label} takes sequences.`, {
    got: `${formatSymbolic(shape)}, which has ${shape.length} axes`,
    expected: `[${wanted.join(', ')}]`,
    fix:
      shape.length === wanted.length - 1
        ? `give it sequences, or make each number a step: reshape({ targetShape: [${[...numbers, 1].join(', ')}] })`
        : 'a recurrent layer before it must have returnSequences: true',
  });
}
