import { tanh } from '@gradus/tensor';
import type { AttentionLayer } from './attention-layer.js';
import { glorotUniform } from './initializers/variance-scaling.js';
import type { LayerFactory } from './layer.js';
import { defineMergeLayer } from './layer.js';
import { knownLength, layerLabel } from './layer-errors.js';
import type { ListAttentionConfig, ListAttentionOptions } from './list-attention.js';
import {
  expectListInputs,
  listAttention,
  pairwise,
  resolveListAttention,
} from './list-attention.js';

/** Options of {@link additiveAttention}. */
export interface AdditiveAttentionOptions extends ListAttentionOptions {
  /** Whether each feature counts as much as a number that is learned. Default true. */
  readonly useScale?: boolean;
}

interface AdditiveAttentionConfig extends ListAttentionConfig {
  readonly useScale: boolean;
}

/**
 * Attention by sums (Bahdanau): each query gets a mean of the values, weighted by the tanh of query plus key. Call it on a
 * list `[query, value]`, where the values are the keys too, or `[query, value, key]`.
 *
 * softmax(Σ scale tanh(query + key)) · value, with scale `[n]`. Shapes, masks and what a call may say are those of
 * {@link attention}.
 *
 * @throws ValueError for an impossible dropout; ShapeError for inputs that do not fit together.
 * @example
 * additiveAttention().build([[null, 3, 4], [null, 5, 4]]).scale.shape; // => [4]
 *
 * Source: Bahdanau, Cho and Bengio 2015.
 */
export const additiveAttention: LayerFactory<
  readonly [options?: AdditiveAttentionOptions],
  AttentionLayer
> = defineMergeLayer({
  className: 'AdditiveAttention',
  ...listAttention<AdditiveAttentionConfig>('AdditiveAttention', ({ scale }, query, key) => {
    const bent = tanh(pairwise(query, key));
    return (scale === undefined ? bent : bent.mul(scale)).sum({ axis: -1 });
  }),
  resolve(options: AdditiveAttentionOptions = {}): AdditiveAttentionConfig {
    const label = layerLabel('AdditiveAttention', options);
    return { useScale: options.useScale ?? true, ...resolveListAttention(label, options) };
  },
  build(options, shapes) {
    const label = layerLabel('AdditiveAttention', options);
    const query = expectListInputs(label, shapes);
    if (!options.useScale) return { scale: null };
    return { scale: { shape: [knownLength(label, query)], initializer: glorotUniform() } };
  },
}) as LayerFactory<readonly [options?: AdditiveAttentionOptions], AttentionLayer>;
