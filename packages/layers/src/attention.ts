import { matmul, tanh } from '@gradus/tensor';
import type { AttentionLayer } from './attention-layer.js';
import { ones } from './initializers/constant.js';
import type { LayerFactory } from './layer.js';
import { defineMergeLayer } from './layer.js';
import { expectOneOf, layerLabel } from './layer-errors.js';
import type { ListAttentionConfig, ListAttentionOptions } from './list-attention.js';
import {
  expectListInputs,
  listAttention,
  pairwise,
  resolveListAttention,
} from './list-attention.js';

/** Options of {@link attention}. */
export interface AttentionOptions extends ListAttentionOptions {
  /** Whether the scores are multiplied by a number that is learned. Default false. */
  readonly useScale?: boolean;
  /** 'dot' for the product of query and key, 'concat' for the tanh of their sum. Default 'dot'. */
  readonly scoreMode?: 'dot' | 'concat';
}

interface AttentionConfig extends ListAttentionConfig {
  readonly useScale: boolean;
  readonly scoreMode: 'dot' | 'concat';
}

/**
 * Attention by products (Luong): each query gets a mean of the values, weighted by how well their keys fit it. Call it on a
 * list `[query, value]`, where the values are the keys too, or `[query, value, key]`.
 *
 * softmax(scale query · keyᵀ) · value, or with 'concat' softmax(weight Σ tanh(scale (query + key))) · value. Query
 * `[batch, queries, n]`, key `[batch, keys, n]`, value `[batch, keys, m]`; output `[batch, queries, m]`, and with
 * `{ returnAttentionScores: true }` in the call also the weights `[batch, queries, keys]`. Masks of query and value ride on
 * them, or are given as `{ mask: [queryMask, valueMask] }`; `{ useCausalMask: true }` hides what comes later. The mask of the
 * query goes on.
 *
 * @throws ValueError for an unknown scoreMode or an impossible dropout; ShapeError for inputs that do not fit together.
 * @example
 * attention().outputShape([[null, 3, 4], [null, 5, 4]]); // => [null, 3, 4]
 *
 * Source: Luong, Pham and Manning 2015.
 */
export const attention: LayerFactory<readonly [options?: AttentionOptions], AttentionLayer> =
  defineMergeLayer({
    className: 'Attention',
    ...listAttention<AttentionConfig>(
      'Attention',
      ({ scale, concatScoreWeight }, query, key, { scoreMode }) => {
        if (scoreMode === 'dot') {
          const scores = matmul(query, key, { transposeY: true });
          return scale === undefined ? scores : scores.mul(scale);
        }
        const sums = pairwise(query, key);
        const bent = tanh(scale === undefined ? sums : sums.mul(scale)).sum({ axis: -1 });
        return concatScoreWeight === undefined ? bent : bent.mul(concatScoreWeight);
      },
    ),
    resolve(options: AttentionOptions = {}): AttentionConfig {
      const { useScale = false, scoreMode = 'dot' } = options;
      const label = layerLabel('Attention', options);
      expectOneOf(label, 'scoreMode', scoreMode, ['dot', 'concat']);
      return { useScale, scoreMode, ...resolveListAttention(label, options) };
    },
    build(options, shapes) {
      expectListInputs(layerLabel('Attention', options), shapes);
      const one = { shape: [], initializer: ones() };
      return {
        scale: options.useScale ? one : null,
        concatScoreWeight: options.scoreMode === 'concat' ? one : null,
      };
    },
  }) as LayerFactory<readonly [options?: AttentionOptions], AttentionLayer>;
