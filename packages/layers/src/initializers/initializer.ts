import type { DType, Shape, Tensor } from '@gradus/tensor';
import { key as makeKey } from '@gradus/tensor';
import type { JsonValue } from '../serialized.js';

/**
 * Makes the first value of a parameter: `(shape, dtype, key) => Tensor`. The same key gives the same numbers.
 * `className` and `config` are what a saved model writes down.
 */
export interface Initializer {
  (shape: Shape, dtype: DType, key: Tensor): Tensor;
  readonly className: string;
  readonly config: { readonly [key: string]: JsonValue };
}

/** An option that random initializers share. */
export interface SeedOption {
  /** With a seed, the same numbers on every call, whatever the key of the model. Default: none. */
  readonly seed?: number | null;
}

/**
 * Gives a function the name and options under which a model file remembers it.
 *
 * @example
 * const halves = defineInitializer('Halves', {}, (shape) => full(shape, 0.5));
 */
export function defineInitializer(
  className: string,
  config: { readonly [key: string]: JsonValue },
  make: (shape: Shape, dtype: DType, key: Tensor) => Tensor,
): Initializer {
  const initializer = (shape: Shape, dtype: DType, key: Tensor): Tensor => make(shape, dtype, key);
  return Object.freeze(Object.assign(initializer, { className, config: Object.freeze(config) }));
}

/** The key of a seed when there is one, else the key that the model hands in. */
export function seededKey(seed: number | null, key: Tensor): Tensor {
  return seed === null ? key : makeKey(seed);
}
