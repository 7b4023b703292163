import type { Tensor } from '@gradus/tensor';
import { clip, greaterEqual, sqrt, square, sum, where } from '@gradus/tensor';
import { expectPart, expectPartOptions } from './expect-part-options.js';
import type { JsonValue, Serialized } from './serialized.js';
import { revive } from './serialized.js';

/** Puts a parameter back where it may be, after each step of the optimizer: `(w) => w`. */
export interface Constraint {
  (w: Tensor): Tensor;
  readonly className: string;
  readonly config: { readonly [key: string]: JsonValue };
}

/** Axes whose numbers make up one vector. For a dense kernel `[in, out]`, axis 0: the inputs of one unit. */
export interface NormAxisOption {
  /** Default 0. */
  readonly axis?: number | readonly number[];
}

/** Keeps a division by a norm of 0 finite. */
const epsilon = 1e-7;

/** Gives a constraint the name and options under which a model file remembers it. */
export function defineConstraint(
  className: string,
  config: { readonly [key: string]: JsonValue },
  project: (w: Tensor) => Tensor,
): Constraint {
  return Object.freeze(
    Object.assign((w: Tensor): Tensor => project(w), { className, config: Object.freeze(config) }),
  );
}

function lengths(w: Tensor, axis: number | readonly number[]): Tensor {
  return sqrt(sum(square(w), { axis, keepDims: true }));
}

/** Vectors longer than `maxValue` (default 2) are shortened to it. */
export function maxNorm(options: NormAxisOption & { readonly maxValue?: number } = {}): Constraint {
  expectPartOptions('maxNorm', options, ['maxValue', 'axis']);
  const { maxValue = 2, axis = 0 } = options;
  return defineConstraint('MaxNorm', { maxValue, axis }, (w) => {
    const norms = lengths(w, axis);
    return w.mul(clip(norms, 0, maxValue).div(norms.add(epsilon)));
  });
}

/** Negative numbers become 0. */
export function nonNeg(): Constraint {
  return defineConstraint('NonNeg', {}, (w) => where(greaterEqual(w, 0), w, 0));
}

/** Every vector gets length 1. */
export function unitNorm(options: NormAxisOption = {}): Constraint {
  expectPartOptions('unitNorm', options, ['axis']);
  const { axis = 0 } = options;
  return defineConstraint('UnitNorm', { axis }, (w) => w.div(lengths(w, axis).add(epsilon)));
}

/** Options of {@link minMaxNorm}. */
export interface MinMaxNormOptions extends NormAxisOption {
  /** Default 0. */
  readonly minValue?: number;
  /** Default 1. */
  readonly maxValue?: number;
  /** How far lengths move towards the bounds in one step; 1 (default) is all the way. */
  readonly rate?: number;
}

/** Lengths of vectors are moved between `minValue` and `maxValue`. */
export function minMaxNorm(options: MinMaxNormOptions = {}): Constraint {
  expectPartOptions('minMaxNorm', options, ['minValue', 'maxValue', 'rate', 'axis']);
  const { minValue = 0, maxValue = 1, rate = 1, axis = 0 } = options;
  return defineConstraint('MinMaxNorm', { minValue, maxValue, rate, axis }, (w) => {
    const norms = lengths(w, axis);
    const wanted = clip(norms, minValue, maxValue)
      .mul(rate)
      .add(norms.mul(1 - rate));
    return w.mul(wanted.div(norms.add(epsilon)));
  });
}

const byName: Readonly<Record<ConstraintName, (options?: never) => Constraint>> = {
  maxNorm,
  nonNeg,
  unitNorm,
  minMaxNorm,
};

/** The constraints that can be named by a string. */
export type ConstraintName = 'maxNorm' | 'nonNeg' | 'unitNorm' | 'minMaxNorm';

/** What a `...Constraint` option takes. */
export type ConstraintLike = ConstraintName | Constraint | Serialized;

/**
 * The constraint of a name, of `{ className, config }`, or itself; null stays null.
 *
 * @throws NameError with the nearest name for one that nobody knows.
 */
export function getConstraint(identifier: ConstraintLike | null | undefined): Constraint | null {
  if (identifier === null || identifier === undefined) return null;
  expectPart('constraint', byName, identifier);
  if (typeof identifier === 'function') return identifier;
  return revive('constraint', byName, identifier);
}
