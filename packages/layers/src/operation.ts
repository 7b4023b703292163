import type { DType, NestedArray, Tensor } from '@gradus/tensor';
import { NameError, ShapeError, compile, nearestName, tensor, zeros } from '@gradus/tensor';
import { callFunction, functionNames, isFunctionName } from './operation-functions.js';
import type { FunctionName } from './operation-functions.js';
import { formatSymbolic } from './layer-errors.js';
import type { LayerFactory, LayerOptions } from './layer.js';
import { defineMergeLayer } from './layer.js';
import { isSerialized } from './serialized.js';
import type { JsonValue } from './serialized.js';
import type { SymbolicShape } from './symbolic.js';

const truths = [
  'equal',
  'notEqual',
  'less',
  'lessEqual',
  'greater',
  'greaterEqual',
  'and',
  'or',
  'not',
  'all',
  'any',
] as const;
const positions = ['argMax', 'argMin'] as const;
const numbers = [
  'add',
  'sub',
  'mul',
  'div',
  'pow',
  'mod',
  'maximum',
  'minimum',
  'neg',
  'abs',
  'sign',
  'exp',
  'log',
  'sqrt',
  'square',
  'tanh',
  'sigmoid',
  'relu',
  'clip',
  'cast',
  'sum',
  'mean',
  'max',
  'min',
  'prod',
  'variance',
  'std',
  'reshape',
  'flatten',
  'transpose',
  'broadcastTo',
  'slice',
  'squeeze',
  'expandDims',
  'take',
  'matmul',
] as const;

/** Operations that can stand between layers and are methods of `Tensor`. */
export const methodNames: readonly MethodName[] = [...numbers, ...truths, ...positions];

/** The name of one of them. */
export type MethodName =
  | (typeof numbers)[number]
  | (typeof truths)[number]
  | (typeof positions)[number];

/** All operations that can stand between layers. */
export const operationNames: readonly OperationName[] = [...methodNames, ...functionNames];

/** The name of an operation that can stand between layers. */
export type OperationName = MethodName | FunctionName;

/** Operations that do not take float32 first, or not only: the dtypes of their inputs in order. */
const inputDTypes: Readonly<Partial<Record<OperationName, readonly DType[]>>> = {
  not: ['bool'],
  and: ['bool', 'bool'],
  or: ['bool', 'bool'],
  where: ['bool'],
  take: ['float32', 'int32'],
  takeAlongAxis: ['float32', 'int32'],
  oneHot: ['int32'],
};

/** What comes out where that is neither what went in nor the same for all of a kind. */
const outputDTypes: Readonly<Partial<Record<OperationName, DType>>> = {
  isNaN: 'bool',
  isFinite: 'bool',
  argSort: 'int32',
  oneHot: 'float32',
  // The first input is the condition.
  where: 'float32',
};

/** The place of an input of the call among the arguments. */
export interface InputPlace {
  readonly input: number;
}

/** A tensor with numbers among the arguments, as a file holds it. */
export interface ConstantArgument {
  readonly constant: JsonValue;
  readonly dtype: DType;
}

/** What an operation is called with: a plain value, the place of an input, numbers, or a list of such. */
export type OperationArgument =
  | JsonValue
  | InputPlace
  | ConstantArgument
  | readonly OperationArgument[];

/** Options of {@link operation}. */
export interface OperationOptions extends LayerOptions {
  readonly operation: OperationName;
  /** What the operation is called on, then its arguments: plain values, places of inputs of the call, tensors of numbers. */
  readonly arguments: readonly OperationArgument[];
}

interface OperationConfig {
  readonly operation: OperationName;
  readonly arguments: readonly OperationArgument[];
}

function isPlace(value: unknown): value is InputPlace {
  return typeof value === 'object' && value !== null && !isSerialized(value) && 'input' in value;
}

function isConstant(value: unknown): value is ConstantArgument {
  return typeof value === 'object' && value !== null && 'constant' in value && 'dtype' in value;
}

