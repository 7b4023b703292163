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

type Liftable = OperationName & keyof typeof tensor;

function lift<Name extends Liftable>(name: Name): Lifted<(typeof tensor)[Name]> {
  const compute = tensor[name] as (...args: readonly unknown[]) => unknown;
  return ((...args: readonly unknown[]) =>
    args.some(isSymbolic) ? operate(name, ...args) : compute(...args)) as Lifted<
    (typeof tensor)[Name]
  >;
}

export const equal: Lifted<typeof tensor.equal> = lift('equal');
export const notEqual: Lifted<typeof tensor.notEqual> = lift('notEqual');
export const less: Lifted<typeof tensor.less> = lift('less');
export const lessEqual: Lifted<typeof tensor.lessEqual> = lift('lessEqual');
export const greater: Lifted<typeof tensor.greater> = lift('greater');
export const greaterEqual: Lifted<typeof tensor.greaterEqual> = lift('greaterEqual');
export const and: Lifted<typeof tensor.and> = lift('and');
export const or: Lifted<typeof tensor.or> = lift('or');
export const not: Lifted<typeof tensor.not> = lift('not');
export const all: Lifted<typeof tensor.all> = lift('all');
export const any: Lifted<typeof tensor.any> = lift('any');
export const add: Lifted<typeof tensor.add> = lift('add');
export const sub: Lifted<typeof tensor.sub> = lift('sub');
export const mul: Lifted<typeof tensor.mul> = lift('mul');
export const div: Lifted<typeof tensor.div> = lift('div');
export const pow: Lifted<typeof tensor.pow> = lift('pow');
export const mod: Lifted<typeof tensor.mod> = lift('mod');
export const maximum: Lifted<typeof tensor.maximum> = lift('maximum');
export const minimum: Lifted<typeof tensor.minimum> = lift('minimum');
export const neg: Lifted<typeof tensor.neg> = lift('neg');
export const abs: Lifted<typeof tensor.abs> = lift('abs');
export const sign: Lifted<typeof tensor.sign> = lift('sign');
export const exp: Lifted<typeof tensor.exp> = lift('exp');
export const log: Lifted<typeof tensor.log> = lift('log');
export const sqrt: Lifted<typeof tensor.sqrt> = lift('sqrt');
export const square: Lifted<typeof tensor.square> = lift('square');
export const tanh: Lifted<typeof tensor.tanh> = lift('tanh');
export const sigmoid: Lifted<typeof tensor.sigmoid> = lift('sigmoid');
export const relu: Lifted<typeof tensor.relu> = lift('relu');
export const clip: Lifted<typeof tensor.clip> = lift('clip');
export const cast: Lifted<typeof tensor.cast> = lift('cast');
export const sum: Lifted<typeof tensor.sum> = lift('sum');
export const mean: Lifted<typeof tensor.mean> = lift('mean');
export const max: Lifted<typeof tensor.max> = lift('max');
export const min: Lifted<typeof tensor.min> = lift('min');
export const prod: Lifted<typeof tensor.prod> = lift('prod');
export const variance: Lifted<typeof tensor.variance> = lift('variance');
export const std: Lifted<typeof tensor.std> = lift('std');
export const reshape: Lifted<typeof tensor.reshape> = lift('reshape');
export const flatten: Lifted<typeof tensor.flatten> = lift('flatten');
export const transpose: Lifted<typeof tensor.transpose> = lift('transpose');
export const broadcastTo: Lifted<typeof tensor.broadcastTo> = lift('broadcastTo');
export const slice: Lifted<typeof tensor.slice> = lift('slice');
export const squeeze: Lifted<typeof tensor.squeeze> = lift('squeeze');
export const expandDims: Lifted<typeof tensor.expandDims> = lift('expandDims');
export const take: Lifted<typeof tensor.take> = lift('take');
export const matmul: Lifted<typeof tensor.matmul> = lift('matmul');
export const argMax: Lifted<typeof tensor.argMax> = lift('argMax');
export const argMin: Lifted<typeof tensor.argMin> = lift('argMin');
