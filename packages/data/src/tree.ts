import { ShapeError, Tensor, ValueError, tensor } from '@gradus/tensor';
import type { TypedArray } from '@gradus/tensor';

/** Numbers in nested arrays, all rows equally long. Inner rows may be typed arrays. */
export type NestedNumbers = readonly (number | boolean | TypedArray | NestedNumbers)[];

/**
 * What a dataset can be made of: one tensor, typed array or nested array; a list of tensors; or an object of these,
 * as deep as needed. `undefined` entries are left out, so an optional `sampleWeight` may simply be passed on.
 */
export type DataTree =
  | Tensor
  | TypedArray
  | NestedNumbers
  | readonly Tensor[]
  | { readonly [name: string]: DataTree | undefined };

/** Lets an object whose type is an interface pass where a `DataTree` is wanted. */
export type DataParts<S> = { readonly [K in keyof S]: DataTree | undefined };

/** One row, as a generator may yield it: the same kinds of trees, with plain numbers as leaves too. */
export type SampleTree =
  | DataTree
  | number
  | boolean
  | { readonly [name: string]: SampleTree | undefined };

/** The tree of tensors that a source becomes: `{ x: number[][] }` becomes `{ x: Tensor }`. */
export type Tensors<S> = S extends Tensor | TypedArray | number | boolean
  ? Tensor
  : S extends readonly Tensor[]
    ? { [K in keyof S]: Tensor }
    : S extends readonly unknown[]
      ? Tensor
      : { [K in keyof S]: Tensors<Exclude<S[K], undefined>> };

/** A tensor of a tree and the way to it, as a reader would write it: `x`, `inputs.image`, `[1]`. */
export interface NamedLeaf {
  readonly path: string;
  readonly tensor: Tensor;
}

function isTypedArray(value: unknown): value is TypedArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

/** True for the two things that have leaves below them: a list of tensors, and an object with names. */
export function isBranch(
  value: unknown,
): value is readonly unknown[] | Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || value instanceof Tensor || isTypedArray(value))
    return false;
  return !Array.isArray(value) || value[0] instanceof Tensor;
}

function join(path: string, name: string, isIndex: boolean): string {
  if (isIndex) return `${path}[${name}]`;
  return path === '' ? name : `${path}.${name}`;
}

/** A tree of the same form in which every leaf was replaced. */
export function mapLeaves(
  tree: unknown,
  replace: (leaf: unknown, path: string) => Tensor,
  path: string = '',
): unknown {
  if (!isBranch(tree)) return replace(tree, path);
  if (Array.isArray(tree))
    return tree.map((child, i) => mapLeaves(child, replace, join(path, String(i), true)));
  const result: Record<string, unknown> = {};
  for (const [name, child] of Object.entries(tree))
    if (child !== undefined) result[name] = mapLeaves(child, replace, join(path, name, false));
  return result;
}

/** All tensors of a tree of tensors, in the order in which `mapLeaves` visits them. */
export function leavesOf(tree: unknown): NamedLeaf[] {
  const leaves: NamedLeaf[] = [];
  mapLeaves(tree, (leaf, path) => {
    leaves.push({ path, tensor: leaf as Tensor });
    return leaf as Tensor;
  });
  return leaves;
}

/** How an error calls a leaf that has no name because it is the whole source. */
export function leafName(path: string): string {
  return path === '' ? 'the data' : `'${path}'`;
}

function firstScalar(value: unknown): unknown {
  return Array.isArray(value) ? firstScalar(value[0]) : value;
}

function leafToTensor(leaf: unknown, path: string): Tensor {
  if (leaf instanceof Tensor) return leaf;
  if (isTypedArray(leaf)) return tensor(leaf);
  const scalar = firstScalar(leaf);
  if (typeof scalar === 'string')
    throw new ValueError('data/text', `${leafName(path)} holds text, and a tensor holds numbers.`, {
      got: JSON.stringify(scalar),
      expected: 'numbers',
      fix: 'turn categories into numbers with labelEncoder() or oneHotEncoder(), text with a text layer such as textVectorization(), or a whole table with tabular()',
    });
  if (
    leaf === null ||
    (typeof leaf !== 'number' && typeof leaf !== 'boolean' && !Array.isArray(leaf))
  )
    throw new ValueError('data/leaf', `${leafName(path)} cannot become a tensor.`, {
      got: leaf === null ? 'null' : typeof leaf,
      expected: 'a tensor, a typed array, or nested arrays of numbers',
    });
  if (Array.isArray(leaf) && leaf.length === 0)
    throw new ValueError('data/empty', `${leafName(path)} has no rows.`, {
      got: '[]',
      expected: 'at least one row',
      fix: 'look at where the data were read or filtered',
    });
  return tensor(plain(leaf) as Parameters<typeof tensor>[0]);
}

/** Nested arrays with typed arrays inside, made of plain arrays only. */
function plain(value: unknown): unknown {
  if (isTypedArray(value)) return Array.from(value);
  return Array.isArray(value) && typeof value[0] === 'object' ? value.map(plain) : value;
}

/** The same tree with every leaf as a tensor. Tensors and typed arrays are not copied. */
export function toTensors(tree: unknown): unknown {
  return mapLeaves(tree, leafToTensor);
}

/** A flat array several times as long as another is most likely a table whose shape nobody has told. */
function lengthsFix(leaves: readonly NamedLeaf[]): string {
  const least = Math.min(...leaves.map(({ tensor: leaf }) => leaf.shape[0] as number));
  const flat = leaves.find(
    ({ tensor: leaf }) => leaf.rank === 1 && leaf.size > least && leaf.size % least === 0,
  );
  if (flat === undefined || least < 2)
    return 'check that no part was cut or filtered without the others';
  return `if ${leafName(flat.path)} is a flat table, say so: tensor(array, { shape: [${least}, ${flat.tensor.size / least}] })`;
}

/**
 * Number of rows that all leaves share.
 *
 * @throws ShapeError when two leaves have different numbers of rows, or one has no rows axis; ValueError when there are no rows.
 */
export function countRows(tree: unknown): number {
  const leaves = leavesOf(tree);
  const first = leaves[0];
  if (first === undefined)
    throw new ValueError('data/empty', 'There are no data: the source has no entries.', {
      got: '{}',
      expected: 'for example { x, y }',
    });
  for (const { path, tensor: leaf } of leaves)
    if (leaf.rank === 0)
      throw new ShapeError(
        'data/scalar',
        `${leafName(path)} is a single number, so it has no rows.`,
        {
          got: 'shape []',
          expected: 'shape [rows, ...]',
          fix: 'wrap it in an array',
        },
      );
  const counts = leaves.map((leaf) => leaf.tensor.shape[0] as number);
  const rows = counts[0] as number;
  if (counts.some((count) => count !== rows))
    throw new ShapeError(
      'data/lengths',
      'The parts of a dataset must have one row for each sample.',
      {
        got: leaves.map(({ path }, i) => `${leafName(path)} with ${counts[i]} rows`).join(', '),
        expected: 'the same number of rows everywhere',
        fix: lengthsFix(leaves),
      },
    );
  if (rows === 0)
    throw new ValueError('data/empty', `${leafName(first.path)} has no rows.`, {
      got: `shape [${first.tensor.shape.join(', ')}]`,
      expected: 'at least one row',
      fix: 'look at where the data were read or filtered',
    });
  return rows;
}
