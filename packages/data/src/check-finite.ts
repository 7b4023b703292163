import type { Tensor } from '@gradus/tensor';
import { ValueError } from '@gradus/tensor';
import { Dataset } from './dataset.js';
import type { DataTree } from './tree.js';
import { leavesOf, toTensors } from './tree.js';

export interface CheckFiniteOptions {
  /** Names of the columns (last axis), for the error. */
  readonly columns?: readonly string[];
}

function firstNotFinite(data: ArrayLike<number>): number {
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) return i;
  return -1;
}

function checkTensor(
  source: Tensor,
  name: string,
  firstRow: number,
  columns: readonly string[] | undefined,
): void {
  if (source.dtype === 'int32' || source.dtype === 'bool') return;
  const at = firstNotFinite(source.data);
  if (at < 0) return;
  const rowSize = source.shape.slice(1).reduce((product, length) => product * length, 1);
  const place = [`row ${firstRow + Math.floor(at / rowSize)}`];
  if (source.rank === 2) {
    const column = at % rowSize;
    place.push(
      columns?.[column] === undefined
        ? `column ${column}`
        : `column ${column} ('${columns[column]}')`,
    );
  } else if (source.rank > 2) {
    let rest = at % rowSize;
    const index: number[] = [];
    for (let axis = source.rank - 1; axis > 0; axis--) {
      const length = source.shape[axis] as number;
      index.unshift(rest % length);
      rest = Math.floor(rest / length);
    }
    place.push(`position [${index.join(', ')}]`);
  }
  const value = source.data[at] as number;
  throw new ValueError('data/not-finite', `'${name}' has a value that is not a finite number.`, {
    got: `${value} in ${place.join(', ')} (counted from 0)`,
    expected: 'finite numbers: one NaN turns every weight into NaN after a single step',
    fix: Number.isNaN(value)
      ? 'drop the row, or fill in a value such as the mean of the column (tabular() does both)'
      : 'look for a division by zero, a log of zero, or a number too large for float32',
  });
}

/**
 * Throws when the data hold NaN or an infinity, and says where. Worth calling once before training: afterwards nobody
 * can tell any more where a NaN came from.
 *
 * @param source a tensor, a tree of tensors or arrays, or a dataset (a dataset is read through once).
 * @param name how the error calls it ('data').
 * @throws ValueError naming the first bad row and column, counted from 0 in the order of the source.
 *
 * @example
 * checkFinite([[1, 2], [3, 4]], 'x'); // => undefined
 */
export function checkFinite<T>(
  source: DataTree | Dataset<T>,
  name: string = 'data',
  { columns }: CheckFiniteOptions = {},
): void {
  const check = (tree: unknown, firstRow: number): number => {
    const leaves = leavesOf(tree);
    for (const { path, tensor } of leaves)
      checkTensor(
        tensor,
        path === '' ? name : path.startsWith('[') ? name + path : `${name}.${path}`,
        firstRow,
        columns,
      );
    return leaves[0]?.tensor.shape[0] ?? 0;
  };
  if (!(source instanceof Dataset)) {
    check(toTensors(source), 0);
    return;
  }
  let row = 0;
  for (const batch of source.batches()) row += check(batch, row);
}
