import { allocate } from '../dtype.js';
import type { DType } from '../dtype.js';
import { emit } from '../emit.js';
import { ValueError } from '../errors.js';
import { iota as primitive } from '../primitives/iota.js';
import { checkShape, normalizeAxis } from '../shape.js';
import type { Shape } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { tensor } from './constant.js';

/** The dtype of what is made. */
export interface CreateOptions {
  readonly dtype?: DType | undefined;
}

/** The position of each element along an axis (default the last), int32 unless told. */
export function iota(
  shape: Shape,
  options: CreateOptions & { readonly axis?: number | undefined } = {},
): Tensor {
  checkShape('iota', shape);
  const axis = normalizeAxis('iota', options.axis ?? -1, shape.length);
  return emit(primitive, [], { shape: [...shape], axis, dtype: options.dtype ?? 'int32' });
}

/**
 * Numbers from `start` up to, not including, `stop`. With one argument, from 0 up to it. int32 when all are whole numbers,
 * else float32.
 *
 * @example
 * arange(3).toArray(); // => [0, 1, 2]
 * arange(1, 2, 0.5).toArray(); // => [1, 1.5]
 */
export function arange(
  start: number,
  stop?: number,
  step = 1,
  options: CreateOptions = {},
): Tensor {
  const [from, to] = stop === undefined ? [0, start] : [start, stop];
  if (step === 0 || ![from, to, step].every(Number.isFinite))
    throw new ValueError('arange/step', 'arange: it would never arrive.', {
      got: `start ${from}, stop ${to}, step ${step}`,
      expected: 'finite numbers and a step that is not 0',
    });
  const dtype = options.dtype ?? ([from, to, step].every(Number.isInteger) ? 'int32' : 'float32');
  const values = allocate(dtype, Math.max(0, Math.ceil((to - from) / step)));
  for (let i = 0; i < values.length; i++) values[i] = from + i * step;
  return tensor(values);
}

/** Ones on the diagonal and zeros elsewhere: `[n, n]`, or `[n, m]`. float32 unless told. */
export function eye(n: number, m: number = n, options: CreateOptions = {}): Tensor {
  checkShape('eye', [n, m]);
  const values = allocate(options.dtype ?? 'float32', n * m);
  for (let i = 0; i < Math.min(n, m); i++) values[i * m + i] = 1;
  return tensor(values, { shape: [n, m] });
}

/**
 * `count` numbers (default 50) at equal distances from `start` to `stop`, both included; without the last one when
 * `endpoint` is false. float32 unless told.
 */
export function linspace(
  start: number,
  stop: number,
  count = 50,
  options: CreateOptions & { readonly endpoint?: boolean | undefined } = {},
): Tensor {
  checkShape('linspace', [count]);
  const gaps = options.endpoint === false ? count : count - 1;
  const values = allocate(options.dtype ?? 'float32', count);
  for (let i = 0; i < count; i++)
    values[i] = gaps <= 0 ? start : start + ((stop - start) * i) / gaps;
  return tensor(values);
}
