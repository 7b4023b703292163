import { Tensor } from '@gradus/tensor';
import type { TypedArray } from '@gradus/tensor';
import { leavesOf, mapLeaves } from './tree.js';

/** Which rows, in which order: a run of neighbours, which needs no copy, or a list. */
export type Selection = { readonly begin: number; readonly end: number } | Int32Array;

export function selectionLength(selection: Selection): number {
  return selection instanceof Int32Array ? selection.length : selection.end - selection.begin;
}

/** Entries `begin` to `end` of a selection; cut to what there is. */
export function sliceSelection(selection: Selection, begin: number, end: number): Selection {
  if (selection instanceof Int32Array) return selection.subarray(begin, end);
  const length = selection.end - selection.begin;
  const from = selection.begin + Math.min(begin, length);
  return { begin: from, end: Math.max(from, selection.begin + Math.min(end, length)) };
}

/** The selection that looks up `order` in another selection. */
export function reorder(selection: Selection, order: Int32Array): Selection {
  if (selection instanceof Int32Array) return order.map((i) => selection[i] as number);
  const { begin } = selection;
  return begin === 0 ? order : order.map((i) => begin + i);
}

export function concatenateSelections(selections: readonly Selection[]): Int32Array {
  const result = new Int32Array(
    selections.reduce((total, part) => total + selectionLength(part), 0),
  );
  let at = 0;
  for (const part of selections) {
    if (part instanceof Int32Array) result.set(part, at);
    else for (let i = part.begin; i < part.end; i++) result[at + i - part.begin] = i;
    at += selectionLength(part);
  }
  return result;
}

// Below this many numbers a loop beats creating the view that `set` needs.
const shortRow = 48;

function copyRows(source: TypedArray, target: TypedArray, rows: Int32Array, width: number): void {
  if (width === 1) {
    for (let i = 0; i < rows.length; i++) target[i] = source[rows[i] as number] as number;
  } else if (width <= shortRow) {
    let at = 0;
    for (let i = 0; i < rows.length; i++) {
      const from = (rows[i] as number) * width;
      for (let j = 0; j < width; j++) target[at++] = source[from + j] as number;
    }
  } else {
    for (let i = 0; i < rows.length; i++) {
      const from = (rows[i] as number) * width;
      target.set(source.subarray(from, from + width), i * width);
    }
  }
}

/** Memory that gathered batches may use again and again: one array per leaf. */
export type Buffers = Map<string, TypedArray>;

// The constructor, because it promises not to copy.
function view(like: Tensor, data: TypedArray, shape: readonly number[]): Tensor {
  return new Tensor({ shape, dtype: like.dtype }, data);
}

/** Rows of one tensor. A run of neighbours shares the tensor's memory; anything else is copied, into `buffer` when it fits. */
export function selectRows(source: Tensor, selection: Selection, buffer?: TypedArray): Tensor {
  const rest = source.shape.slice(1);
  const width = rest.reduce((product, length) => product * length, 1);
  const shape = [selectionLength(selection), ...rest];
  if (!(selection instanceof Int32Array))
    return view(
      source,
      source.data.subarray(selection.begin * width, selection.end * width),
      shape,
    );
  const size = selection.length * width;
  const target =
    buffer !== undefined && buffer.length >= size
      ? buffer.subarray(0, size)
      : (new (source.data.constructor as new (length: number) => TypedArray)(size) as TypedArray);
  copyRows(source.data, target, selection, width);
  return view(source, target, shape);
}

/** Rows of every tensor of a tree. */
export function selectTree(tree: unknown, selection: Selection, buffers?: Buffers): unknown {
  return mapLeaves(tree, (leaf, path) => {
    const source = leaf as Tensor;
    const result = selectRows(source, selection, buffers?.get(path));
    if (buffers !== undefined && selection instanceof Int32Array && !buffers.has(path))
      buffers.set(path, result.data);
    return result;
  });
}

/** One row of every tensor, without the rows axis, sharing memory. */
export function rowOf(tree: unknown, row: number): unknown {
  return mapLeaves(tree, (leaf) => {
    const source = leaf as Tensor;
    const shape = source.shape.slice(1);
    const width = shape.reduce((product, length) => product * length, 1);
    return view(source, source.data.subarray(row * width, (row + 1) * width), shape);
  });
}

/** Number of rows of a batch, read from its first tensor. */
export function batchRows(batch: unknown): number {
  return leavesOf(batch)[0]?.tensor.shape[0] ?? 0;
}
