import type { OperationName, SymbolicTensor } from '@gradus/layers';
import { concatenate, operate } from '@gradus/layers';
import { tensor } from '@gradus/tensor';
import type { NestedArray, Tensor } from '@gradus/tensor';
import { historiesIn } from './keras-call.js';
import type { TensorHistory } from './keras-call.js';
import type { KerasObject } from './keras-object.js';
import { isKerasObject, isRecord } from './keras-object.js';
import { dtypeName } from './translate-config.js';
import { UnsupportedKerasError } from './unsupported-keras-error.js';

/** What an operation is called on: tensors of the graph, numbers, and options by name. */
interface Given {
  readonly on: readonly unknown[];
  readonly options: Readonly<Record<string, unknown>>;
}

type Make = (given: Given) => SymbolicTensor | readonly SymbolicTensor[];

const elementwise =
  (name: OperationName): Make =>
  ({ on }) =>
    operate(name, ...on);

/** A reduction: over one axis, several, or all. */
const reduction =
  (name: OperationName): Make =>
  ({ on: [x], options: { axis = null, keepdims = false } }) =>
    operate(name, x, { ...(axis === null ? {} : { axis }), keepDims: keepdims });

/** Part of an axis as `x[a:b:c]` says it; null begins or ends with the axis. */
interface Piece {
  readonly start: number | null;
  readonly stop: number | null;
  readonly step: number | null;
}

function refuse(operation: string, what: string): never {
  throw new UnsupportedKerasError(operation, what);
}

/** `x[i, a:b]`: a number takes an entry and drops the axis. */
function getItem({ on: [value, keys] }: Given): SymbolicTensor {
  const x = value as SymbolicTensor;
  const list = Array.isArray(keys) ? keys : [keys];
  if (list.length > x.shape.length) refuse('GetItem', 'more axes than the tensor has');
  const begin: number[] = [];
  const size: number[] = [];
  const step: number[] = [];
  const dropped: number[] = [];
  x.shape.forEach((length, axis) => {
    const key: unknown = axis < list.length ? list[axis] : { class_name: '__slice__', config: {} };
    if (typeof key === 'number') {
      begin.push(key);
      size.push(1);
      step.push(1);
      dropped.push(axis);
      return;
    }
    if (!isKerasObject(key) || key.class_name !== '__slice__')
      refuse('GetItem', 'an index that is neither a number nor a range');
    const { start = null, stop = null, step: by = null } = key.config as Partial<Piece>;
    const from = start ?? 0;
    if ((by ?? 1) < 1) refuse('GetItem', 'a range that goes backwards');
    begin.push(from);
    step.push(by ?? 1);
    if (stop === null) return void size.push(-1);
    if (length === null && (from < 0 || stop < 0))
      refuse('GetItem', 'a range from the end of an axis of unknown length');
    const end = Math.min(stop < 0 ? stop + (length ?? 0) : stop, length ?? Infinity);
    const first = from < 0 ? from + (length ?? 0) : from;
    size.push(Math.max(0, Math.ceil((end - first) / (by ?? 1))));
  });
  const part = operate('slice', x, begin, size, ...(step.every((n) => n === 1) ? [] : [step]));
  return dropped.length === 0 ? part : operate('squeeze', part, dropped);
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
  GetItem: getItem,
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
    if (isKerasObject(value) && value.class_name === '__tensor__') return constantOf(value.config);
    return value;
  };
  const make = operations[className] as Make;
  const options = { ...(isRecord(config) ? config : {}), ...kwargs };
  const made = make({ on: args.map(read), options });
  return Array.isArray(made) ? made : [made as SymbolicTensor];
}
