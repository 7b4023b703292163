import { matmul, notEqual, take, tanh } from '@gradus/tensor';
import type { EmbeddingConfig, EmbeddingOptions } from './embedding-options.js';
import { resolveEmbedding, tableSpec } from './embedding-options.js';
import type { LayerFactory } from './layer.js';
import { defineLayer } from './layer.js';
import { expectLastAxis, expectOneOf, expectPositive, layerLabel } from './layer-errors.js';

/** Options of {@link reversibleEmbedding}. */
export interface ReversibleEmbeddingOptions extends EmbeddingOptions {
  /** Whether the way back uses the same table, transposed, instead of one of its own. Default true. */
  readonly tieWeights?: boolean;
  /** The numbers of the way back. All numbers are float32, so null or 'float32'. Default null. */
  readonly reverseDtype?: 'float32' | null;
  /** The size that the scores of the way back cannot exceed: c tanh(score / c). Default null: no limit. */
  readonly logitSoftCap?: number | null;
}

interface ReversibleEmbeddingConfig extends EmbeddingConfig {
  readonly tieWeights: boolean;
  readonly reverseDtype: 'float32' | null;
  readonly logitSoftCap: number | null;
}

/**
 * An embedding that also goes back: called with `{ reverse: true }`, it turns vectors into a score for each index. A
 * language model reads words with it and writes them.
 *
 * Forward, `[batch, ...]` of whole numbers becomes `[batch, ..., outputDim]`; back, `[batch, ..., outputDim]` becomes
 * x · embeddingsᵀ (or x · reverseEmbeddings), `[batch, ..., inputDim]`.
 *
 * @throws ValueError for impossible sizes or an impossible cap, ShapeError for vectors of another length on the way back.
 * @example
 * const words = reversibleEmbedding({ inputDim: 1000, outputDim: 8 });
 * words.outputShape([null, 20, 8], { reverse: true }); // => [null, 20, 1000]
 *
 * Source: Press and Wolf 2017.
 */
export const reversibleEmbedding: LayerFactory<readonly [options: ReversibleEmbeddingOptions]> =
  defineLayer({
    className: 'ReversibleEmbedding',
    callOptions: ['reverse'],
    resolve(options: ReversibleEmbeddingOptions): ReversibleEmbeddingConfig {
      const { tieWeights = true, reverseDtype = null, logitSoftCap = null } = options;
      const label = layerLabel('ReversibleEmbedding', options);
      if (reverseDtype !== null) expectOneOf(label, 'reverseDtype', reverseDtype, ['float32']);
      if (logitSoftCap !== null) expectPositive(label, 'logitSoftCap', logitSoftCap, 30);
      return { ...resolveEmbedding(label, options), tieWeights, reverseDtype, logitSoftCap };
    },
    build: (options) => ({
      embeddings: tableSpec(options),
      reverseEmbeddings: options.tieWeights
        ? null
        : {
            shape: [options.outputDim, options.inputDim],
            initializer: options.embeddingsInitializer,
          },
    }),
    call({ embeddings, reverseEmbeddings }, x, options, { callOptions = {} }) {
      if (callOptions.reverse !== true) return take(embeddings, x.cast('int32'), { axis: 0 });
      const label = layerLabel('ReversibleEmbedding', options);
      expectLastAxis(label, x.shape, options.outputDim);
      const scores =
        reverseEmbeddings === undefined
          ? matmul(x, embeddings, { transposeY: true })
          : matmul(x, reverseEmbeddings);
      const cap = options.logitSoftCap;
      return cap === null ? scores : tanh(scores.div(cap)).mul(cap);
    },
    outputShape: (options, inputShape, { reverse }) =>
      reverse === true
        ? [...inputShape.slice(0, -1), options.inputDim]
        : [...inputShape, options.outputDim],
    computeMask: (options, x, _mask, { reverse }) =>
      options.maskZero && reverse !== true ? notEqual(x, 0) : null,
  });
