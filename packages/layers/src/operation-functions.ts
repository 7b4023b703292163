import type { Tensor } from '@gradus/tensor';
import * as tensor from '@gradus/tensor';

/** Operations of tensors that are functions and no methods, and can stand between layers. */
export const functionNames = [
  'where',
  'reciprocal',
  'rsqrt',
  'log1p',
  'expm1',
  'sin',
  'cos',
  'arctan2',
  'erf',
  'floor',
  'ceil',
  'round',
  'isNaN',
  'isFinite',
  'logSumExp',
  'norm',
  'relu6',
  'leakyRelu',
  'elu',
  'celu',
  'selu',
  'gelu',
  'silu',
  'softplus',
  'softsign',
  'hardSigmoid',
  'hardSilu',
  'hardTanh',
  'logSigmoid',
  'squareplus',
  'glu',
  'softmax',
  'logSoftmax',
  'sparsemax',
  'concatenate',
  'stack',
  'tile',
  'repeat',
  'flip',
  'roll',
  'pad',
  'cumsum',
  'sort',
  'argSort',
  'takeAlongAxis',
  'oneHot',
  'dot',
  'einsum',
] as const;

/** The name of such an operation. */
export type FunctionName = (typeof functionNames)[number];

/** Named one by one, so that bundlers see which parts of the package are used. */
const functions: Readonly<Record<FunctionName, (...args: never[]) => Tensor>> = {
  where: tensor.where,
  reciprocal: tensor.reciprocal,
  rsqrt: tensor.rsqrt,
  log1p: tensor.log1p,
  expm1: tensor.expm1,
  sin: tensor.sin,
  cos: tensor.cos,
  arctan2: tensor.arctan2,
  erf: tensor.erf,
  floor: tensor.floor,
  ceil: tensor.ceil,
  round: tensor.round,
  isNaN: tensor.isNaN,
  isFinite: tensor.isFinite,
  logSumExp: tensor.logSumExp,
  norm: tensor.norm,
  relu6: tensor.relu6,
  leakyRelu: tensor.leakyRelu,
  elu: tensor.elu,
  celu: tensor.celu,
  selu: tensor.selu,
  gelu: tensor.gelu,
  silu: tensor.silu,
  softplus: tensor.softplus,
  softsign: tensor.softsign,
  hardSigmoid: tensor.hardSigmoid,
  hardSilu: tensor.hardSilu,
  hardTanh: tensor.hardTanh,
  logSigmoid: tensor.logSigmoid,
  squareplus: tensor.squareplus,
  glu: tensor.glu,
  softmax: tensor.softmax,
  logSoftmax: tensor.logSoftmax,
  sparsemax: tensor.sparsemax,
  concatenate: tensor.concatenate,
  stack: tensor.stack,
  tile: tensor.tile,
  repeat: tensor.repeat,
  flip: tensor.flip,
  roll: tensor.roll,
  pad: tensor.pad,
  cumsum: tensor.cumsum,
  sort: tensor.sort,
  argSort: tensor.argSort,
  takeAlongAxis: tensor.takeAlongAxis,
  oneHot: tensor.oneHot,
  dot: tensor.dot,
  einsum: tensor.einsum,
};

/** Calls one of them by its name. */
export function callFunction(name: FunctionName, args: readonly unknown[]): Tensor {
  return (functions[name] as (...args: readonly unknown[]) => Tensor)(...args);
}

/** True for one of their names. */
export function isFunctionName(name: string): name is FunctionName {
  return (functionNames as readonly string[]).includes(name);
}
