import { ShapeError, arange } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import type { CallContext, Mask } from './layer.js';
import { formatSymbolic } from './layer-errors.js';
import type { SymbolicShape } from './symbolic.js';

/** Query, value and key of an attention. */
export interface Attended<T> {
  readonly query: T;
  readonly value: T;
  /** The value, where no key is given. */
  readonly key: T;
}

/**
 * The roles of a list of inputs.
 *
 * @throws ShapeError when there are not two or three.
 */
export function attended<T>(label: string, inputs: readonly T[]): Attended<T> {
  const [query, value, key = value] = inputs;
  if (inputs.length <= 3 && query !== undefined && value !== undefined)
    return { query, value, key: key as T };
  const factory = label.split(' ')[0] ?? '';
  throw new ShapeError('attention/inputs', `${label} takes a list: query, value and perhaps key.`, {
    got: `${inputs.length}`,
    expected: '2 or 3 inputs',
    fix: `call it on a list: ${factory}(...)([query, value]); for self-attention ([x, x])`,
  });
}

/** The masks of a call by the roles of their inputs. A key that is the value has a mask of its own only if the call says so. */
export function attendedMasks(
  { masks = [], callOptions = {} }: CallContext,
  inputCount: number,
): Attended<Mask> {
  const [query = null, value = null, key = null] = masks;
  return { query, value, key: inputCount === 3 ? key : (callOptions.keyMask ?? null) };
}

/**
 * Checks that keys and values come in pairs.
 *
 * @throws ShapeError when they differ in length.
 */
export function expectPairs(label: string, { value, key }: Attended<SymbolicShape>): void {
  const agree =
    value.length === key.length &&
    value.every(
      (n, axis) =>
        axis === 0 ||
        axis === value.length - 1 ||
        n === null ||
        key[axis] === null ||
        n === key[axis],
    );
  if (agree) return;
  throw new ShapeError('attention/pairs', `${label} needs a key for every value.`, {
    got: `value ${formatSymbolic(value)} and key ${formatSymbolic(key)}`,
    expected: 'equal lengths on every axis but the last',
    fix: 'give as many keys as values, in the order query, value, key',
  });
}

/**
 * Checks that an input has steps, and features of each.
 *
 * @throws ShapeError for fewer axes.
 */
export function expectSteps(label: string, shape: SymbolicShape): void {
  if (shape.length >= 3) return;
  throw new ShapeError('layer/rank', `${label} takes inputs with at least 3 axes.`, {
    got: `${formatSymbolic(shape)}, which has ${shape.length}`,
    expected: '[batch, steps, features]',
    fix: 'change the shape with reshape() before it, or put embedding() before it for words',
  });
}

/**
 * Checks that queries can be compared with keys.
 *
 * @throws ShapeError when their last axes differ.
 */
export function expectSameFeatures(label: string, query: SymbolicShape, key: SymbolicShape): void {
  const [a, b] = [query.at(-1) ?? null, key.at(-1) ?? null];
  if (a === null || b === null || a === b) return;
  throw new ShapeError('attention/features', `${label} compares each query with each key.`, {
    got: `query ${formatSymbolic(query)} and key ${formatSymbolic(key)}`,
    expected: 'the same length on the last axis',
    fix: `put dense({ units: ${a} }) before the key, or use multiHeadAttention, which has one inside`,
  });
}

/** True where a query may look at a key: at what came before it, and at itself. Bool `[1, queries, keys]`. */
export function causalMask(queries: number, keys: number): Tensor {
  return rows(queries).greaterEqual(columns(keys));
}

/** True where a key is less than `window` steps away from the query. Bool `[1, queries, keys]`. */
export function windowMask(queries: number, keys: number, window: number): Tensor {
  return rows(queries).sub(columns(keys)).abs().less(window);
}

const rows = (length: number): Tensor => arange(length).reshape([1, length, 1]);
const columns = (length: number): Tensor => arange(length).reshape([1, 1, length]);
