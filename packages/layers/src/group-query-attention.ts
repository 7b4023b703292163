import { ShapeError, ValueError } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import type { Attended } from './attention-inputs.js';
import { attended, attendedMasks, expectPairs } from './attention-inputs.js';
import type { AttentionLayer } from './attention-layer.js';
import type { HeadAttentionConfig, HeadAttentionOptions } from './head-attention.js';
import { attend, headMask, resolveHeads } from './head-attention.js';
import type { Projections } from './head-projections.js';
import { ProjectionCalls, projection, projectionSpecs } from './head-projections.js';
import type { LayerFactory } from './layer.js';
import { defineMergeLayer } from './layer.js';
import {
  expectInteger,
  expectRank,
  formatSymbolic,
  knownLength,
  layerLabel,
} from './layer-errors.js';
import { layerResult } from './layer-result.js';
import type { Regularizer } from './regularizers.js';
import { getRegularizer } from './regularizers.js';
import type { SymbolicShape } from './symbolic.js';

/** Options of {@link groupQueryAttention}. */
export interface GroupQueryAttentionOptions extends HeadAttentionOptions {
  /** How many numbers each head has. */
  readonly headDim: number;
  /** How many heads ask. */
  readonly numQueryHeads: number;
  /** How many heads answer; must divide the number that ask. */
  readonly numKeyValueHeads: number;
}

interface GroupQueryAttentionConfig extends HeadAttentionConfig {
  readonly headDim: number;
  readonly numQueryHeads: number;
  readonly numKeyValueHeads: number;
  readonly activityRegularizer: Regularizer | null;
}

function expectInputs(label: string, shapes: readonly SymbolicShape[]): Attended<SymbolicShape> {
  const inputs = attended(label, shapes);
  for (const shape of shapes) expectRank(label, shape, ['batch', 'steps', 'features']);
  expectPairs(label, inputs);
  return inputs;
}

function projectionsOf(
  label: string,
  options: GroupQueryAttentionConfig,
  { query, value, key }: Attended<SymbolicShape>,
): Projections {
  const { headDim, numQueryHeads, numKeyValueHeads, useGate } = options;
  const asking = [numQueryHeads, headDim];
  const answering = [numKeyValueHeads, headDim];
  return {
    queryDense: projection(options, query, 1, asking),
    keyDense: projection(options, key, 1, answering),
    ...(useGate ? { gateDense: projection(options, query, 1, asking, 'sigmoid') } : {}),
    valueDense: projection(options, value, 1, answering),
    outputDense: projection(options, [...query.slice(0, -1), ...asking], 2, [
      knownLength(label, query),
    ]),
  };
}

/** Each head several times in a row: `[batch, steps, heads, n]` to `[batch, steps, heads * times, n]`. */
function repeatHeads(x: Tensor, times: number): Tensor {
  const [batch = 1, steps = 1, heads = 1, n = 1] = x.shape;
  return x
    .reshape([batch, steps, heads, 1, n])
    .broadcastTo([batch, steps, heads, times, n])
    .reshape([batch, steps, heads * times, n]);
}

/**
 * Multi-head attention in which several heads that ask share one that answers: nearly as good, with fewer keys and values to
 * compute and to keep. Call it on a list `[query, value]` or `[query, value, key]`.
 *
 * As in multiHeadAttention, with the head of key and value repeated for its group of queries. Query `[batch, queries, n]`,
 * value and key `[batch, keys, n]`; output `[batch, queries, n]`, and with `{ returnAttentionScores: true }` in the call also
 * the weights `[batch, numQueryHeads, queries, keys]`. A call takes `queryMask`, `valueMask`, `keyMask`, `attentionMask` and
 * `useCausalMask`. A penalty on the activity is put on the output of every dense layer inside and, as in Keras, once more on
 * that of the layer.
 *
 * @throws ValueError for impossible sizes, dropout or window, and when the heads cannot be shared equally; ShapeError for
 * inputs that do not fit together.
 * @example
 * const grouped = groupQueryAttention({ headDim: 2, numQueryHeads: 4, numKeyValueHeads: 2 });
 * grouped.build([[null, 3, 5], [null, 4, 5]])['keyDense/kernel'].shape; // => [5, 2, 2]
 *
 * Source: Ainslie et al. 2023.
 */
