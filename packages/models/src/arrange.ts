import type { DataTree } from '@gradus/data';
import { checkFinite } from '@gradus/data';
import type { SymbolicShape, SymbolicTensor } from '@gradus/layers';
import { ShapeError, Tensor, ValueError, tensor, unknownName } from '@gradus/tensor';
import type { NestedArray, TypedArray } from '@gradus/tensor';
import type { Form } from './graph.js';

/** What `fit`, `evaluate` and `predict` take: one array, a list of them, or an object by input or output name. */
export type ModelData = DataTree;

function toTensor(value: unknown): Tensor {
  if (value instanceof Tensor) return value;
  if (Array.isArray(value) && ArrayBuffer.isView(value[0]) && !(value[0] instanceof DataView))
    return tensor((value as TypedArray[]).map((row) => Array.from(row)));
  return tensor(value as NestedArray | TypedArray);
}

function isNamed(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Tensor) &&
    !ArrayBuffer.isView(value)
  );
}

/** One tensor per name, from whichever form the user chose. */
export function arrange(
  data: unknown,
  names: readonly string[],
  form: Form,
  what: string,
): Tensor[] {
  if (isNamed(data)) {
    const keys = typeof form === 'object' ? form : names;
    for (const name of Object.keys(data))
      if (!keys.includes(name)) throw unknownName(what, name, keys);
    return keys.map((name) => {
      if (data[name] === undefined)
        throw new ValueError('model/data', `There are no data for ${what} "${name}".`, {
          got: Object.keys(data).join(', ') || '{}',
          expected: keys.join(', '),
        });
      return toTensor(data[name]);
    });
  }
  if (names.length === 1) {
    const isWrapped = Array.isArray(data) && data.length === 1 && data[0] instanceof Tensor;
    return [toTensor(isWrapped ? data[0] : data)];
  }
  if (Array.isArray(data) && data.length === names.length) return data.map(toTensor);
  throw new ValueError('model/data', `The model has ${names.length} ${what}s.`, {
    got: Array.isArray(data) ? `a list of ${data.length}` : 'one array',
    expected: `a list in the order ${names.join(', ')}, or an object with these names`,
  });
}

/** Whether each sample fits. All data together have more samples than a batch, even where its size is fixed. */
function fits(shape: readonly number[], expected: SymbolicShape): boolean {
  return (
    shape.length === expected.length &&
    shape.every((n, i) => i === 0 || expected[i] === null || expected[i] === n)
  );
}

/** Inputs as the model takes them; adds or removes a last axis of length 1, as Keras does. */
export function fitInputs(
  modelName: string,
  symbols: readonly SymbolicTensor[],
  names: readonly string[],
  given: readonly Tensor[],
): Tensor[] {
  return symbols.map(({ shape: expected }, i) => {
    const x = given[i] as Tensor;
    if (fits(x.shape, expected)) return x;
    if (x.rank + 1 === expected.length && expected.at(-1) === 1 && fits([...x.shape, 1], expected))
      return x.reshape([...x.shape, 1]);
    if (
      x.rank === expected.length + 1 &&
      x.shape.at(-1) === 1 &&
      fits(x.shape.slice(0, -1), expected)
    )
      return x.reshape(x.shape.slice(0, -1));
    const show = (shape: SymbolicShape): string => `[${shape.map((n) => n ?? 'batch').join(', ')}]`;
    throw new ShapeError(
      'model/input',
      `Model "${modelName}" cannot take this input${names.length > 1 ? ` for "${names[i]}"` : ''}.`,
      {
        got: show(x.shape),
        expected: show(expected),
        fix: 'give data with a first axis for the samples, and each sample as the model was built for',
      },
    );
  });
}

/** Targets beside predictions: `[n]` becomes `[n, 1]` for a model with one output unit. */
export function fitTargets(symbols: readonly SymbolicTensor[], given: readonly Tensor[]): Tensor[] {
  return given.map((y, i) => {
    const expected = symbols[i]?.shape ?? [];
    return y.rank === 1 && expected.length === 2 && expected[1] === 1 ? y.reshape([y.size, 1]) : y;
  });
}

/** Throws when arrays hold NaN or infinity, naming row and column; training on them would spoil every weight. */
export function refuseNotFinite(
  tensors: readonly Tensor[],
  names: readonly string[],
  what: 'x' | 'y' | 'sampleWeight',
): void {
  tensors.forEach((values, i) =>
    checkFinite(values, tensors.length === 1 ? what : `${what}.${names[i] as string}`),
  );
}

/** Number of samples, the same in all arrays. */
export function countSamples(tensors: readonly Tensor[]): number {
  const counts = tensors.map((values) => values.shape[0] ?? 1);
  const first = counts[0] ?? 0;
  if (counts.some((count) => count !== first))
    throw new ShapeError('model/samples', 'All arrays must have the same number of samples.', {
      got: counts.join(', '),
      expected: `${first} everywhere`,
      fix: 'x, y and weights have one entry per sample along their first axis',
    });
  return first;
}

/** Rows `[begin, end)` of each tensor, without a copy. */
export function sliceRows(tensors: readonly Tensor[], begin: number, end: number): Tensor[] {
  return tensors.map((values) => {
    const row = values.size / Math.max(1, values.shape[0] ?? 1);
    return tensor(values.data.subarray(begin * row, end * row) as TypedArray, {
      shape: [end - begin, ...values.shape.slice(1)],
      dtype: values.dtype,
    });
  });
}

/** Rows up to this length are copied number by number. */
const SHORT_ROW = 32;

/** Rows in an order. */
export function gatherRows(tensors: readonly Tensor[], rows: ArrayLike<number>): Tensor[] {
  return tensors.map((values) => {
    const row = values.size / Math.max(1, values.shape[0] ?? 1);
    const data = values.data;
    const out = new (data.constructor as new (length: number) => TypedArray)(rows.length * row);
    for (let i = 0; i < rows.length; i++) {
      const from = (rows[i] as number) * row;
      // Making a view of a short row takes longer than copying it.
      if (row <= SHORT_ROW)
        for (let j = 0; j < row; j++) out[i * row + j] = data[from + j] as number;
      else out.set(data.subarray(from, from + row), i * row);
    }
    return tensor(out, { shape: [rows.length, ...values.shape.slice(1)], dtype: values.dtype });
  });
}

/** A weight per sample from a weight per class; classes that are not listed count 1. */
export function weightsOfClasses(
  target: Tensor,
  classWeight: Readonly<Record<number, number>>,
): Tensor {
  for (const [label, weight] of Object.entries(classWeight))
    if (!/^-?\d+$/.test(label) || !Number.isFinite(weight))
      throw new ValueError('fit/class-weight', 'classWeight gives each class a number.', {
        got: `${label}: ${String(weight)}`,
        expected: 'class indices with finite numbers',
        fix: 'for example classWeight: { 0: 1, 1: 2.5 }',
      });
  const samples = target.shape[0] ?? 0;
  const width = target.size / Math.max(1, samples);
  const weights = new Float32Array(samples);
  for (let i = 0; i < samples; i++) {
    let label = target.data[i * width] as number;
    if (width > 1) {
      label = 0;
      for (let j = 1; j < width; j++)
        if ((target.data[i * width + j] as number) > (target.data[i * width + label] as number))
          label = j;
    }
    weights[i] = classWeight[Math.round(label)] ?? 1;
  }
  return tensor(weights);
}
