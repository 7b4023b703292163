import { Tensor } from '@gradus/tensor';
import { methodNames, operation } from './operation.js';
import type { MethodName, OperationArgument, OperationName } from './operation.js';
import type { JsonValue } from './serialized.js';
import type { SymbolicTensor } from './symbolic.js';

/** An operation of tensors, for symbolic ones: where it takes a tensor, it takes a symbolic tensor too. */
export type Symbolically<Method> = Method extends (...args: infer Args) => Tensor
  ? (
      ...args: {
        [Place in keyof Args]: Tensor extends Args[Place]
          ? Args[Place] | SymbolicTensor
          : Args[Place];
      }
    ) => SymbolicTensor
  : never;

/** The operations that symbolic tensors have as methods, under the names and with the arguments of `Tensor`. */
export type SymbolicOperations = {
  readonly [Name in MethodName]: Symbolically<Tensor[Name]>;
};

/** Whether a value is a tensor of a model that is being put together. */
export function isSymbolic(value: unknown): value is SymbolicTensor {
  return typeof value === 'object' && value !== null && 'source' in value && 'shape' in value;
}

/** Puts an operation between layers: a layer without parameters, called on the symbolic tensors among its arguments. */
export function operate(name: OperationName, ...args: readonly unknown[]): SymbolicTensor {
  const inputs: SymbolicTensor[] = [];
  const describe = (argument: unknown): OperationArgument => {
    if (argument instanceof Tensor)
      return { constant: argument.toArray() as JsonValue, dtype: argument.dtype };
    if (Array.isArray(argument)) return argument.map(describe);
    if (!isSymbolic(argument)) return argument as JsonValue;
    const known = inputs.indexOf(argument);
    return { input: known >= 0 ? known : inputs.push(argument) - 1 };
  };
  const given = args.map(describe);
  // Trailing arguments that were left out are no arguments.
  while (given.at(-1) === undefined) given.pop();
  return operation({ operation: name, arguments: given })(inputs);
}

/** What all symbolic tensors share. */
const methods: object = Object.freeze(
  Object.fromEntries(
    methodNames.map((name) => [
      name,
      function (this: SymbolicTensor, ...args: readonly unknown[]): SymbolicTensor {
        return operate(name, this, ...args);
      },
    ]),
  ),
);

const numbers = new WeakMap<object, number>();
let next = 0;

/** When a call or an input was made, among all others: Keras numbers the uses of a shared layer in this order. */
export function numberOfSource(source: SymbolicTensor['source']): number {
  return numbers.get(source) ?? Infinity;
}

/** A symbolic tensor with its operations. */
export function symbolicTensor(
  parts: Pick<SymbolicTensor, 'shape' | 'dtype' | 'source' | 'index' | 'name'>,
): SymbolicTensor {
  if (!numbers.has(parts.source)) numbers.set(parts.source, next++);
  return Object.freeze(Object.assign(Object.create(methods) as object, parts)) as SymbolicTensor;
}
