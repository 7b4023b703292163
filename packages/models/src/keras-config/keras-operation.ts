import type { OperationName, SymbolicTensor } from '@gradus/layers';
import { concatenate, operate } from '@gradus/layers';
import { tensor } from '@gradus/tensor';
import type { NestedArray, Tensor } from '@gradus/tensor';
import { getItem } from './keras-get-item.js';
import { historiesIn } from './keras-call.js';
import type { TensorHistory } from './keras-call.js';
import type { KerasObject } from './keras-object.js';
import { isKerasObject, isRecord } from './keras-object.js';
import { dtypeName } from './translate-config.js';
import { UnsupportedKerasError } from './unsupported-keras-error.js';

/** What an operation is called on: tensors of the graph, numbers, and options by name. */
interface Given {
  readonly className: string;
  readonly on: readonly unknown[];
  readonly options: Readonly<Record<string, unknown>>;
}

type Make = (given: Given) => SymbolicTensor | readonly SymbolicTensor[];

/** Lists of numbers in place of a tensor, as in `x + [1, 2]`. */
const asTensor = (value: unknown): unknown =>
  Array.isArray(value) ? tensor(value as NestedArray) : value;

const elementwise =
  (name: OperationName): Make =>
  ({ on }) =>
    operate(name, ...on.map(asTensor));

/** A reduction: over one axis, several, or all. */
const reduction =
  (name: OperationName): Make =>
  ({ className, on: [x], options: { axis = null, keepdims = false, initial = null } }) =>
    initial === null
      ? operate(name, x, { ...(axis === null ? {} : { axis }), keepDims: keepdims })
      : refuse(className, 'a reduction that begins with a value');

/** A function with options of the same meaning: Keras' name of each, and ours. */
const withOptions =
  (name: OperationName, names: Readonly<Record<string, string>> = {}): Make =>
  ({ on, options }) => {
    const read = Object.entries(names).flatMap(([theirs, ours]) =>
      options[theirs] === undefined || options[theirs] === null ? [] : [[ours, options[theirs]]],
    );
    return operate(name, ...on, ...(read.length === 0 ? [] : [Object.fromEntries(read)]));
  };
const alongAxis = { axis: 'axis' };

/** Positions of the largest or smallest entry: of all of them without an axis. */
const position =
  (name: 'argMax' | 'argMin'): Make =>
  ({ className, on: [value], options: { axis = null, keepdims = false } }) => {
    if (axis === null) refuse(className, 'positions in a flattened tensor');
    const found = operate(name, value, { axis });
    return keepdims === true ? operate('expandDims', found, axis) : found;
  };

/** The order of the axes after some have moved. */
function moved(rank: number, from: readonly number[], to: readonly number[]): number[] {
  const at = (axis: number): number => (axis < 0 ? axis + rank : axis);
  const sources = from.map(at);
  const order = Array.from({ length: rank }, (_, axis) => axis).filter(
    (axis) => !sources.includes(axis),
  );
  to.map(at)
    .map((target, i) => [target, sources[i] as number] as const)
    .toSorted(([a], [b]) => a - b)
    .forEach(([target, source]) => order.splice(target, 0, source));
  return order;
}

/** Pairs for every axis: one pair is for all. */
function pad({ on: [value, fill], options }: Given): SymbolicTensor {
  const x = value as SymbolicTensor;
  const { mode = 'constant', constant_values: constant = fill ?? 0 } = options;
  if (mode !== 'constant') refuse('Pad', `mode ${JSON.stringify(mode)}`);
  const pairs = options['pad_width'] as readonly (readonly [number, number])[];
  const widths = pairs.length === 1 ? x.shape.map(() => pairs[0]) : pairs;
  return operate('pad', x, widths, { value: constant ?? 0 });
}

/** Pieces of length 1 along an axis, without it. */
function unstack({ on: [value], options }: Given): SymbolicTensor[] {
  const x = value as SymbolicTensor;
  const axis = (options['axis'] ?? 0) as number;
  const at = axis < 0 ? axis + x.shape.length : axis;
  const count = (options['num'] as number | null | undefined) ?? x.shape[at] ?? null;
  if (count === null) refuse('Unstack', 'an axis of unknown length');
  return Array.from({ length: count }, (_, i) =>
    operate(
      'squeeze',
      operate(
        'slice',
        x,
        x.shape.map((_n, n) => (n === at ? i : 0)),
        x.shape.map((_n, n) => (n === at ? 1 : -1)),
      ),
      at,
    ),
  );
}

function refuse(operation: string, what: string): never {
  throw new UnsupportedKerasError(operation, what);
}

