import { NameError, Tensor, nearestName } from '@gradus/tensor';
import type { SymbolicTensor } from './symbolic.js';

/** One tensor, a list in which entries may be missing, or none. */
export type TensorsOrNone<T> = T | readonly (T | null)[] | null;

/**
 * What a call of a layer may say beside its inputs, under Keras' names: `lstm({ units: 4 })(x, { initialState: [h, c] })`.
 * `T` is a symbolic tensor where models are put together, and a tensor where they run. Every layer takes `mask` and
 * `training`; which of the others, its class says.
 */
export interface CallOptions<T = SymbolicTensor> {
  /** Which entries of the input count; takes the place of the mask that came with it. */
  readonly mask?: TensorsOrNone<T>;
  /** Whether this call behaves as in training, whatever the model does. */
  readonly training?: boolean;
  /** The states that a recurrent layer starts from; those of a stack of cells in a row, or cell by cell. */
  readonly initialState?: T | readonly (T | readonly T[])[] | null;
  /** Which queries, values and keys of an attention layer count. */
  readonly queryMask?: T | null;
  readonly valueMask?: T | null;
  readonly keyMask?: T | null;
  /** Which keys each query may look at. */
  readonly attentionMask?: T | null;
  /** Whether each query looks only at what came before it. */
  readonly useCausalMask?: boolean;
  /** Whether the scores come out as a second output. */
  readonly returnAttentionScores?: boolean;
  /** How much each entry counts. */
  readonly countWeights?: T | null;
  /** Whether an embedding that goes both ways goes back. */
  readonly reverse?: boolean;
}

/** Names of {@link CallOptions}. */
export type CallOptionName = keyof CallOptions;

/** Options that every layer takes. */
const everywhere = ['mask', 'training'] as const;

/**
 * Checks the names of call options.
 *
 * @throws NameError with the nearest name for one that the layer does not take.
 */
export function expectCallOptions(
  label: string,
  options: CallOptions<unknown>,
  taken: readonly CallOptionName[],
): void {
  const known: readonly string[] = [...taken, ...everywhere];
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const nearest = nearestName(name, known);
    throw new NameError('layer/call-option', `A call of ${label} takes no '${name}'.`, {
      got: `'${name}'`,
      expected: [...known].sort().join(', '),
      fix: nearest === undefined ? 'use one of the names above' : `did you mean '${nearest}'?`,
    });
  }
}

/** True for a tensor of either kind. */
export function isAnyTensor(value: unknown): value is Tensor | SymbolicTensor {
  return (
    value instanceof Tensor ||
    (typeof value === 'object' && value !== null && 'source' in value && 'shape' in value)
  );
}

/** The tensors among call options, in their order. */
export function tensorsOfOptions<T>(options: CallOptions<T>): T[] {
  return Object.values(options)
    .flat(2)
    .filter((value) => isAnyTensor(value)) as T[];
}

/** Call options with every tensor replaced. */
export function mapCallOptions<A, B>(
  options: CallOptions<A>,
  replace: (tensor: A) => B,
): CallOptions<B> {
  const one = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(one);
    return isAnyTensor(value) ? replace(value as A) : value;
  };
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [name, one(value)]));
}
