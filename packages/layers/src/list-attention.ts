import { expandDims, matmul, softmax, where } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import {
  attended,
  causalMask,
  expectPairs,
  expectSameFeatures,
  expectSteps,
} from './attention-inputs.js';
import type { CallOptionName, CallOptions } from './call-options.js';
import type { CallContext, CommonConfig, LayerOptions, Mask } from './layer.js';
import { expectFraction, layerLabel } from './layer-errors.js';
import { dropNumbers, noiseKey } from './random-noise.js';
import type { SymbolicShape } from './symbolic.js';

/** Options that the attentions of one head share. */
export interface ListAttentionOptions extends LayerOptions {
  /** Share of the attention weights that are dropped in training. Default 0. */
  readonly dropout?: number;
  /** Makes this layer's draws differ from those of a layer with another seed. Default null. */
  readonly seed?: number | null;
}

/** {@link ListAttentionOptions} with defaults filled in. */
export interface ListAttentionConfig {
  readonly dropout: number;
  readonly seed: number | null;
}

/** Fills in Keras' defaults. Throws ValueError for an impossible rate. */
export function resolveListAttention(
  label: string,
  { dropout = 0, seed = null }: ListAttentionOptions,
): ListAttentionConfig {
  expectFraction(label, 'dropout', dropout);
  return { dropout, seed };
}

/** The scores of every pair of a query and a key, from `[..., queries, 1, n]` and `[..., 1, keys, n]`. */
export function pairwise(query: Tensor, key: Tensor): Tensor {
  return expandDims(query, -2).add(expandDims(key, -3));
}

/** What does not count gets this much less: so much that nothing of the score remains. */
const farBelow = 1e9;

function allowed(
  scores: Tensor,
  valueMask: Mask,
  useCausalMask: boolean | undefined,
): Tensor | null {
  const ofValue = valueMask === null ? null : expandDims(valueMask.cast('bool'), -2);
  if (useCausalMask !== true) return ofValue;
  const [queries, keys] = scores.shape.slice(-2) as [number, number];
  const causal = causalMask(queries, keys);
  return ofValue === null ? causal : ofValue.and(causal);
}

/**
 * The parts of an attention layer with one head, whose inputs are a list `[query, value, key]`; such layers differ only in
 * their parameters and in how they score queries against keys.
 */
export function listAttention<Config extends ListAttentionConfig>(
  className: string,
  score: (
    params: Readonly<Record<string, Tensor | undefined>>,
    query: Tensor,
    key: Tensor,
    options: Config,
  ) => Tensor,
): {
  supportsMask: true;
  callOptions: readonly CallOptionName[];
  call(
    params: object,
    inputs: readonly Tensor[],
    options: Config & CommonConfig,
    context: CallContext,
  ): Tensor | readonly Tensor[];
  outputShape(
    options: Config & CommonConfig,
    shapes: readonly SymbolicShape[],
    callOptions: CallOptions<unknown>,
  ): SymbolicShape | readonly SymbolicShape[];
  computeMask(
    options: Config & CommonConfig,
    inputs: readonly Tensor[],
    masks: readonly Mask[],
  ): Mask;
} {
  return {
    supportsMask: true,
    callOptions: ['useCausalMask', 'returnAttentionScores'],
    call(params, inputs, options, context) {
      const { query, value, key } = attended(layerLabel(className, options), inputs);
      const { callOptions = {}, masks = [] } = context;
      const [queryMask = null, valueMask = null] = masks;
      const scores = score(params as Readonly<Record<string, Tensor>>, query, key, options);
      const may = allowed(scores, valueMask, callOptions.useCausalMask);
      // Subtracted, not replaced, as in Keras: where nothing may be looked at, everything counts the same.
      const masked =
        may === null ? scores : where(may.broadcastTo(scores.shape), scores, scores.sub(farBelow));
      const weights = softmax(masked);
      const { dropout, seed } = options;
      const kept =
        context.training && dropout > 0
          ? dropNumbers(weights, dropout, weights.shape, noiseKey(context, 'dropout', seed))
          : weights;
      const all = matmul(kept, value);
      const output =
        queryMask === null
          ? all
          : where(expandDims(queryMask.cast('bool'), -1).broadcastTo(all.shape), all, 0);
      return callOptions.returnAttentionScores === true ? [output, kept] : output;
    },
    outputShape(options, shapes, { returnAttentionScores }) {
      const { query, value, key } = attended(layerLabel(className, options), shapes);
      const output = [...query.slice(0, -1), value.at(-1) ?? null];
      return returnAttentionScores === true
        ? [output, [...query.slice(0, -1), key.at(-2) ?? null]]
        : output;
    },
    computeMask: (_options, _inputs, masks) => masks[0] ?? null,
  };
}

/**
 * Checks the inputs of an attention with one head.
 *
 * @throws ShapeError for inputs that are not two or three, or do not fit together.
 */
export function expectListInputs(label: string, shapes: readonly SymbolicShape[]): SymbolicShape {
  const inputs = attended(label, shapes);
  for (const shape of shapes) expectSteps(label, shape);
  expectPairs(label, inputs);
  expectSameFeatures(label, inputs.query, inputs.key);
  return inputs.query;
}
