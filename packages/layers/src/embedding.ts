import { notEqual, take } from '@gradus/tensor';
import type { Constraint, ConstraintLike } from './constraints.js';
import { getConstraint } from './constraints.js';
import type { InitializerLike } from './initializers/get-initializer.js';
import { getInitializer } from './initializers/get-initializer.js';
import type { Initializer } from './initializers/initializer.js';
import type { LayerFactory, LayerOptions } from './layer.js';
import { defineLayer } from './layer.js';
import { expectInteger, layerLabel } from './layer-errors.js';
import type { Regularizer, RegularizerLike } from './regularizers.js';
import { getRegularizer } from './regularizers.js';

/** Options of {@link embedding}. */
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
}

interface EmbeddingConfig {
  readonly inputDim: number;
  readonly outputDim: number;
  readonly embeddingsInitializer: Initializer;
  readonly embeddingsRegularizer: Regularizer | null;
  readonly embeddingsConstraint: Constraint | null;
  readonly maskZero: boolean;
}

/**
 * A table of vectors that are learned: index i becomes row i. Input `[batch, ...]` of whole numbers, output
 * `[batch, ..., outputDim]`.
 *
 * @throws ValueError for impossible sizes.
 * @example
 * embedding({ inputDim: 1000, outputDim: 8 }).outputShape([null, 20]); // => [null, 20, 8]
 */
export const embedding: LayerFactory<readonly [options: EmbeddingOptions]> = defineLayer({
  className: 'Embedding',
  resolve(options: EmbeddingOptions): EmbeddingConfig {
    const label = layerLabel('Embedding', options);
    expectInteger(label, 'inputDim', options.inputDim);
    expectInteger(label, 'outputDim', options.outputDim);
    return {
      inputDim: options.inputDim,
      outputDim: options.outputDim,
      embeddingsInitializer: getInitializer(options.embeddingsInitializer ?? 'uniform'),
      embeddingsRegularizer: getRegularizer(options.embeddingsRegularizer),
      embeddingsConstraint: getConstraint(options.embeddingsConstraint),
      maskZero: options.maskZero ?? false,
    };
  },
  build: (options) => ({
    embeddings: {
      shape: [options.inputDim, options.outputDim],
      initializer: options.embeddingsInitializer,
      regularizer: options.embeddingsRegularizer,
      constraint: options.embeddingsConstraint,
    },
  }),
  call: ({ embeddings }, x) => take(embeddings, x.cast('int32'), { axis: 0 }),
  outputShape: (options, inputShape) => [...inputShape, options.outputDim],
  computeMask: (options, x) => (options.maskZero ? notEqual(x, 0) : null),
});