export const groupQueryAttention: LayerFactory<
  readonly [options: GroupQueryAttentionOptions],
  AttentionLayer
> = defineMergeLayer({
  className: 'GroupQueryAttention',
  supportsMask: true,
  inputNames: ['query', 'value', 'key'],
  callOptions: [
    'queryMask',
    'valueMask',
    'keyMask',
    'attentionMask',
    'useCausalMask',
    'returnAttentionScores',
  ],
  resolve(options: GroupQueryAttentionOptions): GroupQueryAttentionConfig {
    const { headDim, numQueryHeads, numKeyValueHeads } = options;
    const label = layerLabel('GroupQueryAttention', options);
    expectInteger(label, 'headDim', headDim);
    expectInteger(label, 'numQueryHeads', numQueryHeads);
    expectInteger(label, 'numKeyValueHeads', numKeyValueHeads);
    if (numQueryHeads % numKeyValueHeads !== 0)
      throw new ValueError('attention/groups', `${label}: the heads cannot be shared equally.`, {
        got: `numQueryHeads: ${numQueryHeads}, numKeyValueHeads: ${numKeyValueHeads}`,
        expected: 'a number of query heads that numKeyValueHeads divides',
        fix: `for example numQueryHeads: ${numKeyValueHeads * Math.max(1, Math.round(numQueryHeads / numKeyValueHeads))}`,
      });
    return {
      headDim,
      numQueryHeads,
      numKeyValueHeads,
      ...resolveHeads(label, options),
      activityRegularizer: getRegularizer(options.activityRegularizer),
    };
  },
  build(options, shapes) {
    const label = layerLabel('GroupQueryAttention', options);
    return projectionSpecs(projectionsOf(label, options, expectInputs(label, shapes)));
  },
  call(params, inputs, options, context) {
    const label = layerLabel('GroupQueryAttention', options);
    const shapes = inputs.map(({ shape }) => shape);
    const projections = projectionsOf(label, options, expectInputs(label, shapes));
    const dense = new ProjectionCalls(label, projections, params, context);
    const given = attended(label, inputs);
    const { callOptions = {} } = context;
    const mask = headMask(options, given, attendedMasks(context, inputs.length), callOptions);
    const times = options.numQueryHeads / options.numKeyValueHeads;
    const heads = {
      query: dense.run('queryDense', given.query),
      key: repeatHeads(dense.run('keyDense', given.key), times),
      value: repeatHeads(dense.run('valueDense', given.value), times),
    };
    const { output, scores } = attend(heads, { label, config: options, context, axes: [1], mask });
    const gated = options.useGate ? output.mul(dense.run('gateDense', given.query)) : output;
    const joined = dense.run('outputDense', gated);
    return layerResult({
      output: callOptions.returnAttentionScores === true ? [joined, scores] : joined,
      losses: dense.losses,
    });
  },
  outputShape(options, shapes, { returnAttentionScores }) {
    const label = layerLabel('GroupQueryAttention', options);
    const { query, value } = expectInputs(label, shapes);
    const [a, b] = [query.at(-1) ?? null, value.at(-1) ?? null];
    if (a !== null && b !== null && a !== b)
      throw new ShapeError('attention/features', `${label} wants queries and values of one kind.`, {
        got: `query ${formatSymbolic(query)} and value ${formatSymbolic(value)}`,
        expected: 'the same length on the last axis',
        fix: `put dense({ units: ${a} }) before the value, or use multiHeadAttention`,
      });
    if (returnAttentionScores !== true) return query;
    const [batch = null, queries = null] = query;
    return [query, [batch, options.numQueryHeads, queries, value[1] ?? null]];
  },
}) as LayerFactory<readonly [options: GroupQueryAttentionOptions], AttentionLayer>;