function valueOf(argument: OperationArgument, inputs: readonly Tensor[]): unknown {
  if (isPlace(argument)) return inputs[argument.input];
  if (isConstant(argument))
    return tensor(argument.constant as NestedArray, { dtype: argument.dtype });
  return Array.isArray(argument)
    ? (argument as readonly OperationArgument[]).map((item) => valueOf(item, inputs))
    : argument;
}

function run(options: OperationConfig, inputs: readonly Tensor[]): Tensor {
  const { operation: name } = options;
  const values = options.arguments.map((argument) => valueOf(argument, inputs));
  if (isFunctionName(name)) return callFunction(name, values);
  const [receiver, ...rest] = values;
  const on =
    typeof receiver === 'number' || typeof receiver === 'boolean' ? tensor(receiver) : receiver;
  const method = (on as unknown as Record<string, (...args: unknown[]) => Tensor>)[name];
  return (method as (...args: unknown[]) => Tensor).apply(on, rest);
}

/** The shape that comes out when unknown lengths are `length`. Recorded only: nothing is computed. */
function shapeFor(
  options: OperationConfig,
  shapes: readonly SymbolicShape[],
  length: number,
): readonly number[] {
  const dtypes = inputDTypes[options.operation];
  const inputs = shapes.map((shape, i) =>
    zeros(
      shape.map((n) => n ?? length),
      { dtype: dtypes?.[i] ?? 'float32' },
    ),
  );
  let found: readonly number[] = [];
  compile((...xs: Tensor[]) => {
    const y = run(options, xs);
    found = y.shape;
    return y;
  }).graph(...inputs);
  return found;
}

/** Stand-ins for unknown lengths: two, as a length that follows them differs; larger ones for slices that reach further. */
const standIns = [
  [2, 3],
  [64, 65],
] as const;

function outputShape(options: OperationConfig, shapes: readonly SymbolicShape[]): SymbolicShape {
  const isKnown = shapes.every((lengths) => !lengths.includes(null));
  let reason: unknown;
  for (const [length, another] of standIns)
    try {
      const shape = shapeFor(options, shapes, length);
      if (isKnown) return shape;
      // A length that follows an unknown one is unknown too.
      const other = shapeFor(options, shapes, another);
      return shape.map((n, axis) => (n === other[axis] ? n : null));
    } catch (error) {
      reason ??= error;
    }
  throw new ShapeError('operation/shape', `${options.operation} cannot stand here.`, {
    got: `${shapes.map(formatSymbolic).join(' and ')}: ${String(reason instanceof Error ? reason.message : reason).split('\n')[0]}`,
    expected: 'inputs and arguments that the operation takes',
    fix: 'write -1 for the batch in reshape and slice; for anything else use lambda or defineLayer',
  });
}

/**
 * One operation on tensors as a layer without parameters: what `x.mul(2)` makes of a symbolic tensor `x`. It is described by
 * a name and plain arguments, so models with it can be saved.
 *
 * @throws NameError for an operation that does not exist; ShapeError when it does not take its inputs.
 * @example
 * operation({ operation: 'mul', arguments: [{ input: 0 }, 2] })(input({ shape: [3] })).shape; // => [null, 3]
 */
export const operation: LayerFactory<readonly [options: OperationOptions]> = defineMergeLayer({
  className: 'Operation',
  resolve(options: OperationOptions): OperationConfig {
    if (!operationNames.includes(options.operation)) {
      const nearest = nearestName(String(options.operation), operationNames);
      throw new NameError('operation/name', 'There is no such operation between layers.', {
        got: `'${String(options.operation)}'`,
        expected: operationNames.join(', '),
        fix: nearest === undefined ? 'use lambda for anything else' : `did you mean '${nearest}'?`,
      });
    }
    return { operation: options.operation, arguments: options.arguments };
  },
  call: (_params, inputs, options) => run(options, inputs),
  outputShape: (options, shapes) => outputShape(options, shapes),
  outputDType({ operation: name, arguments: given }, inputDType): DType {
    if ((truths as readonly string[]).includes(name)) return 'bool';
    if ((positions as readonly string[]).includes(name)) return 'int32';
    const own = outputDTypes[name];
    if (own !== undefined) return own;
    return name === 'cast' ? (given[1] as DType) : inputDType;
  },
  members: ({ operation: name }) => ({ nameStem: name }),
});
