/** All operations of `@gradus/tensor`; those that can stand between layers take symbolic tensors too. */
import { isSymbolic, operate } from '@gradus/layers';
import type { OperationName, SymbolicTensor } from '@gradus/layers';
import type { Tensor, TensorLike } from '@gradus/tensor';
import * as tensor from '@gradus/tensor';

export * from '@gradus/tensor';

/** An argument, with symbolic tensors where it takes tensors, or a list of them. */
type Liftable<Argument> = Tensor extends Argument
  ? Argument | SymbolicTensor
  : readonly Tensor[] extends Argument
    ? Argument | readonly (TensorLike | SymbolicTensor)[]
    : Argument;

/** An operation as it is, and with symbolic tensors wherever it takes a tensor. */
type Lifted<Operation> = Operation extends (...args: infer Args) => Tensor
  ? Operation &
      ((
        ...args: {
          [Place in keyof Args]: Liftable<Args[Place]>;
        }
      ) => SymbolicTensor)
  : never;

/** Tensors with numbers come first: they are by far the most frequent, and an operation on small ones is short. */
function isOrHoldsSymbol(argument: unknown): boolean {
  if (argument instanceof tensor.Tensor || typeof argument !== 'object') return false;
  return Array.isArray(argument) ? argument.some(isSymbolic) : isSymbolic(argument);
}

function lift<Operation>(name: OperationName, operation: Operation): Lifted<Operation> {
  const compute = operation as (...args: readonly unknown[]) => unknown;
  return ((...args: readonly unknown[]) => {
    for (const argument of args) if (isOrHoldsSymbol(argument)) return operate(name, ...args);
    return compute(...args);
  }) as Lifted<Operation>;
}