/** Pieces of an axis, as many or at the places that the option says. */
function split({ on: [value], options }: Given): SymbolicTensor[] {
  const x = value as SymbolicTensor;
  const { indices_or_sections: parts, axis = 0 } = options as {
    readonly indices_or_sections: number | readonly number[];
    readonly axis?: number;
  };
  const at = axis < 0 ? axis + x.shape.length : axis;
  const length = x.shape[at] ?? refuse('Split', 'an axis of unknown length');
  const inner =
    typeof parts === 'number'
      ? Array.from({ length: parts - 1 }, (_, i) => ((i + 1) * length) / parts)
      : parts;
  const ends = [0, ...inner, length];
  return ends.slice(1).map((end, i) => {
    const begin = x.shape.map((_, n) => (n === at ? (ends[i] as number) : 0));
    const size = x.shape.map((_, n) => (n === at ? end - (ends[i] as number) : -1));
    return operate('slice', x, begin, size);
  });
}

/** Operations with our methods of the same meaning. */
const operations: Readonly<Record<string, Make>> = {
  Add: elementwise('add'),
  Subtract: elementwise('sub'),
  Multiply: elementwise('mul'),
  Divide: elementwise('div'),
  TrueDivide: elementwise('div'),
  Power: elementwise('pow'),
  Mod: elementwise('mod'),
  Maximum: elementwise('maximum'),
  Minimum: elementwise('minimum'),
  Negative: elementwise('neg'),
  Absolute: elementwise('abs'),
  Abs: elementwise('abs'),
  Sign: elementwise('sign'),
  Exp: elementwise('exp'),
  Log: elementwise('log'),
  Sqrt: elementwise('sqrt'),
  Square: elementwise('square'),
  Tanh: elementwise('tanh'),
  Sigmoid: elementwise('sigmoid'),
  Relu: elementwise('relu'),
  Matmul: elementwise('matmul'),
  Equal: elementwise('equal'),
  NotEqual: elementwise('notEqual'),
  Less: elementwise('less'),
  LessEqual: elementwise('lessEqual'),
  Greater: elementwise('greater'),
  GreaterEqual: elementwise('greaterEqual'),
  LogicalAnd: elementwise('and'),
  LogicalOr: elementwise('or'),
  LogicalNot: elementwise('not'),
  Sum: reduction('sum'),
  Mean: reduction('mean'),
  Max: reduction('max'),
  Min: reduction('min'),
  Prod: reduction('prod'),
  Var: reduction('variance'),
  Std: reduction('std'),
  Any: reduction('any'),
  All: reduction('all'),
  Reshape: ({ on: [x], options }) => operate('reshape', x, options['newshape']),
  Transpose: ({ on: [x], options }) => operate('transpose', x, options['axes'] ?? undefined),
  Squeeze: ({ on: [x], options }) => operate('squeeze', x, options['axis'] ?? undefined),
  ExpandDims: ({ on: [x], options }) => operate('expandDims', x, options['axis']),
  Cast: ({ on: [x], options }) => operate('cast', x, ourDType(dtypeName(options['dtype']))),
  Clip: ({ on: [x], options }) => operate('clip', x, options['x_min'], options['x_max']),
  Concatenate: ({ on: [xs], options }) =>
    concatenate({ axis: (options['axis'] ?? 0) as number })(xs as readonly SymbolicTensor[]),
  LogicalXor: ({ on: [x, y] }) =>
    operate('notEqual', operate('cast', x, 'bool'), operate('cast', y, 'bool')),
  FloorDivide: ({ on }) => operate('floor', operate('div', ...on)),
  Where: elementwise('where'),
  Reciprocal: elementwise('reciprocal'),
  Rsqrt: elementwise('rsqrt'),
  Log1p: elementwise('log1p'),
  Expm1: elementwise('expm1'),
  Sin: elementwise('sin'),
  Cos: elementwise('cos'),
  Arctan2: elementwise('arctan2'),
  Erf: elementwise('erf'),
  Floor: elementwise('floor'),
  Ceil: elementwise('ceil'),
  Round: ({ on: [x], options }) =>
    (options['decimals'] ?? 0) === 0 ? operate('round', x) : refuse('Round', 'decimals'),
  Isnan: elementwise('isNaN'),
  Isfinite: elementwise('isFinite'),
  Relu6: elementwise('relu6'),
  Selu: elementwise('selu'),
  Silu: elementwise('silu'),
  Softplus: elementwise('softplus'),
  Softsign: elementwise('softsign'),
  HardSigmoid: elementwise('hardSigmoid'),
  HardSilu: elementwise('hardSilu'),
  HardTanh: elementwise('hardTanh'),
  LogSigmoid: elementwise('logSigmoid'),
  LeakyRelu: withOptions('leakyRelu', { negative_slope: 'negativeSlope' }),
  Elu: withOptions('elu', { alpha: 'alpha' }),
  Celu: withOptions('celu', { alpha: 'alpha' }),
  Gelu: withOptions('gelu', { approximate: 'approximate' }),
  Squareplus: withOptions('squareplus', { b: 'b' }),
  Glu: withOptions('glu', alongAxis),
  Softmax: withOptions('softmax', alongAxis),
  LogSoftmax: withOptions('logSoftmax', alongAxis),
  Sparsemax: withOptions('sparsemax', alongAxis),
  Logsumexp: reduction('logSumExp'),
  Amax: reduction('max'),
  Amin: reduction('min'),
  Argmax: position('argMax'),
  Argmin: position('argMin'),
  Stack: withOptions('stack', alongAxis),
  Tile: ({ on: [x], options }) => operate('tile', x, options['repeats']),
  Repeat: ({ on: [x], options }) =>
    typeof options['repeats'] === 'number'
      ? operate('repeat', x, options['repeats'], { axis: options['axis'] ?? undefined })
      : refuse('Repeat', 'different counts'),
  Flip: withOptions('flip', alongAxis),
  Roll: ({ on: [x], options }) =>
    typeof options['shift'] === 'number' && typeof options['axis'] === 'number'
      ? operate('roll', x, options['shift'], { axis: options['axis'] })
      : refuse('Roll', 'several axes at once'),
  Pad: pad,
  Cumsum: withOptions('cumsum', alongAxis),
  Take: (given) => withOptions('take', alongAxis)({ ...given, on: given.on.map(asTensor) }),
  TakeAlongAxis: (given) =>
    withOptions('takeAlongAxis', alongAxis)({ ...given, on: given.on.map(asTensor) }),
  OneHot: ({ on: [x], options }) => {
    if (![-1, undefined].includes(options['axis'] as number | undefined))
      refuse('OneHot', 'an axis that is not the last');
    const made = operate('oneHot', x, options['num_classes']);
    const dtype = ourDType(dtypeName(options['dtype']));
    return dtype === 'float32' ? made : operate('cast', made, dtype);
  },
  Dot: elementwise('dot'),
  Einsum: ({ on, options }) => operate('einsum', options['subscripts'], ...on),
  BroadcastTo: ({ on: [x], options }) => operate('broadcastTo', x, options['shape']),
  Ravel: ({ on: [x] }) => operate('reshape', x, [-1]),
  Swapaxes: ({ on: [value], options }) => {
    const x = value as SymbolicTensor;
    const pair = [options['axis1'] as number, options['axis2'] as number];
    return operate('transpose', x, moved(x.shape.length, pair, pair.toReversed()));
  },
  Moveaxis: ({ on: [value], options }) => {
    const x = value as SymbolicTensor;
    const [from, to] = [options['source'] as number[], options['destination'] as number[]];
    return operate('transpose', x, moved(x.shape.length, from, to));
  },
  Unstack: unstack,
  GetItem: ({ on: [x, key] }) => getItem(x as SymbolicTensor, key),
  Split: split,
};

