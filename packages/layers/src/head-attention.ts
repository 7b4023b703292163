import type { Tensor } from '@gradus/tensor';
import {
  ShapeError,
  ValueError,
  einsum,
  expandDims,
  formatShape,
  softmax,
  where,
} from '@gradus/tensor';
import type { Attended } from './attention-inputs.js';
import { causalMask, windowMask } from './attention-inputs.js';
import type { CallOptions } from './call-options.js';
import type { KernelConfig, KernelOptions } from './kernel-options.js';
import { resolveKernel } from './kernel-options.js';
import type { CallContext, Mask } from './layer.js';
import { expectFraction, expectInteger } from './layer-errors.js';
import { dropNumbers, noiseKey } from './random-noise.js';

/** Options that attentions of several heads share. */
export interface HeadAttentionOptions extends Omit<KernelOptions, 'activation'> {
  /** Share of the attention weights that are dropped in training. Default 0. */
  readonly dropout?: number;
  /** How near a key must be to a query, in steps, to be looked at. Default null: any distance. */
  readonly slidingWindow?: number | null;
  /** Keras' switch for a faster kernel; here the backend decides, so it changes no number. Default null. */
  readonly flashAttention?: boolean | null;
  /** Whether each head is multiplied by a sigmoid gate made from the query. Default false. */
  readonly useGate?: boolean;
  /** Makes this layer's draws differ from those of a layer with another seed. Default null. */
  readonly seed?: number | null;
}

/** {@link HeadAttentionOptions} with names looked up and defaults filled in. */
export interface HeadAttentionConfig extends Omit<KernelConfig, 'activation'> {
  readonly dropout: number;
  readonly slidingWindow: number | null;
  readonly flashAttention: boolean | null;
  readonly useGate: boolean;
  readonly seed: number | null;
}

/**
 * Looks up names and fills in Keras' defaults.
 *
 * @throws ValueError for an impossible dropout or window, and for flash attention together with dropout.
 */
export function resolveHeads(label: string, options: HeadAttentionOptions): HeadAttentionConfig {
  const { dropout = 0, slidingWindow = null, flashAttention = null, seed = null } = options;
  expectFraction(label, 'dropout', dropout);
  if (slidingWindow !== null) expectInteger(label, 'slidingWindow', slidingWindow);
  if (flashAttention === true && dropout > 0)
    throw new ValueError('attention/flash', `${label}: flash attention cannot drop weights.`, {
      got: `flashAttention: true, dropout: ${dropout}`,
      expected: 'one of them',
      fix: 'set dropout to 0, or leave flashAttention out',
    });
  const { activation: _, ...kernel } = resolveKernel(options);
  const useGate = options.useGate ?? false;
  return { dropout, ...kernel, slidingWindow, flashAttention, useGate, seed };
}

/** Both where both are given; a mask without an axis for the heads gets one. */
function both(a: Tensor | null, b: Tensor | null): Tensor | null {
  if (a === null || b === null) return a ?? b;
  const wide = (mask: Tensor, rank: number): Tensor =>
    mask.rank < rank ? wide(expandDims(mask, 1), rank) : mask;
  const rank = Math.max(a.rank, b.rank);
  return wide(a, rank).and(wide(b, rank));
}

/**
 * Which keys each query may look at: bool, `[batch, queries, keys]` or a shape that can be repeated to it; null for all.
 */
export function headMask(
  { slidingWindow }: { readonly slidingWindow: number | null },
  { query, value }: Attended<Tensor>,
  masks: Attended<Mask>,
  { attentionMask, useCausalMask }: CallOptions<Tensor>,
): Mask {
  const along = (mask: Mask, axis: number): Mask =>
    mask === null ? null : expandDims(mask.cast('bool'), axis);
  const [queries, keys] = [query.shape[1] as number, value.shape[1] as number];
  return [
    attentionMask?.cast('bool') ?? null,
    along(masks.query, -1),
    along(masks.value, -2),
    along(masks.key, -2),
    useCausalMask === true ? causalMask(queries, keys) : null,
    slidingWindow === null ? null : windowMask(queries, keys, slidingWindow),
  ].reduce(both);
}

const letters = 'abcdefghijklmnopqrstuvwxyz';

/** Index notation of attention over some axes of `[batch, ..., heads, features]`. */
function equations(
  rank: number,
  axes: readonly number[],
): { readonly score: string; readonly combine: string } {
  const target = letters.slice(0, rank);
  const rest = [...letters.slice(rank)];
  const source = [...target]
    .map((letter, axis) => (axes.includes(axis) ? (rest.shift() as string) : letter))
    .join('');
  const apart = [...target].filter((_, axis) => !axes.includes(axis) && axis !== rank - 1);
  const scores = [
    ...apart,
    ...axes.map((axis) => target[axis]),
    ...axes.map((axis) => source[axis]),
  ].join('');
  return { score: `${source},${target}->${scores}`, combine: `${scores},${source}->${target}` };
}

/** What {@link attend} does with the heads that it is given. */
export interface AttendOptions {
  readonly label: string;
  readonly config: HeadAttentionConfig;
  readonly context: CallContext;
  /** The axes of the steps, counted from 0. */
  readonly axes: readonly number[];
  readonly mask: Mask;
}

/**
 * Attention of every head, from `[batch, ..., heads, features]`: the mean of the values, weighted by how well their keys
 * fit the query, and the weights.
 *
 * @throws ValueError when scores are wanted from flash attention.
 */
export function attend(
  { query, value, key }: Attended<Tensor>,
  { label, config, context, axes, mask }: AttendOptions,
): { readonly output: Tensor; readonly scores: Tensor } {
  const { dropout, seed, flashAttention } = config;
  const wantsScores = context.callOptions?.returnAttentionScores === true;
  if (flashAttention === true && wantsScores)
    throw new ValueError('attention/flash', `${label}: flash attention has no scores.`, {
      got: 'flashAttention: true, returnAttentionScores: true',
      expected: 'one of them',
      fix: 'leave flashAttention out',
    });
  const { score, combine } = equations(query.rank, axes);
  const scaled = query.mul(1 / Math.sqrt(query.shape.at(-1) as number));
  const raw = einsum(score, key, scaled);
  // The axes of the keys as one, because the weights of all of them together sum to 1.
  const flat = [...raw.shape.slice(0, -axes.length), -1];
  if (mask !== null && mask.rank < axes.length * 2 + 1)
    throw new ShapeError('attention/mask', `${label}: a mask does not name every step.`, {
      got: `masks that together have shape ${formatShape(mask.shape)}`,
      expected: `[batch, ${axes.length} axes of queries, ${axes.length} axes of keys]`,
      fix: 'give an attentionMask with all these axes; masks of one axis of steps cannot say it',
    });
  let may = mask;
  while (may !== null && may.rank < raw.rank) may = expandDims(may, -axes.length * 2 - 1);
  const allowed = may === null ? null : may.broadcastTo(raw.shape).reshape(flat);
  const scores = raw.reshape(flat);
  const weights = softmax(allowed === null ? scores : where(allowed, scores, -1e9));
  // Keras has two ways to compute this. Where a query may look at nothing, the direct one gives zeros and the other, for
  // inputs with one axis of steps, the mean of all values.
  const isDirect = dropout > 0 || wantsScores || query.rank !== 4;
  const counted = allowed === null || !isDirect ? weights : where(allowed, weights, 0);
  const all = counted.reshape(raw.shape);
  const kept =
    context.training && dropout > 0
      ? dropNumbers(all, dropout, all.shape, noiseKey(context, 'dropout', seed))
      : all;
  return { output: einsum(combine, kept, value), scores: all };
}