export const equal: Lifted<typeof tensor.equal> = lift('equal', tensor.equal);
export const notEqual: Lifted<typeof tensor.notEqual> = lift('notEqual', tensor.notEqual);
export const less: Lifted<typeof tensor.less> = lift('less', tensor.less);
export const lessEqual: Lifted<typeof tensor.lessEqual> = lift('lessEqual', tensor.lessEqual);
export const greater: Lifted<typeof tensor.greater> = lift('greater', tensor.greater);
export const greaterEqual: Lifted<typeof tensor.greaterEqual> = lift(
  'greaterEqual',
  tensor.greaterEqual,
);
export const and: Lifted<typeof tensor.and> = lift('and', tensor.and);
export const or: Lifted<typeof tensor.or> = lift('or', tensor.or);
export const not: Lifted<typeof tensor.not> = lift('not', tensor.not);
export const all: Lifted<typeof tensor.all> = lift('all', tensor.all);
export const any: Lifted<typeof tensor.any> = lift('any', tensor.any);
export const add: Lifted<typeof tensor.add> = lift('add', tensor.add);
export const sub: Lifted<typeof tensor.sub> = lift('sub', tensor.sub);
export const mul: Lifted<typeof tensor.mul> = lift('mul', tensor.mul);
export const div: Lifted<typeof tensor.div> = lift('div', tensor.div);
export const pow: Lifted<typeof tensor.pow> = lift('pow', tensor.pow);
export const mod: Lifted<typeof tensor.mod> = lift('mod', tensor.mod);
export const maximum: Lifted<typeof tensor.maximum> = lift('maximum', tensor.maximum);
export const minimum: Lifted<typeof tensor.minimum> = lift('minimum', tensor.minimum);
export const neg: Lifted<typeof tensor.neg> = lift('neg', tensor.neg);
export const abs: Lifted<typeof tensor.abs> = lift('abs', tensor.abs);
export const sign: Lifted<typeof tensor.sign> = lift('sign', tensor.sign);
export const exp: Lifted<typeof tensor.exp> = lift('exp', tensor.exp);
export const log: Lifted<typeof tensor.log> = lift('log', tensor.log);
export const sqrt: Lifted<typeof tensor.sqrt> = lift('sqrt', tensor.sqrt);
export const square: Lifted<typeof tensor.square> = lift('square', tensor.square);
export const tanh: Lifted<typeof tensor.tanh> = lift('tanh', tensor.tanh);
export const sigmoid: Lifted<typeof tensor.sigmoid> = lift('sigmoid', tensor.sigmoid);
export const relu: Lifted<typeof tensor.relu> = lift('relu', tensor.relu);
export const clip: Lifted<typeof tensor.clip> = lift('clip', tensor.clip);
export const cast: Lifted<typeof tensor.cast> = lift('cast', tensor.cast);
export const sum: Lifted<typeof tensor.sum> = lift('sum', tensor.sum);
export const mean: Lifted<typeof tensor.mean> = lift('mean', tensor.mean);
export const max: Lifted<typeof tensor.max> = lift('max', tensor.max);
export const min: Lifted<typeof tensor.min> = lift('min', tensor.min);
export const prod: Lifted<typeof tensor.prod> = lift('prod', tensor.prod);
export const variance: Lifted<typeof tensor.variance> = lift('variance', tensor.variance);
export const std: Lifted<typeof tensor.std> = lift('std', tensor.std);
export const reshape: Lifted<typeof tensor.reshape> = lift('reshape', tensor.reshape);
export const flatten: Lifted<typeof tensor.flatten> = lift('flatten', tensor.flatten);
export const transpose: Lifted<typeof tensor.transpose> = lift('transpose', tensor.transpose);
export const broadcastTo: Lifted<typeof tensor.broadcastTo> = lift(
  'broadcastTo',
  tensor.broadcastTo,
);
export const slice: Lifted<typeof tensor.slice> = lift('slice', tensor.slice);
export const squeeze: Lifted<typeof tensor.squeeze> = lift('squeeze', tensor.squeeze);
export const expandDims: Lifted<typeof tensor.expandDims> = lift('expandDims', tensor.expandDims);
export const take: Lifted<typeof tensor.take> = lift('take', tensor.take);
export const matmul: Lifted<typeof tensor.matmul> = lift('matmul', tensor.matmul);
export const argMax: Lifted<typeof tensor.argMax> = lift('argMax', tensor.argMax);
export const argMin: Lifted<typeof tensor.argMin> = lift('argMin', tensor.argMin);
export const where: Lifted<typeof tensor.where> = lift('where', tensor.where);
export const reciprocal: Lifted<typeof tensor.reciprocal> = lift('reciprocal', tensor.reciprocal);
export const rsqrt: Lifted<typeof tensor.rsqrt> = lift('rsqrt', tensor.rsqrt);
export const log1p: Lifted<typeof tensor.log1p> = lift('log1p', tensor.log1p);
export const expm1: Lifted<typeof tensor.expm1> = lift('expm1', tensor.expm1);
export const sin: Lifted<typeof tensor.sin> = lift('sin', tensor.sin);
export const cos: Lifted<typeof tensor.cos> = lift('cos', tensor.cos);
export const arctan2: Lifted<typeof tensor.arctan2> = lift('arctan2', tensor.arctan2);
export const erf: Lifted<typeof tensor.erf> = lift('erf', tensor.erf);
export const floor: Lifted<typeof tensor.floor> = lift('floor', tensor.floor);
export const ceil: Lifted<typeof tensor.ceil> = lift('ceil', tensor.ceil);
export const round: Lifted<typeof tensor.round> = lift('round', tensor.round);
export const isNaN: Lifted<typeof tensor.isNaN> = lift('isNaN', tensor.isNaN);
export const isFinite: Lifted<typeof tensor.isFinite> = lift('isFinite', tensor.isFinite);
export const logSumExp: Lifted<typeof tensor.logSumExp> = lift('logSumExp', tensor.logSumExp);
export const norm: Lifted<typeof tensor.norm> = lift('norm', tensor.norm);
export const relu6: Lifted<typeof tensor.relu6> = lift('relu6', tensor.relu6);
export const leakyRelu: Lifted<typeof tensor.leakyRelu> = lift('leakyRelu', tensor.leakyRelu);
export const elu: Lifted<typeof tensor.elu> = lift('elu', tensor.elu);
export const celu: Lifted<typeof tensor.celu> = lift('celu', tensor.celu);
export const selu: Lifted<typeof tensor.selu> = lift('selu', tensor.selu);
export const gelu: Lifted<typeof tensor.gelu> = lift('gelu', tensor.gelu);
export const silu: Lifted<typeof tensor.silu> = lift('silu', tensor.silu);
export const softplus: Lifted<typeof tensor.softplus> = lift('softplus', tensor.softplus);
export const softsign: Lifted<typeof tensor.softsign> = lift('softsign', tensor.softsign);
export const hardSigmoid: Lifted<typeof tensor.hardSigmoid> = lift(
  'hardSigmoid',
  tensor.hardSigmoid,
);
export const hardSilu: Lifted<typeof tensor.hardSilu> = lift('hardSilu', tensor.hardSilu);
export const hardTanh: Lifted<typeof tensor.hardTanh> = lift('hardTanh', tensor.hardTanh);
export const logSigmoid: Lifted<typeof tensor.logSigmoid> = lift('logSigmoid', tensor.logSigmoid);
export const squareplus: Lifted<typeof tensor.squareplus> = lift('squareplus', tensor.squareplus);
export const glu: Lifted<typeof tensor.glu> = lift('glu', tensor.glu);
export const softmax: Lifted<typeof tensor.softmax> = lift('softmax', tensor.softmax);
export const logSoftmax: Lifted<typeof tensor.logSoftmax> = lift('logSoftmax', tensor.logSoftmax);
export const sparsemax: Lifted<typeof tensor.sparsemax> = lift('sparsemax', tensor.sparsemax);
export const concatenate: Lifted<typeof tensor.concatenate> = lift(
  'concatenate',
  tensor.concatenate,
);
export const stack: Lifted<typeof tensor.stack> = lift('stack', tensor.stack);
export const tile: Lifted<typeof tensor.tile> = lift('tile', tensor.tile);
export const repeat: Lifted<typeof tensor.repeat> = lift('repeat', tensor.repeat);
export const flip: Lifted<typeof tensor.flip> = lift('flip', tensor.flip);
export const roll: Lifted<typeof tensor.roll> = lift('roll', tensor.roll);
export const pad: Lifted<typeof tensor.pad> = lift('pad', tensor.pad);
export const cumsum: Lifted<typeof tensor.cumsum> = lift('cumsum', tensor.cumsum);
export const sort: Lifted<typeof tensor.sort> = lift('sort', tensor.sort);
export const argSort: Lifted<typeof tensor.argSort> = lift('argSort', tensor.argSort);
export const takeAlongAxis: Lifted<typeof tensor.takeAlongAxis> = lift(
  'takeAlongAxis',
  tensor.takeAlongAxis,
);
export const oneHot: Lifted<typeof tensor.oneHot> = lift('oneHot', tensor.oneHot);
export const dot: Lifted<typeof tensor.dot> = lift('dot', tensor.dot);
export const einsum: Lifted<typeof tensor.einsum> = lift('einsum', tensor.einsum);
