import { ShapeError, Tensor, ValueError } from '@gradus/tensor';
import type { TypedArray } from '@gradus/tensor';
import type { NestedNumbers } from './tree.js';
import { toTensors } from './tree.js';

/** A table of numbers: `[rows, columns]`, or `[rows]` for a single column. More axes are taken as rows, the last as columns. */
export type Numbers = Tensor | TypedArray | NestedNumbers;

/** A table as tensor, with the length of its columns axis. */
export interface NumberTable {
  readonly source: Tensor;
  readonly width: number;
  readonly rows: number;
}

export function numberTable(name: string, x: Numbers, width?: number): NumberTable {
  const source = toTensors(x) as Tensor;
  const found = source.rank < 2 ? 1 : (source.shape[source.rank - 1] as number);
  if (source.rank === 0 || (width !== undefined && found !== width))
    throw new ShapeError('data/columns', `${name} was fitted to data with other columns.`, {
      got: `shape [${source.shape.join(', ')}]`,
      expected: width === 1 ? 'shape [rows] or [rows, 1]' : `shape [rows, ${width ?? 'columns'}]`,
      fix: 'pass the same columns in the same order as to fit()',
    });
  return { source, width: found, rows: found === 0 ? 0 : source.size / found };
}

/** Every number changed by a rule of its column, as float32. */
export function scaleColumns(
  { source, width }: NumberTable,
  change: (value: number, column: number) => number,
): Tensor {
  const { data, shape } = source;
  const result = new Float32Array(data.length);
  for (let i = 0; i < result.length; i++) result[i] = change(data[i] as number, i % width);
  return new Tensor({ shape, dtype: 'float32' }, result);
}

export function float32(values: ArrayLike<number>, shape: readonly number[]): Tensor {
  return new Tensor({ shape, dtype: 'float32' }, Float32Array.from(values));
}

export function fitted<T>(name: string, value: T | undefined): T {
  if (value !== undefined) return value;
  throw new ValueError('data/not-fitted', `${name} has not seen any data yet.`, {
    got: 'a call before fit()',
    expected: 'a fitted one',
    fix: 'call fit(x) with the training data first',
  });
}

/** Refuses JSON that something else wrote. */
export function checkKind(json: { readonly kind: string }, kind: string): void {
  if (json.kind !== kind)
    throw new ValueError('data/kind', `This is not a saved ${kind}.`, {
      got: `kind '${json.kind}'`,
      expected: `kind '${kind}'`,
    });
}
