import type { SymbolicTensor } from '@gradus/layers';
import { operate } from '@gradus/layers';
import { isKerasObject } from './keras-object.js';
import { UnsupportedKerasError } from './unsupported-keras-error.js';

/** Part of an axis as `x[start:stop:step]` says it; null begins or ends with the axis. */
interface Range {
  readonly start: number | null;
  readonly stop: number | null;
  readonly step: number | null;
}

/** What is done to one axis: a range, or one entry of it, which drops the axis. */
type AxisKey = Range | number;

/** A key of `x[...]`: what is done to each axis of x, and where new axes of length 1 come into the result. */
interface Key {
  readonly axes: readonly AxisKey[];
  readonly added: readonly number[];
}

const everything: Range = { start: null, stop: null, step: null };

function refuse(what: string): never {
  throw new UnsupportedKerasError('GetItem', what);
}

const isEllipsis = (item: unknown): boolean =>
  isKerasObject(item) && item.class_name === '__ellipsis__';

/** Keras writes ranges, `...`, null for a new axis, and numbers. */
function readKey(given: unknown, rank: number): Key {
  const items: readonly unknown[] = Array.isArray(given) ? given : [given];
  const named = items.filter((item) => item !== null && !isEllipsis(item)).length;
  if (named > rank) refuse('more axes than the tensor has');
  const axes: AxisKey[] = [];
  const added: number[] = [];
  let place = 0;
  const fill = (count: number): void => {
    for (let i = 0; i < count; i++) axes.push(everything);
    place += count;
  };
  for (const item of items) {
    if (isEllipsis(item)) fill(rank - named);
    else if (item === null) added.push(place++);
    else if (typeof item === 'number') axes.push(item);
    else if (isKerasObject(item) && item.class_name === '__slice__') {
      axes.push({ ...everything, ...(item.config as Partial<Range>) });
      place += 1;
    } else refuse('an index that is neither a number nor a range');
  }
  // Axes that the key does not name stay whole.
  fill(rank - axes.length);
  return { axes, added };
}

/** Ranges of an axis, made of flips and of slices that begin at its start: its length may be unknown. */
function cut(x: SymbolicTensor, axis: number, { start, stop, step }: Range): SymbolicTensor {
  const by = step ?? 1;
  const length = x.shape[axis] ?? null;
  if (by === 0) refuse('a range with step 0');
  if (by < 0) {
    // Seen from the end, entry p of the axis is entry -1 - p.
    const mirror = (at: number | null): number | null => {
      if (at === null || at < 0) return at === null ? null : -1 - at;
      return length === null
        ? refuse('a backward range from the start of an axis of unknown length')
        : length - 1 - at;
    };
    const flipped = operate('flip', x, { axis });
    return cut(flipped, axis, { start: mirror(start), stop: mirror(stop), step: -by });
  }
  if (start === null && stop === null && by === 1) return x;
  if (length === null && stop !== null && stop < 0) {
    const backwards = operate('flip', x, { axis });
    const shorter = cut(backwards, axis, { start: -stop, stop: null, step: null });
    return cut(operate('flip', shorter, { axis }), axis, { start, stop: null, step });
  }
  const within = (at: number): number =>
    length === null ? at : Math.max(0, Math.min(at < 0 ? at + length : at, length));
  const from = within(start ?? 0);
  const begin = x.shape.map((_, i) => (i === axis ? from : 0));
  const size = x.shape.map(() => -1);
  if (stop !== null) {
    if (from < 0) refuse('a range from the end of an axis of unknown length');
    size[axis] = Math.max(0, Math.ceil((within(stop) - from) / by));
  }
  const steps = x.shape.map((_, i) => (i === axis ? by : 1));
  return operate('slice', x, begin, size, ...(by === 1 ? [] : [steps]));
}

/** `x[1]` on an axis: a slice of length 1, whose axis is dropped later. */
function pick(x: SymbolicTensor, axis: number, entry: number): SymbolicTensor {
  const begin = x.shape.map((_, i) => (i === axis ? entry : 0));
  const size = x.shape.map((_, i) => (i === axis ? 1 : -1));
  return operate('slice', x, begin, size);
}

/**
 * `x[key]` as NumPy has it: numbers, ranges in both directions, `...` and new axes.
 *
 * @throws UnsupportedKerasError for indices that are tensors, and for ranges that an unknown length leaves open.
 */
export function getItem(x: SymbolicTensor, given: unknown): SymbolicTensor {
  const { axes, added } = readKey(given, x.shape.length);
  let result = x;
  axes.forEach((key, axis) => {
    result = typeof key === 'number' ? pick(result, axis, key) : cut(result, axis, key);
  });
  const dropped = axes.flatMap((key, axis) => (typeof key === 'number' ? [axis] : []));
  if (dropped.length > 0) result = operate('squeeze', result, dropped);
  for (const axis of added) result = operate('expandDims', result, axis);
  return result;
}
