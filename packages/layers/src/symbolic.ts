import type { DType } from '@gradus/tensor';
import { ValueError, formatShape } from '@gradus/tensor';
import type { CallOptions } from './call-options.js';
import type { Layer } from './layer.js';
import { symbolicTensor } from './symbolic-operations.js';
import type { SymbolicOperations } from './symbolic-operations.js';

/** Lengths of axes where null stands for one that is not known yet, usually the batch. */
export type SymbolicShape = readonly (number | null)[];

/** Where an input comes into a model. */
export interface InputSource {
  readonly kind: 'input';
  readonly name: string | undefined;
}

/** One use of a layer in a model. The same layer may be used several times: then it shares its parameters. */
export interface LayerCall {
  readonly kind: 'layer';
  readonly layer: Layer;
  readonly inputs: readonly SymbolicTensor[];
  /** Whether the layer was called on a list, or on one tensor. */
  readonly inputsAs: 'single' | 'list';
  /** What the call says beside its inputs; tensors in it are inputs of the call too. */
  readonly options: CallOptions;
}

/**
 * A tensor of a model that is being put together: it has a shape and a history, and no numbers. Operations of `Tensor` are
 * methods here too: `x.mul(2).add(y)` puts them between layers.
 */
export interface SymbolicTensor extends SymbolicOperations {
  readonly shape: SymbolicShape;
  readonly dtype: DType;
  readonly source: InputSource | LayerCall;
  /** Which output of the source it is. */
  readonly index: number;
  /** The name that the user gave to the input or to the layer. */
  readonly name: string | undefined;
}

/** Options of {@link input}. */
export interface InputOptions {
  /** Lengths of the axes without the batch; null for one that varies. */
  readonly shape: SymbolicShape;
  /** Default 'float32'. */
  readonly dtype?: DType;
  readonly name?: string;
  /** Fix it when the model must always see batches of one size. Default: any. */
  readonly batchSize?: number | null;
}

/**
 * The start of a functional model: says what one sample looks like.
 *
 * @throws ValueError for a length that is not a whole number of at least 1.
 * @example
 * const x = input({ shape: [28, 28, 1] });
 * x.shape; // => [null, 28, 28, 1]
 */
export function input({
  shape,
  dtype = 'float32',
  name,
  batchSize = null,
}: InputOptions): SymbolicTensor {
  const label = name === undefined ? 'input' : `input "${name}"`;
  if (!Array.isArray(shape))
    throw new ValueError('input/shape', `${label}: shape is a list.`, {
      got: String(shape),
      expected: 'the lengths of the axes of one sample',
      fix: `input({ shape: [${typeof shape === 'number' ? String(shape) : '28, 28'}] })`,
    });
  if (!['float32', 'float64', 'int32', 'bool'].includes(dtype))
    throw new ValueError('input/dtype', `${label}: there is no such type of numbers.`, {
      got: `'${String(dtype)}'`,
      expected: "'float32', 'float64', 'int32' or 'bool'",
      fix: "leave dtype out for 'float32'",
    });
  for (const length of [batchSize, ...(shape as SymbolicShape)])
    if (length !== null && (!Number.isInteger(length) || length < 1))
      throw new ValueError('input/shape', `${label}: a length is impossible.`, {
        got: formatShape([batchSize, ...shape]),
        expected: 'whole numbers of at least 1, or null for a length that varies',
        fix: 'give the shape of one sample, without the batch: input({ shape: [28, 28] })',
      });
  return symbolicTensor({
    shape: Object.freeze([batchSize, ...shape]),
    dtype,
    source: Object.freeze({ kind: 'input' as const, name }),
    index: 0,
    name,
  });
}
