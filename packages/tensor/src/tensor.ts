import type { DType, TypedArray } from './dtype.js';
import { ShapeError, TracedValueError } from './errors.js';
import { format } from './format.js';
import * as ops from './ops/elementwise.js';
import * as index from './ops/index.js';
import * as layout from './ops/layout.js';
import * as product from './ops/matmul.js';
import * as reduce from './ops/reduce.js';
import type { TensorType } from './primitive.js';
import { formatShape, sizeOf } from './shape.js';
import type { Shape } from './shape.js';
import type { Node, Trace } from './trace.js';

/** What stands where a tensor may stand. A number takes the dtype of the tensor beside it. */
export type TensorLike = Tensor | number | boolean;

/** Nested arrays of numbers, as deep as the tensor has axes; a bare number for a scalar. */
export type NestedArray = number | boolean | readonly NestedArray[];

/** Options of reductions. `axis` undefined means all axes; `keepDims` leaves reduced axes with length 1. */
export interface ReduceOptions {
  readonly axis?: number | readonly number[] | null;
  readonly keepDims?: boolean;
}

/**
 * An immutable array of numbers with a shape and a dtype. Values are dense and row-major. There is nothing to dispose:
 * tensors are ordinary garbage-collected objects. Inside `compile` a tensor is a placeholder that only knows its type.
 *
 * @example
 * tensor([[1, 2], [3, 4]]).add(10).toArray(); // => [[11,12],[13,14]]
 */
export class Tensor implements TensorType {
  readonly shape: Shape;
  readonly dtype: DType;
  /** The recording that this placeholder belongs to; undefined when the tensor has numbers. */
  readonly trace: Trace | undefined;
  readonly #value: TypedArray | undefined;
  #node: Node | undefined;
  #index = 0;

  /** For the library itself; use `tensor(...)`, `zeros(...)` and their kin. */
  constructor({ shape, dtype }: TensorType, value: TypedArray | undefined, trace?: Trace) {
    this.shape = shape;
    this.dtype = dtype;
    this.#value = value;
    this.trace = trace;
  }

  /** The operation that made it, while something watches: a recording or a gradient. */
  get node(): Node | undefined {
    return this.#node;
  }

  /** Which output of `node` it is. */
  get outputIndex(): number {
    return this.#index;
  }

  setOrigin(node: Node, outputIndex: number): void {
    this.#node = node;
    this.#index = outputIndex;
  }

  get rank(): number {
    return this.shape.length;
  }

  get size(): number {
    return sizeOf(this.shape);
  }

