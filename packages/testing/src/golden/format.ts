import { tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';

/** A tensor of a golden file: flat, row-major; non-finite numbers are the texts `nan`, `inf`, `-inf`. */
export interface Saved {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly data: readonly (number | string)[];
}

/** How far a number may be off: `|a - b| <= atol + rtol * |b|`. */
export interface Tolerance {
  readonly rtol: number;
  readonly atol: number;
}

/** What every case has; the rest depends on its kind. */
export interface GoldenCase {
  readonly name: string;
  readonly kind: string;
  readonly className?: string;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly tolerance?: Readonly<Record<string, Tolerance>>;
}

/** A case that asks for something that Gradus does not have yet. Not a failure, but always shown. */
export class Unsupported extends Error {}

export function isSaved(value: unknown): value is Saved {
  return (
    typeof value === 'object' &&
    value !== null &&
    'shape' in value &&
    'data' in value &&
    'dtype' in value
  );
}

/** A number of a golden file. */
export function readNumber(value: number | string): number {
  return typeof value === 'number'
    ? value
    : Number(value.replace('inf', 'Infinity').replace('nan', 'NaN'));
}

/** A tensor of a golden file. */
export function readTensor({ shape, dtype, data }: Saved): Tensor {
  if (dtype === 'string') throw new Unsupported('string tensors are not supported yet');
  return tensor(Float64Array.from(data, readNumber), {
    shape,
    dtype: dtype === 'bool' ? 'bool' : /float/.test(dtype) ? 'float32' : 'int32',
  });
}

/** Every saved tensor inside lists and objects, read. */
export function readTree(value: unknown): unknown {
  if (isSaved(value)) return readTensor(value);
  if (Array.isArray(value)) return value.map(readTree);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, readTree(item)]));
}

/** The tolerance of a group of a case. */
export function toleranceOf({ tolerance }: GoldenCase, group: string): Tolerance {
  return tolerance?.[group] ?? { rtol: 1e-5, atol: 1e-6 };
}