/** Numbers of Keras are whole, true or false, or float32 here. */
function ourDType(name: string): 'int32' | 'bool' | 'float32' {
  return /^u?int/.test(name) ? 'int32' : name === 'bool' ? 'bool' : 'float32';
}

/** A tensor of numbers in the graph. */
function constantOf(config: unknown): Tensor {
  const { value, dtype } = config as { readonly value: NestedArray; readonly dtype?: unknown };
  return tensor(value, { dtype: ourDType(dtypeName(dtype)) });
}

/** True for a tensor operation in a graph, such as `x * 2`. */
export function isOperation({ module }: KerasObject): boolean {
  return module?.startsWith('keras.src.ops') ?? false;
}

/** True for an operation of Keras that stands between layers here. */
export function isKnownOperation(className: string): boolean {
  return Object.hasOwn(operations, className);
}

/**
 * What an operation in a graph of Keras makes of its arguments.
 *
 * @throws UnsupportedKerasError for constants that are tensors, and for what our operation cannot say.
 */
export function applyOperation(
  { class_name: className, config }: KerasObject,
  args: readonly unknown[],
  kwargs: Readonly<Record<string, unknown>>,
  find: (history: TensorHistory) => SymbolicTensor,
): readonly SymbolicTensor[] {
  const read = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(read);
    const [history] = isKerasObject(value) ? historiesIn(value) : [];
    if (history !== undefined) return find(history);
    if (isKerasObject(value) && ['__tensor__', '__numpy__'].includes(value.class_name))
      return constantOf(value.config);
    return value;
  };
  const make = operations[className] as Make;
  const named = Object.fromEntries(
    Object.entries(kwargs).map(([name, value]) => [name, read(value)]),
  );
  const own = isRecord(config) ? config : {};
  const given = args.map(read);
  const made = make({ className, on: given, options: { ...own, ...named } });
  if (Array.isArray(made)) return made as readonly SymbolicTensor[];
  const result = made as SymbolicTensor;
  return [given.includes(result) ? result : withName(result, own['name'])];
}

/** The result of a layer that was just made, under the name that Keras gave to the operation: outputs are called by it. */
function withName(result: SymbolicTensor, name: unknown): SymbolicTensor {
  const { source } = result;
  if (source.kind !== 'layer' || typeof name !== 'string') return result;
  return source.layer.with({ name })(source.inputs, source.options);
}