  /**
   * The numbers, row-major. It is the tensor's own memory: read it, do not write it.
   *
   * @throws TracedValueError inside `compile`, where no numbers exist yet.
   */
  get data(): TypedArray {
    if (this.#value === undefined)
      throw new TracedValueError(
        'trace/read',
        'This tensor has no numbers yet: it is being recorded.',
        {
          got: `a read of a ${this.dtype} ${formatShape(this.shape)} inside compile, scan or a layer's call`,
          expected: 'operations on tensors only',
          fix: 'use where(condition, a, b) instead of if, return the tensor and read it outside, or pass the number as an argument',
        },
      );
    return this.#value;
  }

  /** The number of a tensor with one element. */
  item(): number {
    if (this.size !== 1)
      throw new ShapeError('tensor/item', 'item() reads the only number of a tensor.', {
        got: formatShape(this.shape),
        expected: 'one element',
        fix: 'use toArray() or data, or reduce first',
      });
    return this.data[0] as number;
  }

  /** Nested arrays; bools become true and false. */
  toArray(): NestedArray {
    const { data, shape, dtype } = this;
    let position = 0;
    const build = (axis: number): NestedArray => {
      if (axis === shape.length) {
        const value = data[position++] as number;
        return dtype === 'bool' ? value !== 0 : value;
      }
      return Array.from({ length: shape[axis] as number }, () => build(axis + 1));
    };
    return build(0);
  }

  toString(): string {
    return format(this);
  }

  static {
    // console.log in Node shows the numbers instead of the object's fields.
    Object.defineProperty(Tensor.prototype, Symbol.for('nodejs.util.inspect.custom'), {
      value: Tensor.prototype.toString,
    });
  }

  // The face for chaining: each method is the function of the same name.
  add(y: TensorLike): Tensor {
    return ops.add(this, y);
  }
  sub(y: TensorLike): Tensor {
    return ops.sub(this, y);
  }
  mul(y: TensorLike): Tensor {
    return ops.mul(this, y);
  }
  div(y: TensorLike): Tensor {
    return ops.div(this, y);
  }
  pow(y: TensorLike): Tensor {
    return ops.pow(this, y);
  }
  mod(y: TensorLike): Tensor {
    return ops.mod(this, y);
  }
  maximum(y: TensorLike): Tensor {
    return ops.maximum(this, y);
  }
  minimum(y: TensorLike): Tensor {
    return ops.minimum(this, y);
  }
  equal(y: TensorLike): Tensor {
    return ops.equal(this, y);
  }
  notEqual(y: TensorLike): Tensor {
    return ops.notEqual(this, y);
  }
  less(y: TensorLike): Tensor {
    return ops.less(this, y);
  }
  lessEqual(y: TensorLike): Tensor {
    return ops.lessEqual(this, y);
  }
  greater(y: TensorLike): Tensor {
    return ops.greater(this, y);
  }
  greaterEqual(y: TensorLike): Tensor {
    return ops.greaterEqual(this, y);
  }
  and(y: TensorLike): Tensor {
    return ops.and(this, y);
  }
  or(y: TensorLike): Tensor {
    return ops.or(this, y);
  }
  not(): Tensor {
    return ops.not(this);
  }
  neg(): Tensor {
    return ops.neg(this);
  }
  abs(): Tensor {
    return ops.abs(this);
  }
  sign(): Tensor {
    return ops.sign(this);
  }
  exp(): Tensor {
    return ops.exp(this);
  }
  log(): Tensor {
    return ops.log(this);
  }
  sqrt(): Tensor {
    return ops.sqrt(this);
  }
  square(): Tensor {
    return ops.square(this);
  }
  tanh(): Tensor {
    return ops.tanh(this);
  }
  sigmoid(): Tensor {
    return ops.sigmoid(this);
  }
  relu(): Tensor {
    return ops.maximum(this, 0);
  }
  clip(low: number, high: number): Tensor {
    return ops.clip(this, low, high);
  }
  cast(dtype: DType): Tensor {
    return ops.cast(this, dtype);
  }
  sum(options?: ReduceOptions): Tensor {
    return reduce.sum(this, options);
  }
  mean(options?: ReduceOptions): Tensor {
    return reduce.mean(this, options);
  }
  max(options?: ReduceOptions): Tensor {
    return reduce.max(this, options);
  }
  min(options?: ReduceOptions): Tensor {
    return reduce.min(this, options);
  }
  prod(options?: ReduceOptions): Tensor {
    return reduce.prod(this, options);
  }
  all(options?: ReduceOptions): Tensor {
    return reduce.all(this, options);
  }
  any(options?: ReduceOptions): Tensor {
    return reduce.any(this, options);
  }
  variance(options?: ReduceOptions): Tensor {
    return reduce.variance(this, options);
  }
  std(options?: ReduceOptions): Tensor {
    return reduce.std(this, options);
  }
  argMax(options?: { readonly axis?: number }): Tensor {
    return reduce.argMax(this, options);
  }
  argMin(options?: { readonly axis?: number }): Tensor {
    return reduce.argMin(this, options);
  }
  reshape(shape: Shape): Tensor {
    return layout.reshape(this, shape);
  }
  flatten(): Tensor {
    return layout.reshape(this, [-1]);
  }
  transpose(axes?: readonly number[]): Tensor {
    return layout.transpose(this, axes);
  }
  broadcastTo(shape: Shape): Tensor {
    return layout.broadcastTo(this, shape);
  }
  slice(begin: readonly number[], size: readonly number[], step?: readonly number[]): Tensor {
    return layout.slice(this, begin, size, step);
  }
  squeeze(axis?: number | readonly number[]): Tensor {
    return layout.squeeze(this, axis);
  }
  expandDims(axis: number): Tensor {
    return layout.expandDims(this, axis);
  }
  take(indices: Tensor, options?: { readonly axis?: number }): Tensor {
    return index.take(this, indices, options);
  }
  matmul(y: Tensor): Tensor {
    return product.matmul(this, y);
  }
}
