import { ShapeError, ValueError } from '@gradus/tensor';
import type { Attended } from './attention-inputs.js';
import { attended, attendedMasks, expectPairs, expectSteps } from './attention-inputs.js';
import type { AttentionLayer } from './attention-layer.js';
import type { HeadAttentionConfig, HeadAttentionOptions } from './head-attention.js';
import { attend, headMask, resolveHeads } from './head-attention.js';
import type { Projections } from './head-projections.js';
import { ProjectionCalls, projection, projectionSpecs } from './head-projections.js';
import type { LayerFactory } from './layer.js';
import { defineMergeLayer } from './layer.js';
import { expectInteger, formatSymbolic, knownLength, layerLabel } from './layer-errors.js';
import { layerResult } from './layer-result.js';
import type { Regularizer } from './regularizers.js';
import { getRegularizer } from './regularizers.js';
import type { SymbolicShape } from './symbolic.js';

/** Options of {@link multiHeadAttention}. */
export interface MultiHeadAttentionOptions extends HeadAttentionOptions {
  /** How many attentions run side by side. */
  readonly numHeads: number;
  /** How many numbers of a head compare query and key. */
  readonly keyDim: number;
  /** How many numbers of a head carry the value. Default null: as many as `keyDim`. */
  readonly valueDim?: number | null;
  /** The lengths of the output after the steps. Default null: as many as the query has features. */
  readonly outputShape?: number | readonly number[] | null;
  /** The axes of the steps; the batch counts as axis 0. Default null: all between batch and features. */
  readonly attentionAxes?: number | readonly number[] | null;
}

interface MultiHeadAttentionConfig extends HeadAttentionConfig {
  readonly numHeads: number;
  readonly keyDim: number;
  readonly valueDim: number;
  readonly outputShape: readonly number[] | null;
  readonly attentionAxes: readonly number[] | null;
  readonly activityRegularizer: Regularizer | null;
}

const asList = (value: number | readonly number[] | null): readonly number[] | null =>
  typeof value === 'number' ? [value] : value;

function axesOf(
  label: string,
  { attentionAxes }: MultiHeadAttentionConfig,
  rank: number,
): readonly number[] {
  if (attentionAxes === null) return Array.from({ length: rank - 2 }, (_, i) => i + 1);
  const axes = attentionAxes.map((axis) => (axis < 0 ? axis + rank : axis));
  const isWrong = axes.some((axis) => axis < 1 || axis >= rank - 1);
  if (isWrong || new Set(axes).size !== axes.length)
    throw new ShapeError(
      'attention/axes',
      `${label}: the inputs do not have these axes of steps.`,
      {
        got: `attentionAxes: [${attentionAxes.join(', ')}] for inputs with ${rank} axes`,
        expected: `different axes from 1 to ${rank - 2}: between the batch and the features`,
        fix: 'leave attentionAxes out to look along all of them',
      },
    );
  return axes;
}

/** Checks the shapes, and counts the axes of the steps from 0. */
function expectInputs(
  options: MultiHeadAttentionConfig & { readonly name: string | undefined },
  shapes: readonly SymbolicShape[],
): Attended<SymbolicShape> & { readonly axes: readonly number[] } {
  const label = layerLabel('MultiHeadAttention', options);
  const inputs = attended(label, shapes);
  const { query, value } = inputs;
  for (const shape of shapes) expectSteps(label, shape);
  expectPairs(label, inputs);
  const axes = axesOf(label, options, query.length);
  const meets = (n: number | null | undefined, axis: number): boolean =>
    axes.includes(axis) || axis === query.length - 1 || n === null || query[axis] === null;
  const agree =
    query.length === value.length && value.every((n, axis) => meets(n, axis) || n === query[axis]);
  if (!agree)
    throw new ShapeError('attention/apart', `${label}: query and value do not fit together.`, {
      got: `query ${formatSymbolic(query)} and value ${formatSymbolic(value)}`,
      expected: 'equal lengths on every axis but those of the steps and the last',
      fix: 'bring them to the same shape with reshape(), or name the axes of the steps in attentionAxes',
    });
  return { ...inputs, axes };
}

function projectionsOf(
  options: MultiHeadAttentionConfig & { readonly name: string | undefined },
  { query, value, key }: Attended<SymbolicShape>,
): Projections {
  const { numHeads, keyDim, valueDim, useGate } = options;
  const heads = [...query.slice(0, -1), numHeads, valueDim];
  const label = layerLabel('MultiHeadAttention', options);
  const to = options.outputShape ?? [knownLength(label, query)];
  return {
    queryDense: projection(options, query, 1, [numHeads, keyDim]),
    keyDense: projection(options, key, 1, [numHeads, keyDim]),
    ...(useGate
      ? { gateDense: projection(options, query, 1, [numHeads, valueDim], 'sigmoid') }
      : {}),
    valueDense: projection(options, value, 1, [numHeads, valueDim]),
    outputDense: projection(options, heads, 2, to),
  };
}

