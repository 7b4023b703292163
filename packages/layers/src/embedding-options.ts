import { ShapeError, Tensor, formatShape, tensor } from '@gradus/tensor';
import type { Constraint, ConstraintLike } from './constraints.js';
import { getConstraint } from './constraints.js';
import { expectNoAdapters } from './expect-no-adapters.js';
import type { InitializerLike } from './initializers/get-initializer.js';
import { getInitializer } from './initializers/get-initializer.js';
import type { Initializer } from './initializers/initializer.js';
import { defineInitializer } from './initializers/initializer.js';
import type { LayerOptions, ParameterSpec } from './layer.js';
import { expectInteger } from './layer-errors.js';
import type { Regularizer, RegularizerLike } from './regularizers.js';
import { getRegularizer } from './regularizers.js';

/** Rows of numbers, one for each thing that has an index. */
export type EmbeddingTable = Tensor | readonly (readonly number[])[];

/** Options of layers that look up rows of a table. */
export interface EmbeddingOptions extends LayerOptions {
  /** How many different things there are: the largest index plus 1. */
  readonly inputDim: number;
  /** How many numbers stand for each. */
  readonly outputDim: number;
  /** Default 'uniform': between -0.05 and 0.05. */
  readonly embeddingsInitializer?: InitializerLike;
  readonly embeddingsRegularizer?: RegularizerLike | null;
  readonly embeddingsConstraint?: ConstraintLike | null;
  /** Whether index 0 means "nothing here" and later layers should skip it. Default false. */
  readonly maskZero?: boolean;
  /** The table to start from, `[inputDim, outputDim]`, for example of vectors learned elsewhere. Default: the initializer's. */
  readonly weights?: EmbeddingTable | null;
}

/** {@link EmbeddingOptions} with names looked up and defaults filled in. */
export interface EmbeddingConfig {
  readonly inputDim: number;
  readonly outputDim: number;
  readonly embeddingsInitializer: Initializer;
  readonly embeddingsRegularizer: Regularizer | null;
  readonly embeddingsConstraint: Constraint | null;
  readonly maskZero: boolean;
  /** The given table; files hold the learned one instead, so it writes itself down as null. */
  readonly weights: { readonly table: Tensor; toJSON(): null } | null;
}

/**
 * Looks up names and fills in Keras' defaults.
 *
 * @throws ValueError for impossible sizes, ShapeError for a table of another shape.
 */
export function resolveEmbedding(label: string, options: EmbeddingOptions): EmbeddingConfig {
  const { inputDim, outputDim, weights = null } = options;
  expectNoAdapters(label, options);
  expectInteger(label, 'inputDim', inputDim);
  expectInteger(label, 'outputDim', outputDim);
  const table = weights === null ? null : weights instanceof Tensor ? weights : tensor(weights);
  if (
    table !== null &&
    (table.rank !== 2 || table.shape[0] !== inputDim || table.shape[1] !== outputDim)
  )
    throw new ShapeError('embedding/weights', `${label}: weights do not fit its sizes.`, {
      got: formatShape(table.shape),
      expected: formatShape([inputDim, outputDim]),
      fix: `set inputDim and outputDim to the lengths of the table`,
    });
  return {
    inputDim,
    outputDim,
    embeddingsInitializer: getInitializer(options.embeddingsInitializer ?? 'uniform'),
    embeddingsRegularizer: getRegularizer(options.embeddingsRegularizer),
    embeddingsConstraint: getConstraint(options.embeddingsConstraint),
    maskZero: options.maskZero ?? false,
    weights: table === null ? null : { table, toJSON: () => null },
  };
}

/** The table as a parameter. */
export function tableSpec(options: EmbeddingConfig): ParameterSpec {
  const { weights } = options;
  return {
    shape: [options.inputDim, options.outputDim],
    initializer:
      weights === null
        ? options.embeddingsInitializer
        : defineInitializer('Given', {}, (_shape, dtype) => weights.table.cast(dtype)),
    regularizer: options.embeddingsRegularizer,
    constraint: options.embeddingsConstraint,
  };
}
