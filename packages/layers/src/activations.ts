import * as ops from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { unknownName } from '@gradus/tensor';

/** What a layer applies to each of its outputs: a function of one tensor. */
export type Activation = (x: Tensor) => Tensor;

type PlainName =
  | 'linear'
  | 'relu'
  | 'relu6'
  | 'leakyRelu'
  | 'sigmoid'
  | 'tanh'
  | 'softmax'
  | 'logSoftmax'
  | 'softplus'
  | 'softsign'
  | 'elu'
  | 'selu'
  | 'gelu'
  | 'silu'
  | 'mish'
  | 'exponential'
  | 'hardSigmoid'
  | 'hardSilu'
  | 'hardTanh'
  | 'celu'
  | 'glu'
  | 'logSigmoid'
  | 'squareplus'
  | 'softShrink'
  | 'hardShrink'
  | 'tanhShrink'
  | 'sparsePlus'
  | 'sparseSigmoid'
  | 'sparsemax';

/** Typed by the list of names: a name without a function does not compile. */
const byName: Readonly<Record<PlainName, Activation>> = {
  linear: (x) => x,
  relu: (x) => ops.relu(x),
  relu6: (x) => ops.relu6(x),
  leakyRelu: (x) => ops.leakyRelu(x),
  sigmoid: (x) => ops.sigmoid(x),
  tanh: (x) => ops.tanh(x),
  softmax: (x) => ops.softmax(x),
  logSoftmax: (x) => ops.logSoftmax(x),
  softplus: (x) => ops.softplus(x),
  softsign: (x) => ops.softsign(x),
  elu: (x) => ops.elu(x),
  selu: (x) => ops.selu(x),
  gelu: (x) => ops.gelu(x),
  silu: (x) => ops.silu(x),
  mish: (x) => ops.mish(x),
  exponential: (x) => ops.exponential(x),
  hardSigmoid: (x) => ops.hardSigmoid(x),
  hardSilu: (x) => ops.hardSilu(x),
  hardTanh: (x) => ops.hardTanh(x),
  celu: (x) => ops.celu(x),
  glu: (x) => ops.glu(x),
  logSigmoid: (x) => ops.logSigmoid(x),
  squareplus: (x) => ops.squareplus(x),
  softShrink: (x) => ops.softShrink(x),
  hardShrink: (x) => ops.hardShrink(x),
  tanhShrink: (x) => ops.tanhShrink(x),
  sparsePlus: (x) => ops.sparsePlus(x),
  sparseSigmoid: (x) => ops.sparseSigmoid(x),
  sparsemax: (x) => ops.sparsemax(x),
};

const aliases: Readonly<Record<'swish' | 'hardSwish', PlainName>> = {
  swish: 'silu',
  hardSwish: 'hardSilu',
};

/** The activations that can be named by a string. */
export type ActivationName = PlainName | 'swish' | 'hardSwish';

/** What an `activation` option takes: a name, a function of a tensor, or nothing. */
export type ActivationLike = ActivationName | Activation | null;

/**
 * The activation of a name, or the function itself; null is `linear`.
 *
 * @throws NameError with the nearest name for one that nobody knows.
 * @example
 * getActivation('relu')(tensor([-1, 2])).toArray(); // => [0, 2]
 */
export function getActivation(identifier: ActivationLike): Activation {
  if (identifier === null) return byName.linear;
  if (typeof identifier === 'function') return identifier;
  const name = Object.hasOwn(aliases, identifier) ? aliases[identifier as 'swish'] : identifier;
  if (!Object.hasOwn(byName, name))
    throw unknownName('activation', name, [...Object.keys(byName), ...Object.keys(aliases)]);
  return byName[name as PlainName];
}
