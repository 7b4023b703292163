/** All operations of `@gradus/tensor`; those that can stand between layers take symbolic tensors too. */
import { isSymbolic, operate } from '@gradus/layers';
import type { OperationName, SymbolicTensor } from '@gradus/layers';
import type { Tensor } from '@gradus/tensor';
import * as tensor from '@gradus/tensor';

export * from '@gradus/tensor';

/** An operation as it is, and with symbolic tensors wherever it takes a tensor. */
type Lifted<Operation> = Operation extends (...args: infer Args) => Tensor
  ? Operation &
      ((
        ...args: {
          [Place in keyof Args]: Tensor extends Args[Place]
            ? Args[Place] | SymbolicTensor
            : Args[Place];
        }
      ) => SymbolicTensor)
  : never;

function lift<Operation>(name: OperationName, operation: Operation): Lifted<Operation> {
  const compute = operation as (...args: readonly unknown[]) => unknown;
  return ((...args: readonly unknown[]) =>
    args.some(isSymbolic) ? operate(name, ...args) : compute(...args)) as Lifted<Operation>;
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
