import { notEqual, take } from '@gradus/tensor';
import type { EmbeddingConfig, EmbeddingOptions } from './embedding-options.js';
import { resolveEmbedding, tableSpec } from './embedding-options.js';
import type { LayerFactory } from './layer.js';
import { defineLayer } from './layer.js';
import { layerLabel } from './layer-errors.js';

/**
 * A table of vectors that are learned: index i becomes row i. Input `[batch, ...]` of whole numbers, output
 * `[batch, ..., outputDim]`.
 *
 * @throws ValueError for impossible sizes, ShapeError for weights of another shape.
 * @example
 * embedding({ inputDim: 1000, outputDim: 8 }).outputShape([null, 20]); // => [null, 20, 8]
 */
export const embedding: LayerFactory<readonly [options: EmbeddingOptions]> = defineLayer({
  className: 'Embedding',
  resolve: (options: EmbeddingOptions): EmbeddingConfig =>
    resolveEmbedding(layerLabel('Embedding', options), options),
  build: (options) => ({ embeddings: tableSpec(options) }),
  call: ({ embeddings }, x) => take(embeddings, x.cast('int32'), { axis: 0 }),
  outputShape: (options, inputShape) => [...inputShape, options.outputDim],
  computeMask: (options, x) => (options.maskZero ? notEqual(x, 0) : null),
});
