import type { Tensor } from '@gradus/tensor';
import { ValueError } from '@gradus/tensor';

const brand: unique symbol = Symbol('LayerResult');

/** One tensor, or several in order. */
export type TensorOrTensors = Tensor | readonly Tensor[];

/** The parts of a {@link LayerResult}. */
export interface LayerResultParts {
  readonly output: TensorOrTensors;
  /** New values of parameters that the call itself changes, by name: running means, for example. */
  readonly state?: { readonly [parameter: string]: Tensor };
  /** Scalars that are added to the loss of the model. */
  readonly losses?: readonly Tensor[];
}

/** What a call returns when there is more to say than the output. */
export interface LayerResult {
  readonly [brand]: true;
  readonly output: TensorOrTensors;
  readonly state: { readonly [parameter: string]: Tensor };
  readonly losses: readonly Tensor[];
}

/** What `call` may return: the output alone, or a {@link layerResult}. */
export type CallResult = TensorOrTensors | LayerResult;

/** An output together with new state or with losses. Layers stay pure: nothing is stored inside them. */
export function layerResult({ output, state = {}, losses = [] }: LayerResultParts): LayerResult {
  return Object.freeze({ [brand]: true as const, output, state, losses });
}

/** True for what {@link layerResult} made. */
export function isLayerResult(result: CallResult): result is LayerResult {
  if (typeof result === 'object' && result !== null) return brand in result;
  throw new ValueError('layer/result', 'The call of a layer gave no tensor.', {
    got: String(result),
    expected: 'a tensor, a list of tensors, or layerResult({ output, ... })',
    fix: 'return the output: call: (params, x) => x.mul(2)',
  });
}

/** Any result of a call as a {@link LayerResult}: a bare output has no state and no losses. */
export function asLayerResult(result: CallResult): LayerResult {
  return isLayerResult(result) ? result : layerResult({ output: result });
}
