import type { Tensor } from '@gradus/tensor';
import { oneHot } from '@gradus/tensor';
import type { SymbolicShape } from './symbolic.js';

/** What becomes of the numbers of categories: themselves, one row for each, or one row for all of a sample. */
export type CategoryMode = 'int' | 'oneHot' | 'multiHot' | 'count';

/** Keras puts a category that stands alone in its axis into that axis. */
const isColumn = (shape: readonly (number | null)[]): boolean =>
  shape.length > 1 && shape.at(-1) === 1;

/** The axis over which a sample lists its categories: always the second, as in Keras. */
const listAxis = (rank: number): number => (rank > 1 ? 1 : 0);

/** The shape of what {@link encodeCategories} gives. */
export function encodedShape(
  shape: SymbolicShape,
  mode: CategoryMode,
  depth: number | null,
): SymbolicShape {
  if (mode === 'int') return shape;
  if (shape.length === 0) return [depth];
  if (mode === 'oneHot') return [...(isColumn(shape) ? shape.slice(0, -1) : shape), depth];
  const axis = listAxis(shape.length);
  return [...shape.filter((_, i) => i !== axis), depth];
}

/**
 * Numbers of categories as rows of length `depth`: 'oneHot' a row for each number, 'multiHot' a row that says which there
 * are, 'count' a row that says how often, with weights if given. Numbers outside of 0 to depth - 1 leave no trace.
 */
export function encodeCategories(
  indices: Tensor,
  mode: CategoryMode,
  depth: number,
  weights: Tensor | null = null,
): Tensor {
  if (mode === 'int') return indices;
  const listed = indices.rank === 0 ? indices.expandDims(0) : indices;
  if (mode === 'oneHot') {
    const flat = isColumn(listed.shape) ? listed.squeeze(-1) : listed;
    return indices.rank === 0 ? oneHot(indices, depth) : oneHot(flat, depth);
  }
  const rows = oneHot(listed, depth);
  const axis = listAxis(listed.rank);
  // A sum, because a list may be empty, and nothing has no largest number.
  if (mode === 'multiHot') return rows.sum({ axis }).minimum(1);
  return (weights === null ? rows : rows.mul(weights.expandDims(weights.rank))).sum({ axis });
}
