import type { DType, TypedArray } from './dtype.js';
import type { Shape } from './shape.js';
import type { Tensor } from './tensor.js';

/** What is known of a tensor before any number is computed. */
export interface TensorType {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** A loop bound to shapes: reads the inputs, writes every element of the outputs, allocates nothing. */
export type Kernel = (inputs: readonly TypedArray[], outputs: readonly TypedArray[]) => void;

/** What a gradient rule may look at. `gradients[i]` belongs to `outputs[i]`; one that nothing depends on is undefined. */
export interface VjpCall<P> {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly gradients: readonly (Tensor | undefined)[];
  readonly params: P;
}

/** The types a kernel is bound to. */
export interface KernelCall<P> {
  readonly inputs: readonly TensorType[];
  readonly outputs: readonly TensorType[];
  readonly params: P;
}

/** What passes and backends may ask of a primitive, so that none of them has to know names. */
export interface Traits {
  readonly kind:
    | 'elementwise'
    | 'reduce'
    | 'layout'
    | 'matmul'
    | 'window'
    | 'index'
    | 'order'
    | 'random'
    | 'source'
    | 'identity'
    | 'scan';
  /** Linear in its first input: it equals its own derivative, which the adjoint test uses. */
  readonly linear?: boolean;
  /** The output has the same elements in the same order as the first input, so it may share its memory. */
  readonly alias?: boolean;
  /** No gradient flows: the outputs are whole numbers, truth values, or do not depend on the inputs' values smoothly. */
  readonly constant?: boolean;
}

/**
 * One operation of the closed set from which everything else is composed: shape rule, gradient rule and loop in one
 * object. `vjp` maps gradients of the outputs to gradients of the inputs (a vector-Jacobian product) and is written
 * in ops, so it can be differentiated again. It may ignore broadcasting: the walk sums a gradient back to the shape of
 * its input.
 */
export interface Primitive<P = unknown> {
  readonly name: string;
  readonly traits: Traits;
  infer(inputs: readonly TensorType[], params: P): readonly TensorType[];
  vjp(call: VjpCall<P>): readonly (Tensor | undefined)[];
  reference(call: KernelCall<P>): Kernel;
}

/** For primitives without gradient. */
export function noGradient(): readonly undefined[] {
  return [];
}