/**
 * Several attentions side by side, each with its own view of the inputs: the heart of a transformer. Call it on a list
 * `[query, value]` or `[query, value, key]`; on `[x, x]` every step looks at all steps.
 *
 * For each head, softmax(q · kᵀ / sqrt(keyDim)) · v, where q, k and v are dense layers of query, key and value; a last dense
 * layer joins the heads. Query `[batch, queries, n]`, value `[batch, keys, m]`, key `[batch, keys, l]`; output
 * `[batch, queries, n]`, or with `outputShape` as its last lengths. With `{ returnAttentionScores: true }` in the call the
 * weights `[batch, heads, queries, keys]` come out too. A call also takes `attentionMask` (`[batch, queries, keys]`, or with
 * heads `[batch, heads, queries, keys]`), `valueMask`, `keyMask` and `useCausalMask`; masks that ride on the inputs count
 * too, and that of the query goes on. `queryMask` changes nothing, as in Keras 3.15.1. A penalty on the activity is put on
 * the output of every dense layer inside.
 *
 * @throws ValueError for impossible sizes, dropout or window; ShapeError for inputs that do not fit together.
 * @example
 * const self = multiHeadAttention({ numHeads: 2, keyDim: 3 });
 * self.outputShape([[null, 4, 6], [null, 4, 6]]); // => [null, 4, 6]
 *
 * Source: Vaswani et al. 2017.
 */
export const multiHeadAttention: LayerFactory<
  readonly [options: MultiHeadAttentionOptions],
  AttentionLayer
> = defineMergeLayer({
  className: 'MultiHeadAttention',
  supportsMask: true,
  penalizesInside: true,
  inputNames: ['query', 'value', 'key'],
  callOptions: [
    'queryMask',
    'valueMask',
    'keyMask',
    'attentionMask',
    'useCausalMask',
    'returnAttentionScores',
  ],
  resolve(options: MultiHeadAttentionOptions): MultiHeadAttentionConfig {
    const { numHeads, keyDim } = options;
    const label = layerLabel('MultiHeadAttention', options);
    expectInteger(label, 'numHeads', numHeads);
    expectInteger(label, 'keyDim', keyDim);
    const valueDim = options.valueDim ?? keyDim;
    expectInteger(label, 'valueDim', valueDim);
    const outputShape = asList(options.outputShape ?? null);
    for (const length of outputShape ?? []) expectInteger(label, 'outputShape', length);
    const attentionAxes = asList(options.attentionAxes ?? null);
    if (attentionAxes !== null && !attentionAxes.every(Number.isInteger))
      throw new ValueError('layer/option', `${label}: attentionAxes is impossible.`, {
        got: `attentionAxes: ${JSON.stringify(attentionAxes)}`,
        expected: 'whole numbers',
        fix: 'for example attentionAxes: 1',
      });
    return {
      numHeads,
      keyDim,
      valueDim,
      outputShape,
      attentionAxes,
      ...resolveHeads(label, options),
      activityRegularizer: getRegularizer(options.activityRegularizer),
    };
  },
  build: (options, shapes) =>
    projectionSpecs(projectionsOf(options, expectInputs(options, shapes))),
  call(params, inputs, options, context) {
    const label = layerLabel('MultiHeadAttention', options);
    const shapes = inputs.map(({ shape }) => shape);
    const { axes, ...known } = expectInputs(options, shapes);
    const dense = new ProjectionCalls(label, projectionsOf(options, known), params, context);
    const given = attended(label, inputs);
    const { callOptions = {} } = context;
    const masks = attendedMasks(context, inputs.length);
    // Keras 3.15.1 forgets a mask that is given for the query, and sees only one that rides on it.
    const seen = callOptions.queryMask ? { ...masks, query: null } : masks;
    const mask = headMask(options, given, seen, callOptions);
    const heads = {
      query: dense.run('queryDense', given.query),
      key: dense.run('keyDense', given.key),
      value: dense.run('valueDense', given.value),
    };
    const { output, scores } = attend(heads, { label, config: options, context, axes, mask });
    const gated = options.useGate ? output.mul(dense.run('gateDense', given.query)) : output;
    const joined = dense.run('outputDense', gated);
    return layerResult({
      output: callOptions.returnAttentionScores === true ? [joined, scores] : joined,
      losses: dense.losses,
    });
  },
  outputShape(options, shapes, { returnAttentionScores }) {
    const { query, value, axes } = expectInputs(options, shapes);
    const output = options.outputShape ? [...query.slice(0, -1), ...options.outputShape] : query;
    if (returnAttentionScores !== true) return output;
    const apart = query.slice(0, -1).filter((_, axis) => !axes.includes(axis));
    const steps = (shape: SymbolicShape): SymbolicShape => axes.map((axis) => shape[axis] ?? null);
    return [output, [...apart, options.numHeads, ...steps(query), ...steps(value)]];
  },
}) as LayerFactory<readonly [options: MultiHeadAttentionOptions], AttentionLayer>;
