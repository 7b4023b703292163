import { ShapeError, Tensor, ValueError, formatShape, tensor } from '@gradus/tensor';

/** Texts, in lists of equal lengths: what a tensor of texts would be. */
export type NestedText = string | readonly NestedText[];

/** Texts with their shape, flat. */
export interface TextArray<T = string> {
  readonly shape: readonly number[];
  readonly values: readonly T[];
}

function shapeOf(label: string, value: unknown): readonly number[] {
  if (!Array.isArray(value)) return [];
  const shapes = value.map((item) => shapeOf(label, item));
  const first = shapes[0] ?? [];
  const odd = shapes.findIndex((shape) => shape.join() !== first.join());
  if (odd >= 0)
    throw new ShapeError('text/ragged', `${label}: rows differ in length.`, {
      got: `${formatShape(first)} at position 0 and ${formatShape(shapes[odd] ?? [])} at position ${odd}`,
      expected: 'rows of equal length',
      fix: 'fill up the shorter ones with a mask token',
    });
  return [value.length, ...first];
}

/**
 * Nested lists of texts, flat.
 *
 * @throws ValueError for something that is no text, such as a tensor; ShapeError for rows of different lengths.
 */
export function flatText(label: string, value: unknown): TextArray {
  const shape = shapeOf(label, value);
  const values: unknown[] = Array.isArray(value) ? value.flat(Infinity) : [value];
  const wrong = values.find((each) => typeof each !== 'string');
  if (wrong !== undefined)
    throw new ValueError('text/input', `${label} takes text.`, {
      got: wrong instanceof Tensor ? 'a tensor' : String(wrong),
      expected: 'a string, or lists of strings',
      fix: 'call it before the model, on plain arrays: tensors and compiled functions hold numbers only',
    });
  return { shape, values: values as string[] };
}

/** Flat values in nested lists of a shape. */
export function nested<T>({ shape, values }: TextArray<T>): unknown {
  if (shape.length === 0) return values[0];
  const [count = 0, ...rest] = shape;
  const size = rest.reduce((a, b) => a * b, 1);
  return Array.from({ length: count }, (_, i) =>
    nested({ shape: rest, values: values.slice(i * size, (i + 1) * size) }),
  );
}

/** Whole numbers as a tensor. */
export function intTensor({ shape, values }: TextArray<number>): Tensor {
  return tensor(Int32Array.from(values), { shape });
}
